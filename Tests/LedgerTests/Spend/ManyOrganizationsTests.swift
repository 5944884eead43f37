import Core
import Domain
import Ledger
import Postgres
import TestSupport
import Testing

/// Row 14: among a thousand organizations, of which one has half of everything, a report reads its organization's
/// roll-ups and nothing else: rows are counted by the database, whatever the plan.
struct ManyOrganizationsTests {
    private typealias Fixture = LedgerFixture

    /// What a report may read a row of, beside prices, which are the same for all.
    private static let readable: Set<String> = [
        "usage_rollups", "usage_rollups_daily", "usage_rollups_monthly", "usage_rollup_deltas",
        "dimension_sets", "connections", "connection_checkpoints", "ledger_clocks",
        "price_catalogues", "price_versions", "price_overrides",
    ]

    /// From within a month, and a day, to within others.
    private static let window =
        Fixture.now.advanced(
            bySeconds: -75 * 86_400 + 5_000)..<Fixture.now.advanced(bySeconds: -7_000)

    /// An organization's figures, and how many rows were read of each table.
    private struct Look: Equatable {
        let picos: Int128
        let read: [String: Int]
    }

    private static func look(
        _ organization: OrganizationID, by steps: [Range<Instant>]?, _ fixture: Fixture
    ) async throws -> Look {
        let uuid = organization.uuid.bytes
        let options = TransactionOptions(
            role: "tally_service", organization: PostgresUUID(high: uuid.high, low: uuid.low))
        let pool = fixture.database.pool(connectionsMax: 1)
        var look: Look?
        // From the sixth time on, the database may plan once for all organizations.
        for _ in 0..<8 {
            look = try await pool.transaction(options) { transaction in
                // What is counted may begin with the session.
                let before = Dictionary(
                    uniqueKeysWithValues: try await transaction.run(SelectRowsRead()))
                let report = try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                    transaction, organization: organization, keys: fixture.keys,
                    from: window.lowerBound, through: window.upperBound, by: steps,
                    basis: .metered, now: Fixture.now)
                return Look(
                    picos: report.rows.reduce(0) { $0 + $1.amount.picos },
                    read: Dictionary(
                        uniqueKeysWithValues: try await transaction.run(SelectRowsRead())
                    ).merging(before, uniquingKeysWith: -).filter { $0.value > 0 })
            }
        }
        await pool.shutdown()
        return try #require(look)
    }

    @Test func reportsReadTheirOwnRollupsAlone() async throws {
        try await Fixture.with { fixture in
            let small = try await fixture.makeOrganization("small")
            let large = try await fixture.makeOrganization("large")
            for organization in [small, large] {
                for part in 0..<2 {
                    let events = (0..<30).map { number in
                        Fixture.event(
                            "\(part)-\(number)",
                            time: Fixture.now.advanced(bySeconds: -Int64(number) * 260_000 - 9_000),
                            feature: "feature \(number % 10)")
                    }
                    // The first is merged, the second not.
                    try await (part == 0 ? fixture.merging(afterCommits: 1) : fixture)
                        .record(events, organization)
                }
            }
            let steps: [[Range<Instant>]?] = [nil, [Self.window]]
            var before: [Int128] = []
            for steps in steps {
                before.append(try await Self.look(small, by: steps, fixture).picos)
            }
            #expect(before[0] > 0 && before[0] == before[1])
            try await Self.multiply(small, large, fixture)

            for (steps, picos) in zip(steps, before) {
                let look = try await Self.look(small, by: steps, fixture)
                #expect(look.picos == picos)
                try await Self.expect(look, isOf: small, fixture)
                let ofLarge = try await Self.look(large, by: steps, fixture)
                #expect(ofLarge.picos > 100 * picos)
                try await Self.expect(ofLarge, isOf: large, fixture)
            }
            // What the counting is for: without an index the others' rows are read, too.
            try await fixture.run(
                """
                ALTER TABLE usage_rollups_monthly
                DROP CONSTRAINT usage_rollups_monthly_have_one_row_per_key
                """)
            for organization in [small, large] {
                let look = try await Self.look(organization, by: [Self.window], fixture)
                #expect(organization != small || look.picos == before[1])
                await withKnownIssue { try await Self.expect(look, isOf: organization, fixture) }
            }
        }
    }

    /// Of roll-ups no more was read than the organization has, and of what they are of no more than twice that.
    private static func expect(
        _ look: Look, isOf organization: OrganizationID, _ fixture: Fixture
    ) async throws {
        #expect(!look.read.isEmpty)
        for (table, read) in look.read {
            #expect(readable.contains(table), "\(table)")
            guard !table.hasPrefix("price_") else { continue }
            let own = try await fixture.rows(
                "SELECT count(*) FROM \(table) WHERE org_id = '\(organization.text)'")
            let count = Int(own.first ?? "") ?? 0
            #expect(read <= (table.hasPrefix("usage_") ? count : 2 * count), "\(table)")
        }
    }

    /// Gives 998 further organizations what the small one has, and the large one as much as all of them.
    private static func multiply(
        _ small: OrganizationID, _ large: OrganizationID, _ fixture: Fixture
    ) async throws {
        try await fixture.run(
            """
            INSERT INTO organizations (id, slug, display_name, time_zone, reporting_currency, created_at)
            SELECT gen_random_uuid(), 'other-' || n, 'Other', 'UTC', 'USD', now()
            FROM generate_series(1, 998) AS n
            """)
        for table in [
            "dimension_sets", "ledger_clocks", "usage_rollups", "usage_rollups_daily",
            "usage_rollups_monthly", "usage_rollup_deltas", "usage_event_blocks",
        ] {
            try await fixture.run(
                """
                INSERT INTO \(table)
                SELECT (jsonb_populate_record(t, jsonb_build_object('org_id', o.id))).*
                FROM \(table) AS t, organizations AS o
                WHERE t.org_id = '\(small.text)' AND o.slug LIKE 'other-%'
                """)
        }
        // Of sets of its own, by the numbers behind those that it has.
        for (table, change) in [
            ("dimension_sets", "'id', t.id + 1000 * n, 'hash', sha256((t.id || '/' || n)::bytea)"),
            ("usage_rollups", "'dimension_set_id', t.dimension_set_id + 1000 * n"),
            ("usage_rollups_daily", "'dimension_set_id', t.dimension_set_id + 1000 * n"),
            ("usage_rollups_monthly", "'dimension_set_id', t.dimension_set_id + 1000 * n"),
        ] {
            try await fixture.run(
                """
                INSERT INTO \(table)
                SELECT (jsonb_populate_record(t, jsonb_build_object(\(change)))).*
                FROM \(table) AS t, generate_series(1, 998) AS n
                WHERE t.org_id = '\(large.text)'
                """)
        }
        try await fixture.run("VACUUM (ANALYZE)")
    }
}

/// Rows that the transaction read so far, by the table or what it is a part of.
private struct SelectRowsRead: PostgresStatement {
    static let sql = """
        SELECT coalesce(p.root::regclass::text, s.relname), sum(s.seq_tup_read + coalesce(s.idx_tup_fetch, 0))::bigint
        FROM pg_stat_xact_user_tables AS s
        LEFT JOIN LATERAL (SELECT pg_partition_root(s.relid) AS root) AS p ON true
        GROUP BY 1 HAVING sum(s.seq_tup_read + coalesce(s.idx_tup_fetch, 0)) > 0
        """

    static func decode(_ row: PostgresRow) throws -> (String, Int) {
        (try row.string(0), Int(try row.int64(1)))
    }
}
