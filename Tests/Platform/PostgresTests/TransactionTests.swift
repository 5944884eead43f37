import Core
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct CreateTable: PostgresStatement {
        typealias Row = Void
        static let sql = """
            CREATE TABLE things (
                id bigint CONSTRAINT things_id_is_unique PRIMARY KEY,
                name text CONSTRAINT things_name_is_short CHECK (length(name) < 10))
            """
    }

    struct Insert: PostgresStatement {
        typealias Row = Void
        static let sql = "INSERT INTO things (id, name) VALUES ($1, $2)"
        let id: Int
        let name: String
        func bind(into bindings: inout PostgresBindings) {
            bindings.append(id)
            bindings.append(name)
        }
    }

    /// Cannot be sent: the number is not of the parameter's type.
    struct InsertNumber: PostgresStatement {
        typealias Row = Void
        static let sql = "INSERT INTO things (id, name) VALUES ($1, 'a')"
        let id: Int128
        func bind(into bindings: inout PostgresBindings) { bindings.append(id) }
    }

    struct Count: PostgresStatement {
        static let sql = "SELECT count(*) FROM things"
        static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
    }

    struct Sleep: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT pg_sleep(300)::text"
    }

    private struct Setting: PostgresStatement {
        static let sql = "SELECT current_setting($1, true), current_user::text"
        let name: String
        func bind(into bindings: inout PostgresBindings) { bindings.append(name) }
        static func decode(_ row: PostgresRow) throws -> [String] {
            [try row.optionalString(0) ?? "", try row.string(1)]
        }
    }

    func withThings(
        connectionsMax: Int = 4, _ body: (PostgresPool, ScratchDatabase) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool(connectionsMax: connectionsMax)
            try await pool.transaction { try await $0.execute(CreateTable()) }
            try await body(pool, database)
            await pool.shutdown()
        }
    }

    @Test func whatThrowsIsUndone() async throws {
        struct Stop: Error {}
        try await withThings { pool, _ in
            await #expect(throws: Stop.self) {
                try await pool.transaction { transaction in
                    try await transaction.execute(Insert(id: 1, name: "a"))
                    throw Stop()
                }
            }
            let before = try await pool.transaction { try await $0.first(Count()) }
            #expect(before == 0)
            let inserted = try await pool.transaction {
                try await $0.execute(Insert(id: 1, name: "a"))
            }
            #expect(inserted == 1)
            let after = try await pool.transaction { try await $0.first(Count()) }
            #expect(after == 1)
        }
    }

    @Test func brokenConstraintsAreNamedAndValuesHidden() async throws {
        try await withThings { pool, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction { transaction in
                    try await transaction.execute(Insert(id: 7, name: "secret-value"))
                }
            }
            #expect(error?.sqlState == .check)
            #expect(error?.breaks("things_name_is_short") == true)
            #expect(
                error.map { "\($0)" }
                    == "PostgreSQL 23514 constraint things_name_is_short table things")
        }
    }

    @Test func failureThatTheBodyHidesIsNoCommit() async throws {
        try await withThings { pool, _ in
            await expect(state: .failedTransaction) {
                try await pool.transaction { transaction in
                    try await transaction.execute(Insert(id: 1, name: "a"))
                    _ = try? await transaction.execute(Insert(id: 1, name: "a"))
                }
            }
            do {
                let count = try await pool.transaction { try await $0.first(Count()) }
                #expect(count == 0)
            }
        }
    }

    @Test func transactionThatEndedIsClosed() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            let escaped = try await pool.transaction { $0 }
            await expect(state: .noActiveTransaction) { try await escaped.first(Count()) }
            try await pool.transaction { _ in
                await expect(state: .noActiveTransaction) { try await escaped.first(Count()) }
            }
        }
    }

    @Test func settingsOfATransactionEndWithIt() async throws {
        try await withThings(connectionsMax: 1) { pool, _ in
            let organization = PostgresUUID(high: 1, low: 2)
            let before = try await pool.transaction { transaction in
                [
                    try await transaction.first(Setting(name: "app.org_id")),
                    try await transaction.first(Setting(name: "statement_timeout")),
                ]
            }
            let options = TransactionOptions(
                role: "tally_service", organization: organization, isReadOnly: true,
                statementTimeout: .milliseconds(1500))
            let within = try await pool.transaction(options) { transaction in
                [
                    try await transaction.first(Setting(name: "app.org_id")),
                    try await transaction.first(Setting(name: "statement_timeout")),
                    try await transaction.first(Setting(name: "transaction_read_only")),
                ]
            }
            #expect(
                within == [
                    [organization.text, "tally_service"], ["1500ms", "tally_service"],
                    ["on", "tally_service"],
                ])
            let after = try await pool.transaction { transaction in
                [
                    try await transaction.first(Setting(name: "app.org_id")),
                    try await transaction.first(Setting(name: "statement_timeout")),
                ]
            }
            #expect(after == before)
        }
    }

    @Test func namesOfRolesCarryNoSQL() async throws {
        try await withThings { pool, _ in
            await expect(state: .invalidParameter) {
                try await pool.transaction(TransactionOptions(role: "x; DROP TABLE things")) {
                    try await $0.first(Count())
                }
            }
        }
    }

    @Test func statementsEndAtTheirTimeout() async throws {
        try await withThings { pool, _ in
            let options = TransactionOptions(statementTimeout: .milliseconds(50))
            // The second time it is prepared, and sent together with what sets the time.
            for _ in 0..<2 {
                await expect(state: .queryCanceled) {
                    try await pool.transaction(options) { try await $0.execute(Sleep()) }
                }
            }
        }
    }

    @Test(.rule(7)) func cancelledTaskCancelsItsStatement() async throws {
        try await withThings(connectionsMax: 1) { pool, database in
            let task = Task {
                try await pool.transaction { try await $0.execute(Sleep()) }
            }
            let session = try await database.session()
            // Until the server runs it.
            try await until {
                try await !session.texts(
                    "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' "
                        + "AND state = 'active'"
                ).isEmpty
            }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(60))
            // The only connection works again.
            do {
                let count = try await pool.transaction { try await $0.first(Count()) }
                #expect(count == 0)
            }
            await session.close()
        }
    }

    @Test func waitingForAConnectionHasAnEnd() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = PostgresPool(
                configuration: PostgresConfiguration(
                    url: database.url, connectionsMax: 1, waitMax: .milliseconds(50)),
                logger: Logger(label: "test"))
            try await pool.transaction { _ in
                let error = await #expect(throws: ServiceError.self) {
                    try await pool.transaction { _ in }
                }
                #expect(error?.reason == "POOL_EXHAUSTED")
                #expect(error?.code == .resourceExhausted)
            }
            try await pool.transaction { _ in }
            await pool.shutdown()
            let closed = await #expect(throws: ServiceError.self) {
                try await pool.transaction { _ in }
            }
            #expect(closed?.reason == "DATABASE_POOL_CLOSED")
        }
    }

    /// A transaction of an organization whose share of short ones is used up waits for one to end, or to be long.
    @Test func shortTransactionsWaitForEachOther() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var configuration = database.configuration()
            configuration.shortTransactionsPerOrganizationMax = 1
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
            let options = TransactionOptions(organization: PostgresUUID(high: 1, low: 1))
            for _ in 0..<2 {
                let start = ContinuousClock.now
                try await pool.transaction(options) { _ in
                    try await pool.transaction(options) { _ in
                        #expect(ContinuousClock.now - start >= .milliseconds(100))
                        try await pool.transaction { _ in }
                    }
                }
            }
            await pool.shutdown()
        }
    }

    /// What goes on waiting for its organization's share while others call begins a while after what ends.
    @Test(.timeLimit(.minutes(3)))
    func anOrganizationThatWantsMoreThanItsShareRests() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var configuration = database.configuration()
            configuration.shortTransactionsPerOrganizationMax = 1
            configuration.organizationRestPercent = 1000
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
            let first = TransactionOptions(organization: PostgresUUID(high: 1, low: 1))
            let second = TransactionOptions(organization: PostgresUUID(high: 2, low: 2))
            var rests: [Duration] = []
            // The first ones use up what it has from before; anew where a busy machine took so long that what was to be short
            // became long, or rest was earned.
            var inARow = 0
            var before = ContinuousClock.now
            while rests.count < 3 {
                let asked = ContinuousClock.now
                try await pool.transaction(second) { _ in }
                let (next, ended) = try await pool.transaction(first) { _ in
                    let next = [
                        Task { try await pool.transaction(first) { _ in ContinuousClock.now } },
                        Task { try await pool.transaction(first) { _ in ContinuousClock.now } },
                    ]
                    try await until { pool.load.waiting > 1 || asked + .milliseconds(90) < .now }
                    try await Task.sleep(for: .milliseconds(30))
                    return (next, ContinuousClock.now)
                }
                let times = [try await next[0].value, try await next[1].value]
                let isInTime =
                    ended - asked < .milliseconds(80) && asked - before < .milliseconds(150)
                before = asked
                inARow = isInTime ? inARow + 1 : 0
                if inARow > 6 { rests.append(ended.duration(to: min(times[0], times[1]))) }
            }
            #expect(rests.allSatisfy { $0 >= .milliseconds(20) })
            await pool.shutdown()
        }
    }

    @Test func manyMoreTransactionsThanConnectionsAllSucceed() async throws {
        try await withThings(connectionsMax: 3) { pool, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<100 {
                    group.addTask {
                        try await pool.transaction {
                            _ = try await $0.execute(Insert(id: id, name: "n"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            do {
                let count = try await pool.transaction { try await $0.first(Count()) }
                #expect(count == 100)
            }
            #expect(pool.load == (0, 0))
        }
    }

    @Test func unreachableServerIsUnavailable() async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
            logger: Logger(label: "test"))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { _ in }
        }
        #expect(error?.sqlState.isUnavailable == true)
    }

    /// The server's processes are killed under the pool; it recovers without a restart.
    @Test func killedBackendIsUnavailableThenRecovers() async throws {
        let cluster = try ScratchCluster.start()
        let pool = PostgresPool(
            configuration: .patient(url: cluster.url(), connectionsMax: 2),
            logger: Logger(label: "test"))
        try await pool.transaction { try await $0.execute(CreateTable()) }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { transaction in
                try await transaction.execute(Insert(id: 1, name: "a"))
                let backend = try #require(await transaction.first(BackendID()))
                kill(pid_t(backend), SIGKILL)
                try await transaction.execute(Sleep())
            }
        }
        #expect(error?.sqlState.isUnavailable == true)
        let deadline = ContinuousClock.now + .seconds(60)
        var count: Int?
        while count == nil, ContinuousClock.now < deadline {
            count = try? await pool.transaction { try await $0.first(Count()) }
        }
        #expect(count == 0)
        await pool.shutdown()
        try cluster.stop()
    }

    /// A server that was restarted leaves dead connections in the pool; nobody notices.
    @Test func idleConnectionsThatDiedAreReplaced() async throws {
        try await withThings(connectionsMax: 2) { pool, database in
            let session = try await database.session()
            try await session.execute(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            do {
                let count = try await pool.transaction { try await $0.first(Count()) }
                #expect(count == 0)
            }
            await session.close()
        }
    }

    struct BackendID: PostgresStatement {
        static let sql = "SELECT pg_backend_pid()"
        static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
    }
}
