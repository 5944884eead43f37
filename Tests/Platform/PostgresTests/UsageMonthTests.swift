import Core
import Postgres
import TestSupport
import Testing

@Suite struct UsageMonthTests {
    private struct EnsureMonths: PostgresStatement {
        typealias Row = Void
        static let sql = "SELECT tally.ensure_usage_months($1, $2)::text"
        let from: Instant
        let to: Instant
        func bind(into bindings: inout PostgresBindings) {
            bindings.append(from)
            bindings.append(to)
        }
    }

    private static let service = TransactionOptions(role: "tally_service")
    // 2020-01-31T23:59:59.999999Z and 2020-03-01T00:00:00Z
    private static let lastOfJanuary = Instant(microseconds: 1_580_515_199_999_999)
    private static let firstOfMarch = Instant(seconds: 1_583_020_800)

    private func months(_ database: ScratchDatabase) async throws -> [String] {
        let session = try await database.session()
        let rows = try await session.texts(
            """
            SELECT right(relname, 7) FROM pg_class
            WHERE relname ~ '^usage_(entries|event_blocks)_h[0-7]_2020' AND relkind = 'r'
            GROUP BY 1 HAVING count(*) = 16 ORDER BY 1
            """)
        await session.close()
        return rows.compactMap { $0[0] }
    }

    @Test func monthsOfASpanAreMadeOnceByManyAtOnce() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        _ = try await pool.transaction(Self.service) {
                            try await $0.execute(
                                EnsureMonths(from: Self.lastOfJanuary, to: Self.firstOfMarch))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let made = try await months(database)
            #expect(made == ["2020_01", "2020_02", "2020_03"])
            await pool.shutdown()
        }
    }

    @Test func makingAMonthWaitsForNoWriter() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let writer = try await database.session()
            try await writer.execute("BEGIN; LOCK TABLE usage_entries IN ROW EXCLUSIVE MODE")
            var options = Self.service
            options.statementTimeout = .seconds(60)
            try await pool.transaction(options) {
                try await $0.execute(EnsureMonths(from: Self.firstOfMarch, to: Self.firstOfMarch))
            }
            let made = try await months(database)
            #expect(made == ["2020_03"])
            try await writer.execute("ROLLBACK")
            await writer.close()
            await pool.shutdown()
        }
    }

    @Test func spansThatAreTooLongOrBackwardsAreRefused() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            await expect(state: .invalidParameter) {
                try await pool.transaction(Self.service) {
                    try await $0.execute(
                        EnsureMonths(from: Self.firstOfMarch, to: Self.lastOfJanuary))
                }
            }
            await expect(state: .invalidParameter) {
                try await pool.transaction(Self.service) {
                    try await $0.execute(
                        EnsureMonths(from: Instant(seconds: 0), to: Self.firstOfMarch))
                }
            }
            await expect(state: SQLState(rawValue: "22008")) {
                try await pool.transaction(Self.service) {
                    try await $0.execute(
                        EnsureMonths(from: Instant(seconds: -1), to: Instant(seconds: -1)))
                }
            }
            await pool.shutdown()
        }
    }

    @Test func entriesOfAMonthThatIsMissingAreRefused() async throws {
        try await ScratchDatabase.with { database in
            let session = try await database.session()
            await expect(state: .check) {
                try await session.texts(
                    """
                    INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at,
                        kind, source, event_id, dimension_set_id, currency, usage_state, status)
                    VALUES (gen_random_uuid(), 1, '2001-01-01', now(), now(), 1, 's', 'e', 1, 'USD',
                        1, 1)
                    """)
            }
            await session.close()
        }
    }
}
