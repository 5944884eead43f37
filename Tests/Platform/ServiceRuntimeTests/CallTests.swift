import API
import Core
import Domain
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@Suite struct CallTests {
    private struct Sleep: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT pg_sleep(30)::text"
    }

    private struct OrganizationSlug: PostgresStatement {
        static let sql = "SELECT slug FROM organizations"
        static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
    }

    private struct Settings: PostgresStatement {
        static let sql = """
            SELECT current_user::text, current_setting('app.org_id', true),
                current_setting('transaction_isolation'), current_setting('transaction_read_only')
            """
        static func decode(_ row: PostgresRow) throws -> [String] {
            try (0..<4).map { try row.optionalString($0) ?? "" }
        }
    }

    private struct LockCounter: PostgresStatement {
        typealias Row = Void
        static let sql = "UPDATE counters SET n = n + 1 WHERE org_id = $1 AND name = $2"
        let organization: OrganizationID
        let name: String
        func bind(into bindings: inout PostgresBindings) {
            bindings.append(organization.postgresUUID)
            bindings.append(name)
        }
    }

    private struct SumOfCounters: PostgresStatement {
        static let sql = "SELECT sum(n) FROM counters"
        static func decode(_ row: PostgresRow) throws -> Int64 { try row.int64(0) }
    }

    /// Runs `handle` as the handler of a call of `role`.
    private func inCall(
        _ fixture: RuntimeFixture, role: CallerRoles = .owner, deadline: Duration? = nil,
        _ handle: @escaping @Sendable (Call) async throws -> Void
    ) async throws {
        let router = fixture.router { _, call in
            try await handle(call)
            return Organization()
        }
        try await fixture.call(
            token: try await fixture.token(role: role), deadline: deadline, router: router)
    }

    @Test func transactionsActForTheCallersOrganization() async throws {
        try await RuntimeFixture.with { fixture in
            let id = fixture.organizationID.text
            try await inCall(fixture) { call in
                let writing = try await call.transaction { try await $0.first(Settings()) }
                #expect(writing == ["tally_service", id, "read committed", "off"])
                let reading = try await call.snapshot { try await $0.first(Settings()) }
                #expect(reading == ["tally_service", id, "repeatable read", "on"])
                let seen = try await call.transaction { try await $0.run(OrganizationSlug()) }
                #expect(seen == ["acme"])
            }
        }
    }

    @Test func operatorsHaveNoOrganizationAndOthersAreNoOperators() async throws {
        try await RuntimeFixture.with { fixture in
            await expect(.permissionDenied, "ORGANIZATION_REQUIRED") {
                try await inCall(fixture, role: .operator) { call in
                    try await call.transaction { _ in }
                }
            }
            await expect(.permissionDenied, "OPERATOR_REQUIRED") {
                try await inCall(fixture) { call in
                    try await call.operatorTransaction { _ in }
                }
            }
            try await inCall(fixture, role: .operator) { call in
                let settings = try await call.operatorTransaction {
                    try await $0.first(Settings())
                }
                #expect(settings == ["tally_operator", "", "read committed", "off"])
            }
        }
    }

    @Test(.rule(7)) func statementsEndAtTheDeadlineOfTheirCall() async throws {
        try await RuntimeFixture.with { fixture in
            await expect(.deadlineExceeded, "STATEMENT_TIMED_OUT") {
                try await inCall(fixture, deadline: .milliseconds(300)) { call in
                    try await call.transaction { _ = try await $0.execute(Sleep()) }
                }
            }
        }
    }

    @Test func lostTransactionsAreTriedAgainButNotForever() async throws {
        try await RuntimeFixture.with { fixture in
            let attempts = Mutex(0)
            try await inCall(fixture) { call in
                try await call.transaction { _ in
                    let attempt = attempts.withLock { count in
                        count += 1
                        return count
                    }
                    if attempt < 3 {
                        throw PostgresError(.serializationFailure, message: "for the test")
                    }
                }
            }
            #expect(attempts.withLock { $0 } == 3)
            await expect(.aborted, "TRANSACTION_CONTENDED") {
                try await inCall(fixture) { call in
                    try await call.transaction { _ in
                        attempts.withLock { $0 += 1 }
                        throw PostgresError(.deadlock, message: "for the test")
                    }
                }
            }
            #expect(attempts.withLock { $0 } == 8)
        }
    }

    /// Row 15: transactions that lock rows in opposite order deadlock; each takes effect once.
    @Test func deadlocksLoseNoIncrement() async throws {
        try await RuntimeFixture.with { fixture in
            let session = try await fixture.database.session()
            try await session.execute(
                """
                INSERT INTO counters VALUES ('\(fixture.organizationID)', 'a', 0),
                    ('\(fixture.organizationID)', 'b', 0);
                ALTER DATABASE \(fixture.database.name) SET deadlock_timeout = '10ms'
                """)
            await session.close()
            let organization = fixture.organizationID
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<2 {
                    group.addTask {
                        try await inCall(fixture) { call in
                            let order = number == 0 ? ["a", "b"] : ["b", "a"]
                            for _ in 0..<10 {
                                try await call.transaction { transaction in
                                    for name in order {
                                        try await transaction.execute(
                                            LockCounter(organization: organization, name: name))
                                    }
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await inCall(fixture) { call in
                let sum = try await call.transaction { try await $0.first(SumOfCounters()) }
                #expect(sum == 40)
            }
        }
    }
}
