import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Who removes usage and who changes what keys hold may do so at the same time, and wait for one another at most.
@Suite struct KeyOrderTests {
    private typealias Fixture = LedgerFixture

    enum Change: CaseIterable {
        case removedEntries
        case removedBlocks
        case changedContents

        fileprivate func make(
            _ keys: [PostgresUUID], of organization: OrganizationID, before: Instant,
            in transaction: PostgresTransaction
        ) async throws {
            switch self {
            case .removedEntries:
                _ = try await transaction.first(
                    RemoveEntries(organization: organization, before: before, limit: 100))
            case .removedBlocks:
                _ = try await transaction.first(
                    RemoveEventBlocks(organization: organization, before: before, limit: 100))
            case .changedContents:
                try await transaction.execute(
                    UpdateKeyContents(
                        organization: PostgresUUID(organization),
                        keys: keys.map { EntryKey(identity: $0, content: $0) }))
            }
        }
    }

    private static let time = Instant(seconds: 1_700_000_000)
    private static let keyCount = 20
    private static let waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
    /// How many keys nobody has locked.
    private static let free = """
        SELECT count(*) FROM (SELECT 1 FROM idempotency_keys FOR UPDATE SKIP LOCKED) AS f
        """

    /// An old entry and an event, by whatever says what there is, each with its key: the last key in order is the first
    /// everywhere.
    private static func fill(_ organization: OrganizationID, _ fixture: Fixture) async throws {
        try await fixture.run(
            """
            INSERT INTO organization_states (org_id, retention_months, retention_begins_at)
            VALUES ('\(organization)', 13, now() - interval '1 minute');
            SELECT tally.ensure_usage_months('\(time.rfc3339)', '\(time.rfc3339)');
            INSERT INTO dimension_sets (org_id, id, hash, provider, model, source)
            VALUES ('\(organization)', 1, sha256('1'), 'p', 'm', 'test');
            CREATE TABLE told AS
            SELECT n::text AS id, tally.entry_key('test', n::text) AS key,
                row_number() OVER (ORDER BY tally.entry_key('test', n::text) DESC) AS place
            FROM generate_series(1, \(keyCount)) AS n;
            INSERT INTO idempotency_keys (org_id, key_hash, content_hash, entry_id, event_time)
            SELECT '\(organization)', key, gen_random_uuid(), place, '\(time.rfc3339)'
            FROM told ORDER BY place;
            INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at, kind,
                source, event_id, dimension_set_id, currency, usage_state, status)
            SELECT '\(organization)', place, t, t, t, 1, 'test', id, 1, 'USD', 1, 1
            FROM told CROSS JOIN (VALUES ('\(time.rfc3339)'::timestamptz)) AS v (t)
            ORDER BY place;
            INSERT INTO usage_event_blocks (org_id, first_entry_id, first_event_time,
                last_event_time, recorded_at, currency, events, total_picos, unpriced_events,
                event_time, event_id, dimension_set_id)
            SELECT '\(organization)', 1, t, t, t, 'USD', \(keyCount), 0, \(keyCount),
                array_agg(t), array_agg(id ORDER BY place), array_agg(1::bigint)
            FROM told CROSS JOIN (VALUES ('\(time.rfc3339)'::timestamptz)) AS v (t) GROUP BY t
            """)
    }

    /// Held up at the first key, it has none of those behind it, so that nobody who has one of them waits for it too.
    @Test(arguments: Change.allCases) func keysAreLockedInTheirOrder(by change: Change) async throws
    {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await Self.fill(organization, fixture)
            let holder = try await fixture.database.session()
            let keys = try await holder.texts("SELECT key FROM told ORDER BY place").map {
                try #require(PostgresUUID(text: $0[0] ?? ""))
            }
            try await holder.execute(
                """
                BEGIN;
                SELECT FROM idempotency_keys WHERE key_hash = (SELECT min(key::text)::uuid FROM told)
                FOR UPDATE
                """)
            async let changed: Void = fixture.transaction(organization, role: "tally_worker") {
                try await change.make(
                    keys, of: organization, before: Self.time.advanced(bySeconds: 1), in: $0)
            }
            try await until { try await fixture.rows(Self.waiting) == ["1"] }
            #expect(try await fixture.rows(Self.free) == ["\(Self.keyCount - 1)"])
            try await holder.execute("COMMIT")
            try await changed
            let left = try await fixture.rows(
                "SELECT count(*) FROM idempotency_keys WHERE content_hash <> key_hash")
            #expect(left == ["0"])
            await holder.close()
        }
    }

    /// Calls go between writers: none takes one for known that is about to go.
    @Test func callsGoWhileNobodyRecords() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await Self.fill(organization, fixture)
            try await fixture.run("UPDATE idempotency_keys SET of_call = true")
            let holder = try await fixture.database.session()
            try await holder.execute("BEGIN; SELECT FROM ledger_clocks FOR UPDATE")
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            async let removed = fixture.transaction(organization, role: "tally_worker") {
                try await writer.removeCalls(
                    before: Self.time.advanced(bySeconds: 1), limit: 100, in: $0)
            }
            try await until { try await fixture.rows(Self.waiting) == ["1"] }
            #expect(try await fixture.rows(Self.free) == ["\(Self.keyCount)"])
            try await holder.execute("COMMIT")
            #expect(try await removed == Self.keyCount)
            await holder.close()
        }
    }
}
