import API
import Core
import Domain
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

/// Under an idempotency key a handler's transactions are parts of one; each keeps its promises.
@Suite struct JoinedTransactionTests {
    private struct Fail: Error {}

    private struct Settings: PostgresStatement {
        static let sql = """
            SELECT current_user::text, current_setting('app.org_id', true),
                current_setting('transaction_read_only')
            """
        static func decode(_ row: PostgresRow) throws -> [String] {
            try (0..<3).map { try row.optionalString($0) ?? "" }
        }
    }

    private struct Break: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT 1 / 0"
    }

    private func inKeyedCall(
        _ fixture: RuntimeFixture, _ handle: @escaping @Sendable (Call) async throws -> Void
    ) async throws {
        let router = fixture.router(create: { _, call in
            try await handle(call)
            return BusinessUnit()
        })
        try await fixture.create(key: "k", token: try await fixture.token(), router: router)
    }

    private static func countUp(_ call: Call) async throws {
        let statement = CountUp(organization: try call.organizationID)
        try await call.transaction { _ = try await $0.execute(statement) }
    }

    @Test func partsAreUndoneByThemselves() async throws {
        try await RuntimeFixture.with { fixture in
            try await inKeyedCall(fixture) { call in
                try await Self.countUp(call)
                let statement = CountUp(organization: try call.organizationID)
                await #expect(throws: Fail.self) {
                    try await call.transaction {
                        try await $0.execute(statement)
                        throw Fail()
                    }
                }
                await #expect(throws: PostgresError.self) {
                    try await call.transaction { try await $0.execute(Break()) }
                }
                try await Self.countUp(call)
            }
            #expect(try await fixture.effects() == 2)
        }
    }

    @Test func partsActForTheOrganizationAndSnapshotsDoNotWrite() async throws {
        try await RuntimeFixture.with { fixture in
            let id = fixture.organizationID.text
            try await inKeyedCall(fixture) { call in
                let reading = try await call.snapshot { try await $0.first(Settings()) }
                #expect(reading == ["tally_service", id, "on"])
                let statement = CountUp(organization: try call.organizationID)
                await #expect(throws: PostgresError.self) {
                    try await call.snapshot { _ = try await $0.execute(statement) }
                }
                let writing = try await call.transaction { try await $0.first(Settings()) }
                #expect(writing == ["tally_service", id, "off"])
                try await Self.countUp(call)
            }
            #expect(try await fixture.effects() == 1)
        }
    }

    @Test func partsThatLostAreTriedAgain() async throws {
        try await RuntimeFixture.with { fixture in
            let attempts = Mutex(0)
            try await inKeyedCall(fixture) { call in
                let statement = CountUp(organization: try call.organizationID)
                try await call.transaction {
                    try await $0.execute(statement)
                    let attempt = attempts.withLock { count in
                        count += 1
                        return count
                    }
                    if attempt < 3 { throw PostgresError(.deadlock, message: "for the test") }
                }
            }
            #expect(attempts.withLock { $0 } == 3)
            #expect(try await fixture.effects() == 1)
        }
    }

    @Test func partsAtTheSameTimeAreAFault() async throws {
        try await RuntimeFixture.with { fixture in
            await expect(.internal, "TRANSACTIONS_OVERLAP") {
                try await inKeyedCall(fixture) { call in
                    try await call.transaction { _ in try await Self.countUp(call) }
                }
            }
            let effects = try await fixture.effects()
            #expect(effects == 0)
        }
    }
}
