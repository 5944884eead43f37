import Core
import Domain
import Encryption
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Events that were rows before their blocks: the migration loses none, and they are known again.
@Suite struct EventsFromRowsTests {
    private static let organizations = (1...2).map { number in
        OrganizationID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number))
    }
    private static let shown = """
        SELECT org_id, entry_id, event_time, recorded_at, booked_at, kind, root_entry_id, source,
            event_id, dimension_set_id, price_version_id, currency, amount_picos, usage_state, status,
            requests, latency_ms, attempt, session, run, input, output, other_quantities
        FROM usage_entries ORDER BY org_id, entry_id
        """

    @Test func rowsBecomeBlocks() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            try await Self.migrate(database) { !$0.hasSuffix("_store_events_in_blocks.sql") }
            let session = try await database.session()
            for organization in Self.organizations {
                try await session.execute(try Self.rows(of: organization))
            }
            let before = try await session.texts(Self.shown)
            #expect(before.count == 2 * 242)
            try await Self.migrate(database) { _ in true }
            let after = try await session.texts(
                Self.shown.replacing("usage_entries", with: "ledger_entries"))
            #expect(after == before)
            // The row of a report is a row; the events of two batches and two months are blocks.
            let stored = try await session.texts(
                """
                SELECT (SELECT count(*) FROM usage_entries), count(*), sum(events)
                FROM usage_event_blocks
                """)
            #expect(stored == [["4", "8", "480"]])
            await session.close()
            try await Self.recordAgain(in: database)
        }
    }

    /// Their keys are those that events have now: none counts again.
    private static func recordAgain(in database: ScratchDatabase) async throws {
        let fixture = LedgerFixture(
            database: database, pool: database.pool(), keys: try TestKeys(),
            calculator: CostCalculator(catalogue: try CatalogueFixture.catalogue()))
        for organization in organizations {
            var events = (0..<240).map(event)
            let same = try await fixture.record(events, organization)
            #expect(same == events.map { _ in .duplicate })
            for index in events.indices { events[index].attempt = 7 }
            let other = try await fixture.record(events, organization)
            #expect(other == events.map { _ in .conflict })
        }
        await fixture.pool.shutdown()
    }

    private static func event(_ number: Int) -> LedgerEvent {
        // Every other one is of the month before.
        let time = Instant(seconds: 1_767_225_600).advanced(
            bySeconds: Int64(number % 2 == 0 ? number : -number))
        return LedgerFixture.event("e☃'\(number)", input: Int64(number), time: time)
    }

    private static func rows(of organization: OrganizationID) throws -> String {
        var sql = """
            INSERT INTO organizations (id, slug, display_name, time_zone, reporting_currency,
                created_at)
            VALUES ('\(organization)', '\(organization)', 'O', 'UTC', 'USD', now());
            INSERT INTO ledger_clocks (org_id, last_entry_id, last_recorded_at)
            VALUES ('\(organization)', 1000, '2026-01-02');
            INSERT INTO dimension_sets (org_id, id, hash, provider, model, source)
            VALUES ('\(organization)', 1, sha256('1'), 'openai', 'm', 'gateway'),
                ('\(organization)', 2, sha256('2'), 'openai', 'm', '');
            SELECT tally.ensure_usage_months('2025-12-01', '2026-01-02');

            """
        for number in 0..<240 {
            let event = event(number)
            var content: [UInt8] = []
            event.appendTextContent(to: &content)
            let hash = try SHA256.digest(content).map { String(format: "%02x", $0) }.joined()
            let id = event.id.replacing("'", with: "''")
            sql += """
                INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at, kind,
                    source, event_id, dimension_set_id, price_version_id, currency, amount_picos,
                    usage_state, status, requests, latency_ms, attempt, session, run, input, output,
                    other_quantities)
                VALUES ('\(organization)', \(number + 1), '\(event.time.rfc3339)',
                    '2026-01-0\(number < 120 ? 1 : 2)', '\(event.time.rfc3339)', 1, 'gateway',
                    '\(id)', 1, \(number % 3 == 0 ? "NULL" : "7"), 'USD',
                    \(number % 3 == 0 ? "NULL" : "\(number)"), \(number % 3 + 1),
                    \(number % 2 + 1), 1, NULL, \(number % 5 == 0 ? "NULL" : "2"), NULL, 'run',
                    \(number), 100, '{"a": \(number)}');
                INSERT INTO idempotency_keys (org_id, source, event_id, content_hash, entry_id,
                    event_time)
                VALUES ('\(organization)', 'gateway', '\(id)', '\\x\(hash)', \(number + 1),
                    '\(event.time.rfc3339)');

                """
        }
        // A provider's report, and a correction of it.
        return sql + """
            INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at, kind,
                source, event_id, dimension_set_id, currency, amount_picos, usage_state, status,
                requests, root_entry_id, correction_no)
            VALUES ('\(organization)', 500, '2026-01-01', '2026-01-02', '2026-01-01', 1,
                    'tally:report/x/usage', '1/2', 2, 'USD', 1, 1, 1, 9, NULL, NULL),
                ('\(organization)', 501, '2026-01-01', '2026-01-02', '2026-01-01', 6,
                    'tally:report/x/usage', '1/2', 2, 'USD', 1, 1, 1, 9, 500, 1);
            """
    }

    private static func migrate(
        _ database: ScratchDatabase, while isWanted: (String) -> Bool
    ) async throws {
        let path = NSTemporaryDirectory() + "tally-migrations-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for file in try MigrationFile.all(in: ProjectFolder.migrations).prefix(while: {
            isWanted($0.name)
        }) {
            try Data(file.sql.utf8).write(to: URL(filePath: path + "/" + file.name))
        }
        try await MigrationRunner(directory: path).migrate(database.configuration())
    }
}
