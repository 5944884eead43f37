import ConnectionService
import Core
import Domain
import Providers
import TestSupport
import Testing

@testable import Worker

struct BackfillPlanTests {
    private func instant(_ text: String) throws -> Instant { try Instant(rfc3339: text) }

    private func span(_ from: String, _ through: String) throws -> ReportBackfill {
        ReportBackfill(
            id: .make(), connectionID: .make(), stream: .usage, from: try instant(from),
            through: try instant(through),
            createdAt: try instant("2026-11-20T12:34:56Z"))
    }

    private func plan(
        _ span: ReportBackfill, of provider: ProviderName, through: Instant?,
        keptFrom: String? = nil
    ) throws -> BackfillPlan {
        let report = try #require(
            ProviderRegistry.reports(of: provider).first { $0.name == "usage" })
        return BackfillPlan(
            span,
            pulls: PullPlan(
                report: report, backfillFrom: try instant("2026-08-22T00:00:00Z"),
                now: try instant("2026-11-20T12:34:56Z")),
            checkpoint: Checkpoint(through: through), keptFrom: try keptFrom.map(instant))
    }

    @Test func onlyWhatIsToldKeptAndNotPulledIsRead() throws {
        let now = try instant("2026-11-20T12:34:56Z")
        let all = try span("2024-01-01T00:00:00Z", "2026-11-21T00:00:00Z")
        // Pulls of a new connection begin where it says.
        let new = try plan(all, of: .openAI, through: nil)
        #expect(new.from == all.from)
        #expect(new.through.rfc3339 == "2026-08-22T00:00:00Z")
        let pulled = try plan(all, of: .openAI, through: now)
        #expect(pulled.through.rfc3339 == "2026-11-17T12:00:00Z")
        // OpenRouter tells of 30 days, and of these only that are over.
        let month = try plan(all, of: .openRouter, through: now)
        #expect(month.from.rfc3339 == "2026-10-21T00:00:00Z")
        #expect(month.firstWindow(Checkpoint())?.from == month.from)
        let forgotten = try span("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")
        #expect(try plan(forgotten, of: .openRouter, through: now).firstWindow(Checkpoint()) == nil)
        // A day that is cut is left out.
        let kept = try plan(
            all, of: .openAI, through: now, keptFrom: "2025-09-30T10:00:00Z")
        #expect(kept.from.rfc3339 == "2025-10-01T00:00:00Z")
        // A window of days that are gone meanwhile is not gone on with.
        let open = Checkpoint.OpenWindow(
            from: all.from, through: all.through, openedAt: now, cursor: "page_7")
        #expect(kept.firstWindow(Checkpoint(window: open))?.from == kept.from)
        #expect(kept.firstWindow(Checkpoint(window: open))?.cursor == nil)
    }

    @Test func everyBucketIsReadOnceAndTheLastIsTheEnd() throws {
        let span = try span("2024-01-01T00:00:00Z", "2025-03-01T00:00:00Z")
        let plan = try plan(span, of: .openAI, through: nil)
        var progress = Checkpoint()
        var read = span.from
        while let window = plan.firstWindow(progress) {
            #expect(window.from == read)
            #expect(window.through.seconds - window.from.seconds <= 31 * 86_400)
            read = window.through
            progress = plan.progress(
                progress, window: window, lastBucketEnd: nil, nextCursor: nil)
        }
        #expect(read == span.through)
        #expect(progress.through == span.through)
    }

    /// Whatever pulls do: none ever reads what a back-fill may have been reading meanwhile.
    @Test(arguments: [UInt64](1...20))
    func noPullReadsWhatABackfillDoes(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let providers: [ProviderName] = [.openAI, .anthropic, .openRouter]
        let provider = try #require(providers.randomElement(using: &random))
        let reports = ProviderRegistry.reports(of: provider).filter { !$0.isOfNames }
        let report = try #require(reports.randomElement(using: &random))
        let begin = try instant("2026-08-22T00:00:00Z")
        var now = begin.advanced(bySeconds: .random(in: 0...90 * 86_400, using: &random))
        var checkpoint = Checkpoint()
        var floor: Instant?
        for _ in 0..<60 {
            now = now.advanced(bySeconds: .random(in: 1...3 * 86_400, using: &random))
            let plan = PullPlan(report: report, backfillFrom: begin, now: now)
            var window = plan.firstWindow(checkpoint)
            while let open = window {
                let from = plan.readsFrom(checkpoint)
                #expect(from >= floor ?? from, "seed \(seed)")
                floor = from
                #expect(open.from >= from, "seed \(seed)")
                // It ends, goes on, loses its cursor, or the worker stops here.
                let end = open.from.advanced(
                    bySeconds: .random(
                        in: 0...open.through.seconds - open.from.seconds, using: &random))
                let isLast = Bool.random(using: &random)
                checkpoint = plan.checkpoint(
                    checkpoint, window: open, lastBucketEnd: isLast ? nil : end,
                    nextCursor: isLast ? nil : "page")
                window = checkpoint.window ?? plan.nextWindow(after: open)
                if Int.random(in: 0..<5, using: &random) == 0 { checkpoint.window?.cursor = nil }
                if Int.random(in: 0..<3, using: &random) == 0 { break }
            }
        }
    }
}
