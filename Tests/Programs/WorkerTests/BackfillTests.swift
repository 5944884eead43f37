import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// Spans of the past that somebody has read, against a provider in miniature.
struct BackfillTests {
    private static let from = "2026-11-01T00:00:00Z"
    private static let through = "2026-11-20T12:00:00Z"

    private func provider(
        _ seed: UInt64, pageServed: (@Sendable (Int) async -> Void)? = nil
    ) throws -> FakeProvider {
        FakeProvider(
            .random(
                from: try Instant(rfc3339: Self.from), through: try Instant(rfc3339: Self.through),
                seed: seed), pageServed: pageServed)
    }

    private func totals(_ provider: FakeProvider) throws -> WorkerBench.Totals {
        try totals(provider.state.withLock { $0 })
    }

    private func totals(_ state: FakeProvider.State) throws -> WorkerBench.Totals {
        WorkerBench.Totals(
            input: state.totalInput, output: state.totalOutput,
            picos: String(try state.totalPicos()))
    }

    private func ask(
        _ bench: WorkerBench, _ id: ConnectionID, from: String = Self.from
    ) async throws -> ConnectionBackfill {
        try await bench.service.backfillConnection(
            BackfillConnectionRequest(
                id: id.text, from: Timestamp(try Instant(rfc3339: from)),
                through: Timestamp(try Instant(rfc3339: "2026-11-19T00:00:00Z"))),
            bench.call)
    }

    private func change(
        _ bench: WorkerBench, _ backfill: ConnectionBackfill,
        _ action: ChangeConnectionBackfillRequest.Action
    ) async throws -> ConnectionBackfill {
        try await bench.service.changeConnectionBackfill(
            ChangeConnectionBackfillRequest(
                id: backfill.id, action: action), bench.call)
    }

    private func list(_ bench: WorkerBench, _ id: ConnectionID) async throws
        -> [ConnectionBackfill]
    {
        try await bench.service.listConnectionBackfills(
            ListConnectionBackfillsRequest(id: id.text), bench.call
        ).backfills
    }

    private func newest(
        _ bench: WorkerBench, _ id: ConnectionID
    ) async throws -> ConnectionBackfill {
        try #require(try await list(bench, id).first)
    }

    /// Those of its reports that the account has rows of.
    private func told(_ backfill: ConnectionBackfill) -> [ConnectionBackfill.Report] {
        backfill.reports.filter { ["usage", "costs"].contains($0.name) }
    }

    private static let checkpoints = """
        SELECT stream, through::text FROM connection_checkpoints WHERE stream NOT LIKE 'names%'
        ORDER BY stream
        """

    /// Leaves the back-fill of usage alone in the queue.
    private static let nothingElse =
        "DELETE FROM jobs WHERE kind <> 'read_backfill' OR key NOT LIKE '%/usage'"

    @Test func theyReadTheirSpanAndThePullsDoNotNotice() async throws {
        let provider = try provider(60)
        try await WorkerBench.with(provider) { bench in
            // The pulls begin two days ago; the back-fill six weeks before, and goes on into them.
            let id = try await bench.connect(days: 2)
            #expect(try await bench.readOnce())
            let checkpoints = try await bench.texts(Self.checkpoints)
            let asked = try await ask(bench, id, from: "2026-10-05T00:00:00Z")
            #expect(asked.percent == 0 && asked.state == .running)
            #expect(asked.reports.map(\.name).starts(with: ["usage"]))
            #expect(told(asked).map(\.days) == [45, 45])
            #expect(try await bench.connection(id).backfill?.id == asked.id)

            // At the same time as before: the pulls themselves change nothing.
            #expect(try await bench.readOnce())
            let done = try await newest(bench, id)
            #expect(done.state == .done && done.percent == 100 && done.endTime != nil)
            #expect(done.reports.allSatisfy { $0.state == .done && $0.percent == 100 })
            #expect(told(done).allSatisfy { $0.pages > 1 && $0.rowsRecorded > 0 })
            // What the pulls read again is theirs.
            #expect(told(done).allSatisfy { $0.daysRead == 44 })
            #expect(try await bench.totals() == totals(provider))
            #expect(try await bench.texts(Self.checkpoints) == checkpoints)
            // Which days are known now: from the first that the provider told of, not the first that was asked for.
            #expect(
                try await bench.texts(
                    """
                    SELECT told_from = '2026-11-01Z' AND lower(read_spans) < told_from
                        AND upper(read_spans) = through
                        AND range_merge(read_spans)::tstzmultirange = read_spans
                    FROM connection_checkpoints WHERE stream IN ('usage', 'costs')
                    """) == [["t"], ["t"]])
            #expect(try await bench.connection(id).backfill == nil)

            // What is read twice counts once.
            _ = try await ask(bench, id)
            #expect(try await bench.readOnce())
            #expect(try await bench.totals() == totals(provider))
            let again = try await newest(bench, id)
            #expect(again.id != done.id && again.state == .done)
            #expect(told(again).allSatisfy { $0.rowsRecorded == 0 && $0.rowsUnchanged > 0 })
            #expect(told(again).allSatisfy { $0.rowsCorrected == 0 && $0.rowsRetracted == 0 })
        }
    }

    @Test func whatChangedIsCorrectedAndWhatIsForgottenStays() async throws {
        let provider = try provider(61)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 19)
            #expect(try await bench.readOnce())
            let horizon = try Instant(rfc3339: "2026-11-05T00:00:00Z").seconds
            let hour = try Instant(rfc3339: "2026-11-10T07:00:00Z").seconds
            var expected = provider.state.withLock { $0 }
            // Figures change, a row appears, a bucket empties.
            expected.usage[hour] = [
                .init(project: "gamma", model: "gpt-6-sol", input: 7, output: 5)
            ]
            for emptied in 1...12 { expected.usage[hour + Int64(emptied) * 3600] = nil }
            let truth = expected.usage
            provider.state.withLock { state in
                // Of what is older the provider answers nothing any more.
                state.usage = truth.filter { $0.key >= horizon }
            }
            // Pulls read three days again, and notice none of this.
            #expect(try await bench.readOnce(now: "2026-11-20T14:00:00Z"))
            #expect(try await bench.totals() != totals(expected))
            _ = try await ask(bench, id)
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).state == .done)
            #expect(try await bench.totals() == totals(expected))
            let usage = try #require(try await newest(bench, id).reports.first)
            #expect(usage.rowsCorrected > 0 && usage.rowsRetracted > 0)
        }
    }

    @Test func aPausedOneStoresNothingAndGoesOnWhereItWas() async throws {
        let provider = try provider(62)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            let asked = try await ask(bench, id)
            #expect(try await change(bench, asked, .pause).state == .paused)
            let before = try await bench.totals()
            #expect(try await bench.readOnce())
            #expect(try await bench.totals() == before)
            #expect(try await newest(bench, id).percent == 0)

            #expect(try await change(bench, asked, .resume).state == .running)
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).state == .done)
            #expect(try await bench.totals() == totals(provider))
            await #expect(throws: ServiceError(.failedPrecondition, "BACKFILL_OVER", "")) {
                _ = try await change(bench, asked, .pause)
            }
            let other = try await ask(bench, id)
            #expect(try await change(bench, other, .cancel).state == .cancelled)
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).reports.allSatisfy { $0.pages == 0 })
        }
    }

    /// How long it was paused nobody knows, and cursors do not last: the window begins again.
    @Test func aResumedOneUsesNoOldCursor() async throws {
        let provider = try provider(66)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            let asked = try await ask(bench, id)
            _ = try await change(bench, asked, .pause)
            // As a page of before left it.
            try await bench.execute(
                """
                UPDATE connection_backfills SET window_start = range_start, window_end = range_end,
                    opened_at = range_end, cursor = 'page_of_long_ago', read_from = range_start
                WHERE stream = 'usage'
                """)
            _ = try await change(bench, asked, .resume)
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).state == .done)
            #expect(try await bench.totals() == totals(provider))
            #expect(
                provider.state.withLock { state in
                    state.served.allSatisfy { !$0.contains("page_of_long_ago") }
                })
            #expect(!bench.log.lines.contains { $0.contains("back-fill failed") })
        }
    }

    /// What is closed meanwhile stays as it is, and the rest of the span is not read.
    @Test func oneEndsWhereAMonthIsClosedMeanwhile() async throws {
        let provider = try provider(67)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            let before = try await bench.totals()
            _ = try await ask(bench, id)
            try await bench.execute(
                """
                INSERT INTO period_closures (org_id, month, closed_at)
                VALUES ('\(bench.organization)', '2026-11-01', now())
                """)
            #expect(try await bench.readOnce())
            let ended = try await newest(bench, id)
            #expect(ended.state == .cancelled && ended.endTime != nil)
            #expect(told(ended).allSatisfy { $0.lastError.contains("2026-11-01 was closed") })
            #expect(try await bench.totals() == before)
        }
    }

    /// A page that was fetched before the pause is not stored after it.
    @Test func aPageUnderWayIsNotStoredOnceItIsPaused() async throws {
        let pause = Mutex<(@Sendable () async throws -> Void)?>(nil)
        let provider = try provider(63) { _ in
            guard let pause = pause.withLock({ $0.take() }) else { return }
            try? await pause()
        }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            let asked = try await ask(bench, id)
            try await bench.execute(Self.nothingElse)
            let before = try await bench.totals()
            // While the answer is on its way.
            pause.withLock {
                $0 = { _ = try await change(bench, asked, .pause) }
            }
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).state == .paused)
            #expect(try await bench.totals() == before)
            #expect(try await newest(bench, id).reports.allSatisfy { $0.pages == 0 })
        }
    }

    @Test func oneRestsAndEndsWithItsConnection() async throws {
        let provider = try provider(64)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            let asked = try await ask(bench, id)
            try await bench.change {
                try await $0.pauseConnection(PauseConnectionRequest(id: id.text), $1)
            }
            let served = provider.state.withLock { $0.pagesServed }
            #expect(try await bench.readOnce())
            #expect(provider.state.withLock { $0.pagesServed } == served)
            #expect(try await newest(bench, id).state == .running)
            try await bench.change {
                try await $0.resumeConnection(ResumeConnectionRequest(id: id.text), $1)
            }
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).state == .done)
            #expect(try await bench.totals() == totals(provider))

            // What it is not the record of any more is never read; the rest is.
            let usage = try await ask(bench, id)
            #expect(usage.id != asked.id)
            try await bench.change {
                try await $0.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, recordOf: .attribution, updateMask: ["record_of"]), $1)
            }
            #expect(try await bench.readOnce())
            let ended = try await newest(bench, id)
            #expect(ended.state == .cancelled)
            #expect(told(ended).map(\.state) == [.done, .cancelled])

            let last = try await ask(bench, id)
            #expect(told(last).map(\.name) == ["usage"])
            try await bench.change {
                try await $0.deleteConnection(
                    DeleteConnectionRequest(
                        id: id.text, confirmDisplayName: "\(API.Provider.openai.rawValue)"), $1)
            }
            #expect(try await newest(bench, id).state == .cancelled)
            #expect(try await bench.readOnce())
            #expect(try await newest(bench, id).reports.allSatisfy { $0.pages == 0 })
        }
    }

    @Test func aKeyThatIsRefusedInTheMiddleIsReplacedAndNothingIsMissing() async throws {
        let holder = Mutex<FakeProvider?>(nil)
        let left = Mutex<Int?>(nil)
        let key = "sk-admin-replaced-0123456789"
        let provider = try provider(65) { _ in
            let isNow = left.withLock { left in
                left = left.map { $0 - 1 }
                return left == 0
            }
            if isNow { holder.withLock { $0 }?.state.withLock { $0.onlyKey = key } }
        }
        holder.withLock { $0 = provider }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            let asked = try await ask(bench, id)
            try await bench.execute(Self.nothingElse)
            left.withLock { $0 = 5 }
            #expect(try await !bench.readOnce())
            let stuck = try await newest(bench, id)
            #expect(stuck.id == asked.id && stuck.state == .running)
            #expect(stuck.reports.contains { $0.lastError.contains("refuse") && $0.pages > 0 })
            for text in try await bench.everyRow() { #expect(!text.contains(WorkerBench.key)) }

            _ = try await bench.replaceKey(id, key)
            #expect(try await bench.readOnce())
            let done = try await newest(bench, id)
            #expect(done.state == .done)
            #expect(done.reports.allSatisfy { $0.lastError.isEmpty })
            #expect(try await bench.totals() == totals(provider))
        }
        holder.withLock { $0 = nil }
    }
}
