import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// Many connections at once.
struct ConnectionImportTests {
    private func importing(
        _ bench: ConnectionBench, _ rows: [ConnectionRow], mask: [String] = [],
        dryRun: Bool = false
    ) async throws -> ImportConnectionsResponse {
        try await bench.service.importConnections(
            ImportConnectionsRequest(rows: rows, updateMask: mask, dryRun: dryRun), bench.call())
    }

    private func list(_ bench: ConnectionBench) async throws -> [Connection] {
        try await bench.service.listConnections(ListConnectionsRequest(), bench.call()).connections
    }

    private func reason(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            let error = error as? ServiceError
            return "\(error?.reason.rawValue ?? "?") \(error?.field ?? "")"
        }
    }

    @Test func anImportDoesWhatItsDryRunShows() async throws {
        try await ConnectionBench.with { bench in
            let kept = try await bench.create("kept")
            let changed = try await bench.create("changed", key: "sk-admin-before-0001")
            let rows = [
                ConnectionRow(
                    displayName: "new", provider: .anthropic, apiKey: "sk-ant-admin-new-wxyz",
                    labels: [Label(key: "a", value: "b")], recordOf: .billing, paused: true),
                ConnectionRow(displayName: "kept", apiKey: ConnectionBench.planted),
                ConnectionRow(
                    displayName: "changed", provider: .openai, apiKey: "sk-admin-after-0002",
                    recordOf: .attribution),
            ]
            let before = try await list(bench)
            let shown = try await importing(bench, rows, dryRun: true)
            #expect(try await list(bench) == before)
            #expect(shown.unchangedCount == 1)
            #expect(
                shown.differences == [
                    ConnectionDifference(
                        displayName: "new", action: .created,
                        fields: [
                            FieldDifference(field: "provider", after: "anthropic"),
                            FieldDifference(field: "api_key", after: "…wxyz"),
                            FieldDifference(field: "labels", after: "a=b"),
                            FieldDifference(field: "record_of", after: "billing"),
                            FieldDifference(field: "paused", after: "true"),
                        ]),
                    ConnectionDifference(
                        displayName: "changed", action: .changed,
                        fields: [
                            FieldDifference(field: "api_key", before: "…0001", after: "…0002"),
                            FieldDifference(
                                field: "record_of", before: "both", after: "attribution"),
                        ]),
                ])
            let queue = JobQueue(pool: bench.pool, owner: "test")
            let running = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            #expect(try await importing(bench, rows) == shown)
            let after = try await list(bench)
            #expect(after.map(\.displayName) == ["changed", "kept", "new"])
            #expect(after[0].recordOf == .attribution && after[0].keyHint == "0002")
            #expect(after[1].id == kept.id && after[1].etag == kept.etag)
            #expect(after[2].health == .paused && after[2].recordOf == .billing)
            for job in running {
                let isOfChanged = job.key.hasPrefix(changed.id)
                #expect(try await queue.renew(job.lease, for: .seconds(60)) != isOfChanged)
            }
            // The same again changes nothing.
            let again = try await importing(bench, rows)
            #expect(again.differences.isEmpty && again.unchangedCount == 3)
            // What the mask does not name is kept.
            let resumed = try await importing(
                bench, [ConnectionRow(displayName: "new")], mask: ["paused"])
            #expect(resumed.differences[0].fields.map(\.field) == ["paused"])
            let last = try await list(bench)[2]
            #expect(last.health == .pending && last.labels == after[2].labels)
        }
    }

    /// An account that is connected twice is read twice: who imports hears so, before it is stored.
    @Test func rowsOfOneKeyAreNamedToEachOther() async throws {
        try await ConnectionBench.with { bench in
            _ = try await bench.create("there", key: "sk-admin-shared-0001")
            let rows = [
                ConnectionRow(
                    displayName: "a", provider: .openai, apiKey: "sk-admin-shared-0001"),
                ConnectionRow(
                    displayName: "b", provider: .openai, apiKey: "sk-admin-shared-0001"),
                // Of another provider it is another account.
                ConnectionRow(
                    displayName: "c", provider: .anthropic, apiKey: "sk-admin-shared-0001"),
            ]
            let shown = try await importing(bench, rows, dryRun: true)
            #expect(shown.differences.map(\.sameKeyAs) == [["b", "there"], ["a", "there"], []])
            #expect(try await importing(bench, rows) == shown)
        }
    }

    /// Whoever reads with the key of before stores nothing more, back-fills included.
    @Test func anotherKeyReachesBackfills() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create("one", key: "sk-admin-before-0001")
            _ = try await bench.service.backfillConnection(
                BackfillConnectionRequest(
                    id: made.id, from: Timestamp(try Instant(rfc3339: "2026-08-01T00:00:00Z"))),
                bench.call())
            let queue = JobQueue(pool: bench.pool, owner: "test")
            let running = try await queue.claim(
                [ReadBackfill.kind], limit: 9, lease: .seconds(600))
            #expect(running.count == 2)
            _ = try await importing(
                bench, [ConnectionRow(displayName: "one", apiKey: "sk-admin-after-0002")],
                mask: ["api_key"])
            for job in running {
                #expect(try await !queue.renew(job.lease, for: .seconds(60)))
            }
        }
    }

    @Test func aRowThatIsRefusedKeepsAllOthersOut() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create("there")
            let good = ConnectionRow(
                displayName: "good", provider: .openai, apiKey: "sk-admin-good-0001")
            let cases: [([ConnectionRow], [String], String)] = [
                ([], [], "ROWS_MISSING rows"),
                ([good], ["provider"], "UPDATE_MASK_FIELD_UNKNOWN update_mask[0]"),
                ([good, .init()], [], "DISPLAY_NAME_REQUIRED rows[1].display_name"),
                ([good, good], [], "ROW_NAME_DUPLICATE rows[1].display_name"),
                (
                    [good, .init(displayName: "x", apiKey: "sk-admin-x-0001")], [],
                    "PROVIDER_UNKNOWN rows[1].provider"
                ),
                (
                    [good, .init(displayName: "x", provider: .openai)], [],
                    "API_KEY_TOO_SHORT rows[1].api_key"
                ),
                (
                    [good, .init(displayName: "there", provider: .anthropic)], [],
                    "PROVIDER_OF_ANOTHER rows[1].provider"
                ),
                (
                    [good, .init(displayName: "x", backfillDays: 367)], [],
                    "BACKFILL_DAYS_OUT_OF_RANGE rows[1].backfill_days"
                ),
                (
                    [good, .init(displayName: "x", labels: [Label(key: "?", value: "")])], [],
                    "LABEL_KEY_MALFORMED rows[1].labels[0].key"
                ),
                (
                    Array(repeating: good, count: 201), [], "TOO_MANY_ROWS rows"
                ),
            ]
            for (rows, mask, expected) in cases {
                for dryRun in [true, false] {
                    let found = await reason {
                        _ = try await importing(bench, rows, mask: mask, dryRun: dryRun)
                    }
                    #expect(found == expected)
                }
            }
            let session = try await bench.database.session()
            try await session.execute("UPDATE organizations SET connections_max = 2")
            let more = (0..<2).map { number in
                ConnectionRow(
                    displayName: "n\(number)", provider: .openai, apiKey: "sk-admin-n-000\(number)")
            }
            for dryRun in [true, false] {
                let found = await reason { _ = try await importing(bench, more, dryRun: dryRun) }
                #expect(found == "CONNECTION_LIMIT_REACHED ")
            }
            await session.close()
            #expect(try await list(bench) == [made])
        }
    }
}
