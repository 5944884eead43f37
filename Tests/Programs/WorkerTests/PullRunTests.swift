import Core
import Domain
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// The history of pulls against what they stored.
struct PullRunTests {
    private func provider(
        _ seed: UInt64, bucketsPerPage: Int = 40
    ) throws -> FakeProvider {
        FakeProvider(
            bucketsPerPage: bucketsPerPage,
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: seed))
    }

    /// Of each report by its name: outcome, reason, rows recorded, corrected and retracted of the newest run.
    private func newest(_ bench: WorkerBench) async throws -> [[String?]] {
        try await bench.texts(
            """
            SELECT DISTINCT ON (stream) stream, outcome::text, reason, recorded::text,
                corrected::text, retracted::text
            FROM connection_runs WHERE stream IN ('costs', 'usage') ORDER BY stream, id DESC
            """)
    }

    /// A long history is read in turns, so that whoever waits comes in between; nothing of it is read twice.
    @Test func aLongReportGivesItsPlaceToOthers() async throws {
        let provider = try provider(41, bucketsPerPage: 5)
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            #expect(try await bench.readOnce())
            let runs = try await bench.texts(
                """
                SELECT outcome::text, pages::text FROM connection_runs
                WHERE stream = 'usage' ORDER BY id
                """)
            let served = provider.state.withLock { $0.served }.count {
                $0.contains("/usage/completions")
            }
            #expect(served > 2 * PullPace.pagesPerTurn)
            #expect(runs.map { $0[0] } == ["3", "3", "2"])
            #expect(runs.dropLast().allSatisfy { $0[1] == "\(PullPace.pagesPerTurn)" })
            #expect(runs.compactMap { $0[1].flatMap { Int($0) } }.reduce(0, +) == served)
        }
    }

    @Test func aRunSaysWhatItStored() async throws {
        let provider = try provider(40)
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            #expect(try await bench.readOnce())
            let entries = try await bench.texts(
                """
                SELECT count(*) FILTER (WHERE source LIKE '%/usage')::text,
                    count(*) FILTER (WHERE source LIKE '%/costs')::text FROM ledger_entries
                """)[0]
            #expect(
                try await newest(bench) == [
                    ["costs", "2", "", entries[1], "0", "0"],
                    ["usage", "2", "", entries[0], "0", "0"],
                ])
            let pages = try await bench.texts(
                """
                SELECT sum(pages)::text, bool_and(through IS NOT NULL)::text FROM connection_runs
                WHERE stream NOT LIKE 'names%'
                """)
            // A page of names takes several requests.
            let served = provider.state.withLock { $0.served }.count {
                $0.contains("/usage/") || $0.contains("/costs")
            }
            #expect(pages == [["\(served)", "true"]])

            // One row changes, and one goes.
            let day = try Instant(rfc3339: "2026-11-15T00:00:00Z").seconds
            provider.state.withLock { state in
                state.charges[day]?[0].amount = "1.25"
                state.charges[day]?.removeLast()
            }
            #expect(try await bench.readOnce(now: "2026-11-20T12:50:00Z"))
            #expect(try await newest(bench)[0] == ["costs", "2", "", "0", "2", "1"])

            provider.state.withLock { $0.refusesKeys = true }
            #expect(try await !bench.readOnce(now: "2026-11-20T13:00:00Z"))
            #expect(try await newest(bench)[0] == ["costs", "5", "KEY_REFUSED", "0", "0", "0"])
            let detail = try await bench.texts(
                """
                SELECT detail FROM connection_runs
                WHERE reason = 'KEY_REFUSED' AND stream IN ('costs', 'usage')
                """)
            #expect(detail.count == 2)
            #expect(detail.allSatisfy { $0[0]?.contains("Create a new admin key") == true })
        }
    }

    /// What a provider tells that contradicts itself is kept, and flagged: with each entry, and with the run.
    @Test func contradictoryRowsAreKeptAndFlagged() async throws {
        let provider = try provider(42)
        let hour = try Instant(rfc3339: "2026-11-15T03:00:00Z").seconds
        provider.state.withLock { state in
            state.usage[hour] = [
                FakeProvider.Usage(
                    project: "p-odd", model: "gpt-4o", input: 5, output: 1, cached: 9),
                FakeProvider.Usage(
                    project: "p-even", model: "gpt-4o", input: 9, output: 1, cached: 5),
            ]
        }
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            let flagged = """
                SELECT d.project, e.reason, e.cache_read::text FROM ledger_entries AS e
                JOIN dimension_sets AS d ON d.org_id = e.org_id AND d.id = e.dimension_set_id
                WHERE d.project IN ('p-odd', 'p-even') ORDER BY e.entry_id DESC
                """
            let counted = """
                SELECT contradicted::text FROM connection_runs WHERE stream = 'usage'
                ORDER BY id DESC LIMIT 1
                """
            #expect(try await bench.readOnce())
            let reason = "The provider's input_tokens contradicts its own parts"
            let first = try await bench.texts(flagged)
            #expect(Set(first) == [["p-odd", reason, "9"], ["p-even", nil, "5"]])
            #expect(try await bench.texts(counted) == [["1"]])
            // Read again as it was it stays as it is; told right, it is corrected, and that says nothing.
            #expect(try await bench.readOnce(now: "2026-11-20T12:50:00Z"))
            #expect(try await bench.texts(flagged).count == 2)
            provider.state.withLock { $0.usage[hour]?[0].cached = 4 }
            #expect(try await bench.readOnce(now: "2026-11-20T13:50:00Z"))
            #expect(try await bench.texts(counted) == [["0"]])
        }
    }

    @Test func aRunOfADeadWorkerIsEndedByTheNext() async throws {
        let provider = try provider(41)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            // As a worker leaves it that is killed behind its third page.
            try await bench.execute(
                """
                INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, outcome,
                    pages, recorded, corrected, unchanged, retracted, worker)
                VALUES ('\(bench.organization)', '\(id)', '00000000-0000-7000-8000-000000000001',
                    'usage', now(), 1, 3, 7, 0, 0, 0, 'dead')
                """)
            #expect(try await bench.readOnce())
            let runs = try await bench.texts(
                """
                SELECT outcome::text, pages::text, (ended_at IS NOT NULL)::text FROM connection_runs
                WHERE stream = 'usage' ORDER BY id LIMIT 1
                """)
            #expect(runs == [["6", "3", "true"]])
            #expect(
                try await bench.texts(
                    "SELECT count(*)::text FROM connection_runs WHERE ended_at IS NULL") == [["0"]])
        }
    }
}
