import API
import Core
import Domain
import Jobs
import Logging
import Providers
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// How long a report is read before others have their turn.
@Suite struct PullTurnTests {
    private static func turn(pages: Int, stored: Bool, after time: Duration) -> Bool {
        let began = ContinuousClock.now
        let pace = PullPace(pollInterval: .seconds(600), pagePause: .zero)
        var turn = PullTurn(pace, began: began)
        for _ in 0..<pages { turn.beganPage() }
        if stored { turn.storedPage() }
        return turn.isOver(now: began.advanced(by: time))
    }

    @Test func aTurnEndsAfterSoManyPagesOrSoLong() {
        #expect(!Self.turn(pages: 0, stored: false, after: .zero))
        #expect(!Self.turn(pages: 19, stored: true, after: .milliseconds(19_999)))
        #expect(Self.turn(pages: 20, stored: true, after: .zero))
        #expect(Self.turn(pages: 1, stored: true, after: .seconds(20)))
        // What is too large is asked for by halves, which must come to something.
        #expect(!Self.turn(pages: 3, stored: false, after: .seconds(600)))
        #expect(Self.turn(pages: 20, stored: false, after: .zero))
    }

    enum Reading: CaseIterable {
        case pull, backfill

        /// How many pages are stored of it.
        fileprivate var pages: String {
            switch self {
            case .pull:
                "SELECT coalesce(sum(pages), 0)::text FROM connection_runs WHERE stream = 'usage'"
            case .backfill: "SELECT pages::text FROM connection_backfills WHERE stream = 'usage'"
            }
        }
    }

    /// A provider whose every page takes as long as a turn.
    @Test(arguments: Reading.allCases)
    func aSlowReportGivesItsPlaceAfterAPage(_ reading: Reading) async throws {
        let provider = FakeProvider(
            bucketsPerPage: 5,
            .random(
                from: try Instant(rfc3339: "2026-11-01T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 72))
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            try await Self.withPulls(bench) { pulls in
                let turn = try await Self.turns(reading, of: id, by: pulls, bench)
                for pages in ["1", "2", "3"] {
                    #expect(try await turn() == .dueAgain(after: .zero))
                    #expect(try await bench.texts(reading.pages) == [[pages]])
                }
            }
        }
    }

    /// Pages that are stored are progress, but not those of a window that fails again and again.
    @Test(arguments: Reading.allCases)
    func whatFailsAgainAndAgainGetsOnNoMore(_ reading: Reading) async throws {
        try await WorkerBench.with(FakeProvider(bucketsPerPage: 5, .init())) { bench in
            let id = try await bench.connect()
            try await Self.withPulls(bench) { pulls in
                let turn = try await Self.turns(reading, of: id, by: pulls, bench)
                for (failures, outcome) in [
                    (2, .dueAgain(after: .zero)), (3, .interrupted),
                ] as [(Int, JobOutcome)] {
                    try await bench.execute(
                        """
                        UPDATE connection_checkpoints SET failures = \(failures);
                        UPDATE connection_backfills SET failures = \(failures)
                        """)
                    #expect(try await turn() == outcome)
                }
            }
        }
    }

    /// Whose turns are of one page each: none of them sees a cursor twice.
    @Test(arguments: Reading.allCases)
    func pagesThatGoRoundAreNoticedInShortTurns(_ reading: Reading) async throws {
        let provider = FakeProvider(.init())
        provider.state.withLock { $0.goesRound = true }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            try await Self.withPulls(bench) { pulls in
                let turn = try await Self.turns(reading, of: id, by: pulls, bench)
                var outcomes: [JobOutcome] = []
                while outcomes.count < 9, outcomes.allSatisfy({ $0 == .dueAgain(after: .zero) }) {
                    outcomes.append(try await turn())
                }
                let reason = ProviderError(.malformed(.cursorDoesNotAdvance)).kind.reason
                #expect(outcomes.count == 4 && outcomes.last == .failed(reason: reason))
                // It is read again from its beginning.
                provider.state.withLock { $0.goesRound = false }
                #expect(try await turn() == .dueAgain(after: .zero))
            }
        }
    }

    /// Of costs, which are read again 35 days back, in windows of 31 at most: each turn goes on where the one before
    /// ended, also between two windows.
    @Test func turnsOfAPageReachThePresent() async throws {
        let provider = FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-10-11T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 73))
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 40)
            try await Self.withPulls(bench) { pulls in
                let turn = try await Self.turns(
                    .pull, stream: "costs", of: id, by: pulls, bench)
                for pages in ["2", "4"] {
                    #expect(try await turn() == .dueAgain(after: .zero))
                    let last = try await turn()
                    guard case .dueInStep = last else {
                        Issue.record("\(last)")
                        return
                    }
                    let read = try await bench.texts(
                        """
                        SELECT pages_read::text, (window_start IS NULL)::text,
                            (through = '\(WorkerBench.now)')::text
                        FROM connection_checkpoints WHERE stream = 'costs'
                        """)
                    #expect(read == [[pages, "true", "true"]])
                }
            }
            let charged = try provider.state.withLock { try $0.totalPicos() }
            #expect(try await bench.totals().picos == String(charged))
        }
    }

    /// What pulls as a worker does whose turns are over at once.
    private static func withPulls(
        _ bench: WorkerBench, _ body: (PullConnectionWorker) async throws -> Void
    ) async throws {
        let client = ProviderHTTPClient()
        do {
            let log = bench.log
            var pace = PullPace(pollInterval: .seconds(600), pagePause: .zero)
            pace.turn = .zero
            let pulls = PullConnectionWorker(
                database: WorkerDatabase(pool: bench.pool), keys: try bench.keys,
                registry: ProviderRegistry(transports: [
                    .openAI: HTTPProviderTransport(
                        endpoint: try ProviderEndpoint(
                            bench.server.baseURL + "/v1", allowsPlaintext: true), client: client,
                        limits: HTTPProviderTransport.Limits())
                ]), pace: pace, notifier: nil, worker: "test",
                clock: .fixed(try Instant(rfc3339: WorkerBench.now)),
                logger: Logger(label: "test") { _ in log })
            try await body(pulls)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    /// A turn's worth of what was claimed, however often.
    private static func turns(
        _ reading: Reading, stream: String = "usage", of id: ConnectionID,
        by pulls: PullConnectionWorker, _ bench: WorkerBench
    ) async throws -> () async throws -> JobOutcome {
        let handler: any JobHandler
        let kind: Jobs.JobKind
        switch reading {
        case .pull: (handler, kind) = (pulls, PullConnection.kind)
        case .backfill:
            (handler, kind) = (ReadBackfillWorker(pulls: pulls), ReadBackfill.kind)
            _ = try await bench.service.backfillConnection(
                BackfillConnectionRequest(
                    id: id.text, from: Timestamp(try Instant(rfc3339: "2026-11-01T00:00:00Z")),
                    through: Timestamp(try Instant(rfc3339: "2026-11-09T00:00:00Z"))),
                bench.call)
        }
        try await bench.execute("DELETE FROM jobs WHERE key NOT LIKE '%/\(stream)'")
        let job = try #require(
            try await JobQueue(pool: bench.pool, owner: "test").claim(
                [kind], limit: 1, lease: .seconds(600)
            ).first)
        return { try await handler.run(job, JobControl()) }
    }
}
