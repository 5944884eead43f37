import Core
import Foundation
import Logging
import TestSupport
import Testing

@testable import Postgres

/// When a transaction begins on the server, and what follows where it does not.
extension TransactionTests {
    /// Ends the transaction behind everybody's back.
    private struct EndEarly: PostgresStatement {
        typealias Row = Void
        static let sql = "ROLLBACK"
    }

    private struct Settings: PostgresStatement {
        static let sql = "SELECT current_user::text, current_setting('app.org_id', true)"
        static func decode(_ row: PostgresRow) throws -> [String] {
            [try row.string(0), try row.optionalString(1) ?? ""]
        }
    }

    /// Ends every connection to the database but the session's own, and waits for it.
    private func endOthers(_ session: PostgresSession) async throws {
        try await session.execute(
            """
            SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
    }

    @Test func transactionBeginsWithItsFirstStatement() async throws {
        try await withThings(connectionsMax: 1) { pool, database in
            let session = try await database.session()
            let others = """
                SELECT state, state_change::text FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            _ = try await pool.transaction { try await $0.first(Count()) }
            let before = try await session.texts(others)
            #expect(before.map { $0[0] } == ["idle"])
            try await pool.transaction { _ in }
            #expect(try await session.texts(others) == before)
            try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 1, name: "a"))
                #expect(try await session.texts(others) == before)
                _ = try await transaction.first(Count())
                #expect(try await session.texts(others).map { $0[0] } == ["idle in transaction"])
            }
            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await pool.transaction { transaction in
                    try transaction.executeLater(Insert(id: 2, name: "b"))
                    throw Stop()
                }
            }
            #expect(try await pool.transaction { try await $0.first(Count()) } == 1)
            await session.close()
        }
    }

    /// The statement is prepared then, and goes with what begins the transaction.
    @Test func failureOfTheFirstStatementUndoesTheTransaction() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            try await pool.transaction { try await $0.execute(Insert(id: 1, name: "a")) }
            let backend = try await pool.transaction { try await $0.first(BackendID()) }
            await expect(state: .unique) {
                try await pool.transaction { try await $0.execute(Insert(id: 1, name: "a")) }
            }
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    _ = try? await transaction.execute(Insert(id: 1, name: "a"))
                    try transaction.executeLater(Insert(id: 2, name: "b"))
                }
            }
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 1)
            let after = try await pool.transaction { try await $0.first(BackendID()) }
            #expect(after == backend)
        }
    }

    @Test func statementsBehindATransactionThatEndedDoNotRun() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    try await transaction.execute(Insert(id: 1, name: "a"))
                    try await transaction.execute(EndEarly())
                    await expect(state: .failedTransaction) {
                        try await transaction.execute(Insert(id: 2, name: "b"))
                    }
                }
            }
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    try await transaction.execute(EndEarly())
                    try transaction.executeLater(Insert(id: 3, name: "c"))
                }
            }
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 0)
        }
    }

    /// Be it that the server takes no BEGIN, or none of what is set with it.
    @Test(arguments: [
        ["BEGIN ISOLATION LEVEL READ NOTHING"], ["BEGIN", "SET LOCAL ROLE tally_nobody"],
    ])
    func whatFailsToBeginIsNoTransaction(_ beginning: [String]) async throws {
        try await withThings { pool, database in
            let connection = try PostgresConnection()
            try await connection.open(database.configuration())
            // Prepared, they go with what begins their transaction.
            for attempt in 0..<2 {
                let begin = attempt == 0 ? ["BEGIN"] : beginning
                let transaction = PostgresTransaction(
                    connection: connection, number: connection.begin(begin))
                let error = await #expect(throws: PostgresError.self) {
                    try await transaction.execute(Insert(id: 1, name: "secret-value"))
                }
                #expect((error?.sqlState == .check) == (attempt == 0))
                await expect(state: .failedTransaction) {
                    try await transaction.execute(Insert(id: 2, name: "b"))
                }
                try transaction.executeLater(Insert(id: 3, name: "c"))
                await #expect(throws: PostgresError.self) { try await connection.commit() }
                #expect(try await connection.rollback())
            }
            #expect(try await pool.transaction { try await $0.first(Count()) } == 0)
            await connection.close()
        }
    }

    /// Nothing was sent by then, so it is sent to a new one, for the same role and organization.
    @Test(arguments: [true, false])
    func connectionThatIsLostBeforeTheFirstStatementIsReplaced(atCommit: Bool) async throws {
        try await withThings(connectionsMax: 1) { pool, database in
            let session = try await database.session()
            try await session.execute("GRANT ALL ON things TO tally_service")
            let organization = PostgresUUID(high: 1, low: 2)
            let options = TransactionOptions(role: "tally_service", organization: organization)
            let backend = try await pool.transaction { try await $0.first(BackendID()) }
            // The second time all is prepared.
            for id in 1...2 {
                try await pool.transaction(options) { transaction in
                    try transaction.executeLater(Insert(id: id, name: "a"))
                    if id == 2 { try await endOthers(session) }
                    guard !atCommit else { return }
                    #expect(try await transaction.first(Count()) == id)
                    #expect(
                        try await transaction.first(Settings())
                            == ["tally_service", organization.text])
                }
            }
            #expect(try await pool.transaction { try await $0.first(Count()) } == 2)
            #expect(try await pool.transaction { try await $0.first(BackendID()) } != backend)
            await session.close()
        }
    }

    /// Whoever hides that has done nothing, which must not look like a commit.
    @Test(arguments: [false, true])
    func idleConnectionThatCannotBeMadeAnewIsUnavailable(isHidden: Bool) async throws {
        let cluster = try ScratchCluster.start()
        let pool = PostgresPool(
            configuration: .patient(url: cluster.url(), connectionsMax: 1),
            logger: Logger(label: "test"))
        try await pool.transaction { _ = try await $0.first(BackendID()) }
        try cluster.stop()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { transaction in
                do {
                    _ = try await transaction.first(BackendID())
                } catch {
                    guard isHidden else { throw error }
                }
            }
        }
        #expect(error?.sqlState.isUnavailable == true)
        await pool.shutdown()
    }

    /// The session's locks would be lost with it, and nobody would notice.
    @Test func connectionThatHoldsSessionLocksIsNotReplaced() async throws {
        try await withThings { _, database in
            let session = try await database.session()
            let connection = try PostgresConnection()
            try await connection.open(database.configuration())
            let transaction = PostgresTransaction(
                connection: connection,
                number: connection.begin(try TransactionOptions().beginStatements()))
            try await endOthers(session)
            let error = await #expect(throws: PostgresError.self) {
                try await transaction.execute(Insert(id: 1, name: "a"))
            }
            #expect(error?.sqlState.isUnavailable == true)
            await connection.close()
            await session.close()
        }
    }
}
