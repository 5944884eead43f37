import Core
import Domain
import Providers
import Testing

@testable import ConnectionService
@testable import Worker

struct RequestSlotsTests {
    @Test func requestsOfOneAccountAreAPauseApart() async {
        let slots = RequestSlots()
        let (one, other) = ("one", "other")
        let start = ContinuousClock.now
        let second = Duration.seconds(1)
        var taken: [Duration] = []
        for _ in 0..<3 {
            taken.append(start.duration(to: await slots.take(one, pause: second, now: start)))
        }
        #expect(taken == [.zero, second, second * 2])
        // Another account has a pace of its own, and time that passed need not be made up for.
        #expect(await slots.take(other, pause: second, now: start) == start)
        let later = start.advanced(by: .seconds(60))
        #expect(await slots.take(one, pause: second, now: later) == later)
    }
}

struct WindowCursorsTests {
    private func cursors(_ cursor: String?) throws -> WindowCursors {
        let from = try Instant(rfc3339: "2026-11-10T00:00:00Z")
        return WindowCursors(
            of: Checkpoint.OpenWindow(
                from: from, through: from.advanced(bySeconds: 3600), openedAt: from,
                cursor: cursor))
    }

    private static let endless = ProviderError(.malformed(.cursorDoesNotAdvance))

    @Test func aCursorSeenBeforeIsRefused() throws {
        var cursors = try cursors("a")
        try cursors.follow("b")
        #expect(throws: Self.endless) { try cursors.follow("a") }
        #expect(throws: Self.endless) { try cursors.follow("b") }
        try cursors.follow("c")
        try cursors.follow(nil)
    }

    /// Whatever leads to where they go round, and however many they are, each turn being of one page.
    @Test func pagesThatGoRoundAreFoundInTurnsHoweverShort() throws {
        let from = try Instant(rfc3339: "2026-11-10T00:00:00Z")
        for (before, around) in [(0, 1), (0, 2), (5, 1), (3, 7), (64, 100), (1, 1000)] {
            var window = Checkpoint.OpenWindow(
                from: from, through: from.advanced(bySeconds: 3600), openedAt: from)
            var pages = 0
            let refused = #expect(throws: ProviderError.self) {
                for page in 0..<WindowCursors.pagesMax {
                    let cursor = "\(page < before ? page : before + (page - before) % around)"
                    var cursors = WindowCursors(of: window)
                    try cursors.follow(cursor)
                    window.turn(to: cursor)
                    pages = page + 1
                }
            }
            #expect(refused == Self.endless)
            #expect(pages <= 2 * max(before, around) + around + 2, "\(before) \(around)")
        }
    }

    @Test func aWindowHasSoManyPagesInAllOfItsTurns() throws {
        let from = try Instant(rfc3339: "2026-11-10T00:00:00Z")
        var window = Checkpoint.OpenWindow(
            from: from, through: from.advanced(bySeconds: 3600), openedAt: from, cursor: "a",
            pages: WindowCursors.pagesMax - 1, mark: "m")
        var cursors = WindowCursors(of: window)
        try cursors.follow("b")
        window.turn(to: "b")
        cursors = WindowCursors(of: window)
        #expect(throws: Self.endless) { try cursors.follow("c") }
        window.beginAgain()
        cursors = WindowCursors(of: window)
        try cursors.follow("a")
    }

    /// A page may be of one project: a large account's list is longer than any window of figures.
    @Test func aListHasMorePages() throws {
        let from = try Instant(rfc3339: "2026-11-10T00:00:00Z")
        let after = { (pages: Int) in
            var cursors = WindowCursors(
                of: Checkpoint.OpenWindow(
                    from: from, through: from.advanced(bySeconds: 3600), openedAt: from,
                    cursor: "a", pages: pages, mark: "m"), isOfNames: true)
            try cursors.follow("b")
        }
        try after(WindowCursors.pagesMax)
        #expect(throws: Self.endless) { try after(WindowCursors.pagesOfNamesMax) }
    }

    /// Pages that shift while they are read tell of a bucket twice, or go back.
    @Test func aBucketComesOnceAndInOrder() throws {
        let from = try Instant(rfc3339: "2026-11-10T00:00:00Z")
        let bucket = { (minutes: Int64) in
            ReportWindow(
                from: from.advanced(bySeconds: minutes * 60),
                through: from.advanced(bySeconds: (minutes + 10) * 60))
        }
        var cursors = try cursors(nil)
        try cursors.follow([bucket(0), bucket(10)])
        try cursors.follow([])
        // What has no usage may be left out.
        try cursors.follow([bucket(40)])
        let shifted = ProviderError(.malformed(.bucketOutOfOrder))
        for buckets in [
            [bucket(40)], [bucket(45)], [bucket(20)], [bucket(-10)], [bucket(55)],
            [bucket(50), bucket(50)],
        ] {
            var cursors = cursors
            #expect(throws: shifted) { try cursors.follow(buckets) }
        }
        try cursors.follow([bucket(50)])
    }

    @Test func aWindowHasSoManyPagesAndNoMore() throws {
        var cursors = try cursors(nil)
        for page in 0..<WindowCursors.pagesMax { try cursors.follow("page_\(page)") }
        #expect(throws: Self.endless) { try cursors.follow("one more") }
    }
}
