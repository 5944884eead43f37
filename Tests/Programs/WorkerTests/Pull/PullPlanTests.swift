import ConnectionService
import Core
import Domain
import Providers
import Testing

@testable import Worker

struct PullPlanTests {
    private func instant(_ text: String) throws -> Instant { try Instant(rfc3339: text) }

    private func report(_ name: String) throws -> ProviderReport {
        try #require(ProviderRegistry.reports(of: .openAI).first { $0.name == name })
    }

    private func plan(
        _ report: ProviderReport, from: String = "2026-08-22T00:00:00Z",
        now: String = "2026-11-20T12:34:56Z"
    ) throws -> PullPlan {
        PullPlan(report: report, backfillFrom: try instant(from), now: try instant(now))
    }

    /// All windows of one pull, read page by page to their ends.
    private func windows(
        _ plan: PullPlan, _ checkpoint: Checkpoint
    ) -> [Checkpoint.OpenWindow] {
        var windows: [Checkpoint.OpenWindow] = []
        var next = plan.firstWindow(checkpoint)
        while let window = next {
            windows.append(window)
            next = plan.nextWindow(after: window)
        }
        return windows
    }

    @Test func theFirstPullReadsAllDaysWithoutAGap() throws {
        // A list says how things are: it has no days gone by.
        for report in ProviderRegistry.reports(of: .openAI) where !report.isOfNames {
            let plan = try plan(report)
            let windows = windows(plan, Checkpoint())
            #expect(windows.first?.from == plan.backfillFrom)
            for (left, right) in zip(windows, windows.dropFirst()) {
                #expect(right.from <= left.through)
            }
            #expect(windows.last.map { $0.through >= plan.now } == true)
            #expect(
                windows.allSatisfy {
                    $0.through.seconds - $0.from.seconds <= (report.windowDaysMax + 1) * 86_400
                })
        }
    }

    @Test func laterPullsReadTheLastDaysAgain() throws {
        let through = try instant("2026-11-20T11:30:00Z")
        let usage = windows(try plan(report("usage")), Checkpoint(through: through))
        #expect(usage.map(\.from.rfc3339) == ["2026-11-17T11:00:00Z"])
        #expect(usage.map(\.through.rfc3339) == ["2026-11-20T13:00:00Z"])
        let costs = windows(try plan(report("costs")), Checkpoint(through: through))
        #expect(costs.first?.from.rfc3339 == "2026-10-16T00:00:00Z")
        #expect(costs.last?.through.rfc3339 == "2026-11-21T00:00:00Z")
    }

    @Test func nothingBeforeTheBackfillIsRead() throws {
        let plan = try plan(report("costs"), from: "2026-11-10T00:00:00Z")
        let first = plan.firstWindow(Checkpoint(through: try instant("2026-11-12T00:00:00Z")))
        #expect(first?.from == plan.backfillFrom)
    }

    @Test func anOpenWindowIsGoneOnWithAndThenThePresent() throws {
        let open = Checkpoint.OpenWindow(
            from: try instant("2026-11-01T00:00:00Z"), through: try instant("2026-11-19T23:00:00Z"),
            openedAt: try instant("2026-11-19T22:10:00Z"), cursor: "page_7")
        let windows = windows(try plan(report("usage")), Checkpoint(window: open))
        #expect(windows.first == open)
        // The hour that was not over when the window was opened is read again.
        #expect(windows.last?.from.rfc3339 == "2026-11-19T22:00:00Z")
        #expect(windows.last?.cursor == nil)
        #expect(windows.count == 2)
    }

    /// Be it that nothing of the provider's history reaches back to where its day begins.
    @Test func aListIsGoneOnWithAndThenAtItsEnd() throws {
        let names = try report("names/projects")
        var open = try #require(try plan(names).firstWindow(Checkpoint()))
        open.turn(to: "page_2")
        let later = try plan(names, now: "2026-11-20T14:34:56Z")
        #expect(later.firstWindow(Checkpoint(window: open)) == open)
        #expect(later.nextWindow(after: open) == nil)
    }

    /// Each page of a slow report takes a while, and the present goes on meanwhile.
    @Test func thePresentOfAMomentAgoIsReached() throws {
        let usage = try report("usage")
        let from = "2026-11-18T00:00:00Z"
        let open = try #require(try plan(usage, from: from).firstWindow(Checkpoint()))
        for (now, isReached) in [
            ("2026-11-20T12:35:20Z", true), ("2026-11-20T12:44:56Z", true),
            ("2026-11-20T12:44:57Z", false),
        ] {
            #expect(
                (try plan(usage, from: from, now: now).nextWindow(after: open) == nil) == isReached)
        }
    }

    @Test func whatIsOnlyReadAgainForgetsNoFailures() throws {
        let plan = try plan(report("costs"))
        let present = Checkpoint(through: plan.now, failures: 2)
        let again = try #require(plan.firstWindow(present))
        let read = { (before: Checkpoint, window: Checkpoint.OpenWindow) in
            plan.checkpoint(before, window: window, lastBucketEnd: nil, nextCursor: nil).failures
        }
        #expect(read(present, again) == 2)
        let further = Checkpoint(through: again.from, failures: 2)
        #expect(read(further, again) == 0)
    }

    /// A pause, or a key that was refused: what providers told late of the days before is still read.
    @Test func aWindowLeftLongAgoIsReadAnew() throws {
        let now = try instant("2026-11-20T12:34:56Z")
        for (seconds, isKept) in [(86_400, true), (86_401, false)] as [(Int64, Bool)] {
            let open = Checkpoint.OpenWindow(
                from: try instant("2026-11-01T00:00:00Z"),
                through: try instant("2026-11-19T23:00:00Z"),
                openedAt: now.advanced(bySeconds: -seconds), cursor: "page_7")
            let checkpoint = Checkpoint(
                through: try instant("2026-11-15T00:00:00Z"), window: open)
            let first = try #require(try plan(report("usage")).firstWindow(checkpoint))
            #expect((first == open) == isKept)
            #expect(isKept || first.from.rfc3339 == "2026-11-12T00:00:00Z")
        }
    }

    /// A worker whose clock ran ahead left a checkpoint that has not come yet.
    @Test func aCheckpointOfTheFutureHoldsNothingUp() throws {
        let future = Checkpoint(through: try instant("2026-12-24T00:00:00Z"))
        let first = try #require(try plan(report("usage")).firstWindow(future))
        #expect(first.from.rfc3339 == "2026-11-17T12:00:00Z")
    }

    @Test func aPageMovesTheCheckpointNoFurtherThanWhenItsWindowWasOpened() throws {
        let plan = try plan(report("usage"))
        let window = try #require(plan.firstWindow(Checkpoint(through: plan.now)))
        let middle = plan.checkpoint(
            Checkpoint(), window: window, lastBucketEnd: try instant("2026-11-18T00:00:00Z"),
            nextCursor: "page_2")
        #expect(middle.through?.rfc3339 == "2026-11-18T00:00:00Z")
        #expect(middle.window?.cursor == "page_2")
        let last = plan.checkpoint(
            middle, window: window, lastBucketEnd: window.through, nextCursor: nil)
        #expect(last.through == plan.now)
        #expect(last.window == nil)
    }

    @Test func readingAgainNeverMovesTheCheckpointBack() throws {
        let plan = try plan(report("costs"))
        let before = Checkpoint(through: plan.now)
        let window = try #require(plan.firstWindow(before))
        let after = plan.checkpoint(
            before, window: window, lastBucketEnd: try instant("2026-10-20T00:00:00Z"),
            nextCursor: "page_2")
        #expect(after.through == plan.now)
    }

    /// A provider that answers only for days that are over, and only for some of them.
    @Test func whatAProviderDoesNotAnswerForIsNotAskedFor() throws {
        let report = try #require(
            ProviderRegistry.reports(of: .openRouter).first { $0.name == "usage" })
        let first = windows(try plan(report), Checkpoint())
        #expect(first.map(\.from.rfc3339) == ["2026-10-21T00:00:00Z"])
        #expect(first.map(\.through.rfc3339) == ["2026-11-20T00:00:00Z"])
        let read = Checkpoint(through: try instant("2026-11-20T00:00:00Z"))
        let again = windows(try plan(report), read)
        #expect(again.map(\.from.rfc3339) == ["2026-11-17T00:00:00Z"])
        #expect(again.map(\.through.rfc3339) == ["2026-11-20T00:00:00Z"])
        #expect(windows(try plan(report, from: "2026-11-20T00:00:00Z"), Checkpoint()).isEmpty)
        // A window that was left open until its first day was over too long is not gone on with.
        for (begun, goesOn) in [("2026-10-21T00:00:00Z", true), ("2026-10-20T00:00:00Z", false)] {
            let open = Checkpoint.OpenWindow(
                from: try instant(begun), through: try instant("2026-11-19T00:00:00Z"),
                openedAt: try instant("2026-11-20T10:00:00Z"), cursor: "2026-10-22")
            let next = try plan(report).firstWindow(Checkpoint(window: open))
            #expect((next == open) == goesOn)
            #expect(next?.from == (try instant("2026-10-21T00:00:00Z")))
        }
    }

    /// Halves of what is left of a window, down to a bucket, and no window is longer from then on.
    @Test func whatIsTooLargeIsHalved() throws {
        let report = try report("usage")
        var plan = try plan(report)
        let window = try #require(plan.firstWindow(Checkpoint()))
        #expect(window.through.seconds - window.from.seconds == 31 * 86_400)
        let read = window.from.advanced(bySeconds: 44 * 3600)
        let narrowed = plan.narrow(window, readTo: read)
        let half = try #require(narrowed)
        #expect(half.from == read && half.openedAt == window.openedAt && half.cursor == nil)
        #expect(half.through.seconds - half.from.seconds == 350 * 3600)
        #expect(
            windows(plan, Checkpoint()).allSatisfy {
                $0.through.seconds - $0.from.seconds <= 350 * 3600
            })
        var smaller = half
        var hours: [Int64] = []
        while let next = plan.narrow(smaller, readTo: nil) {
            #expect(next.from == read)
            smaller = next
            hours.append((next.through.seconds - next.from.seconds) / 3600)
        }
        #expect(hours == [175, 87, 43, 21, 10, 5, 2, 1])
        #expect(windows(plan, Checkpoint(through: read)).count > 1000)
        let names = try self.report("names/projects")
        var list = try self.plan(names)
        let whole = try #require(list.firstWindow(Checkpoint()))
        let nothing = list.narrow(whole, readTo: nil)
        #expect(nothing == nil)
    }
}
