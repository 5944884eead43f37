import Foundation
import Logging
import Postgres
import TestSupport
import Testing

/// What ends a transaction's last statements, which are sent together with what follows them.
@Suite(.timeLimit(.minutes(3))) struct CommitTests {
    private struct Insert: PostgresStatement {
        typealias Row = Void
        static let sql = "INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING"
        let id: Int
        func bind(into bindings: inout PostgresBindings) { bindings.append(id) }
    }

    private struct Count: PostgresStatement {
        static let sql = "SELECT count(*) FROM things"
        static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
    }

    private struct Sleep: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT pg_sleep(300)::text"
    }

    /// COMMIT of this transaction waits for a standby server.
    private struct WaitForStandby: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT set_config('synchronous_commit', 'on', true)"
    }

    /// Raises a warning.
    private struct Warn: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT warn()::text"
    }

    private struct BackendID: PostgresStatement {
        static let sql = "SELECT pg_backend_pid()"
        static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
    }

    /// A server of its own, which has no standby server, and where only transactions wait for one that say so.
    private func withServer(
        _ body: (PostgresPool, _ session: () async throws -> PostgresSession) async throws -> Void
    ) async throws {
        let cluster = try ScratchCluster.start(settings: [
            "synchronous_commit=local", "synchronous_standby_names=nobody",
        ])
        let pool = PostgresPool(
            configuration: .patient(url: cluster.url(), connectionsMax: 1),
            logger: Logger(label: "test"))
        let open = { try await PostgresSession.open(.patient(url: cluster.url())) }
        do {
            let session = try await open()
            try await session.execute("CREATE TABLE things (id bigint PRIMARY KEY)")
            await session.close()
            try await body(pool, open)
        } catch {
            await pool.shutdown()
            try cluster.stop()
            throw error
        }
        await pool.shutdown()
        try cluster.stop()
    }

    /// Where a transaction is when something happens to it.
    enum Moment: CaseIterable {
        /// What was deferred runs, ahead of COMMIT.
        case beforeCommit
        /// What was deferred runs, ahead of the next statement.
        case beforeNext
        /// What was deferred runs, at the end of a part.
        case beforeEndOfPart
        /// What was deferred has run, and COMMIT waits.
        case inCommit
        /// Nothing was deferred, and COMMIT waits.
        case inPlainCommit

        /// What the server says of such a connection.
        fileprivate var condition: String {
            isInCommit
                ? "wait_event = 'SyncRep'" : "state = 'active' AND query LIKE 'SELECT pg_sleep%'"
        }

        fileprivate var isInCommit: Bool { self == .inCommit || self == .inPlainCommit }

        fileprivate func run(_ id: Int, in pool: PostgresPool) async throws {
            // Should nobody cancel it.
            let options = TransactionOptions(statementTimeout: .seconds(60))
            try await pool.transaction(options) { transaction in
                if isInCommit { try await transaction.execute(WaitForStandby()) }
                guard self != .inPlainCommit else {
                    try await transaction.execute(Insert(id: id))
                    return
                }
                try transaction.executeLater(Insert(id: id))
                switch self {
                case .inCommit, .inPlainCommit: return
                case .beforeCommit: try transaction.executeLater(Sleep())
                case .beforeNext:
                    try transaction.executeLater(Sleep())
                    _ = try await transaction.first(Count())
                case .beforeEndOfPart:
                    try await transaction.nested(options) { try $0.executeLater(Sleep()) }
                }
            }
        }
    }

    /// The connection of a transaction that is where it should be.
    private func connection(_ moment: Moment, _ session: PostgresSession) async throws -> pid_t {
        var found: pid_t?
        try await until {
            found = try await session.texts(
                "SELECT pid FROM pg_stat_activity WHERE \(moment.condition)"
            ).first?[0].flatMap { pid_t($0) }
            return found != nil
        }
        return try #require(found)
    }

    /// As any other statement: a deadline does not wait for what was deferred.
    @Test(.rule(7), arguments: [Moment.beforeCommit, .beforeNext, .beforeEndOfPart])
    func cancelledTaskCancelsDeferredStatements(_ moment: Moment) async throws {
        try await withServer { pool, open in
            let session = try await open()
            let task = Task { try await moment.run(1, in: pool) }
            _ = try await connection(moment, session)
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(30))
            // Nothing took effect, and the only connection works again.
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 0)
            await session.close()
        }
    }

    /// PostgreSQL then says that it committed, and only warns that it waits for the standby server no longer.
    @Test(arguments: [Moment.inCommit, .inPlainCommit])
    func cancelledCommitThatWaitedForAStandbyIsInDoubt(_ moment: Moment) async throws {
        try await withServer { pool, open in
            let session = try await open()
            let task = Task { try await moment.run(1, in: pool) }
            _ = try await connection(moment, session)
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.sqlState == .commitInDoubt)
            #expect(error?.sqlState.isUnavailable == true)
            let count = try await pool.transaction { try await $0.first(Count()) }
            #expect(count == 1)
            await session.close()
        }
    }

    /// Whatever a statement warns of, what it did is committed.
    @Test func warningOfAStatementIsNoDoubt() async throws {
        try await withServer { pool, open in
            let session = try await open()
            try await session.execute(
                """
                CREATE FUNCTION warn() RETURNS void LANGUAGE plpgsql AS $$
                BEGIN RAISE WARNING 'take care'; END $$
                """)
            await session.close()
            try await pool.transaction { transaction in
                try await transaction.execute(Insert(id: 1))
                try await transaction.execute(Warn())
            }
            try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 2))
                try transaction.executeLater(Warn())
            }
            #expect(try await pool.transaction { try await $0.first(Count()) } == 2)
        }
    }

    enum End: CaseIterable {
        /// As by an administrator.
        case terminated
        /// The server ends every connection then, and recovers.
        case killed
    }

    /// Whoever was acknowledged is there, whoever was not may try again, and is there once; nobody uses the connection.
    @Test(arguments: Moment.allCases, End.allCases)
    func lostConnectionLosesNothingAcknowledged(_ moment: Moment, _ end: End) async throws {
        try await withServer { pool, open in
            let session = try await open()
            let before = try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 0))
                return try await transaction.first(BackendID())
            }
            let task = Task { try await moment.run(1, in: pool) }
            let lost = try await connection(moment, session)
            #expect(before == Int(lost))
            switch end {
            case .terminated: try await session.execute("SELECT pg_terminate_backend(\(lost))")
            case .killed: try #require(kill(lost, SIGKILL) == 0)
            }
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.sqlState.isUnavailable == true)

            // As soon as the server is there again.
            var after: [Int?]?
            try await until {
                after = try? await pool.transaction {
                    [try await $0.first(Count()), try await $0.first(BackendID())]
                }
                return after != nil
            }
            // A commit that nobody heard of took effect; of what came before one, nothing did.
            #expect(after?[0] == (moment.isInCommit ? 2 : 1))
            #expect(after?[1] != before)
            let count = try await pool.transaction { transaction in
                try transaction.executeLater(Insert(id: 1))
                return try await transaction.first(Count())
            }
            #expect(count == 2)
            await session.close()
        }
    }
}
