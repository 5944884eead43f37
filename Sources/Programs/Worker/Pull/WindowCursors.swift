import ConnectionService
import Core
import Providers

/// The cursors and buckets seen in one window, so that its pages come to an end, and tell of each bucket once,
/// whatever the provider answers. Of pages of turns before, what the window says of them is known: how many there were, and
/// the cursor of one, by which pages that go round are found in turns however short.
struct WindowCursors {
    /// Pages of a window; one of 31 days has 744 hours, and a page at least one of them.
    static let pagesMax = 10_000
    /// Pages of a list: one may be of a project, or of a hundred users.
    static let pagesOfNamesMax = 1_000_000

    /// Of this turn.
    private var seen: Set<String>
    private var window: Checkpoint.OpenWindow
    private let pagesMax: Int
    /// Of the buckets so far.
    private var end: Instant?

    /// - Parameter window: as the provider knows it.
    init(of window: Checkpoint.OpenWindow, isOfNames: Bool = false) {
        self.window = window
        pagesMax = isOfNames ? Self.pagesOfNamesMax : Self.pagesMax
        seen = Set([window.cursor, window.mark].compactMap(\.self))
    }

    /// Takes the cursor of the next page; nil is the end.
    /// - Throws: `cursorDoesNotAdvance` where the window's pages go round, or do not end.
    mutating func follow(_ cursor: String?) throws(ProviderError) {
        guard let cursor else { return }
        guard window.pages < pagesMax, seen.insert(cursor).inserted else {
            throw ProviderError(.malformed(.cursorDoesNotAdvance))
        }
        window.turn(to: cursor)
    }

    /// Takes the buckets of a page, one behind the other; some may be left out.
    /// - Throws: `bucketOutOfOrder` where one is not of the window, or told of before.
    mutating func follow(_ buckets: [ReportWindow]) throws(ProviderError) {
        for bucket in buckets {
            guard bucket.from >= end ?? window.from, bucket.through <= window.through else {
                throw ProviderError(.malformed(.bucketOutOfOrder))
            }
            end = bucket.through
        }
    }
}
