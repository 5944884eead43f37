import ConnectionService
import Core
import Providers

/// The cursors and buckets seen in one window, so that its pages come to an end, and tell of each bucket once,
/// whatever the provider answers.
struct WindowCursors {
    /// Pages of a window; one of 31 days has 744 hours, and a page at least one of them.
    static let pagesMax = 10_000

    private var seen: Set<String>
    private let window: Checkpoint.OpenWindow
    /// Of the buckets so far.
    private var end: Instant?

    init(of window: Checkpoint.OpenWindow) {
        self.window = window
        seen = Set([window.cursor].compactMap(\.self))
    }

    /// Takes the cursor of the next page; nil is the end.
    /// - Throws: `cursorDoesNotAdvance` where the window's pages go round, or do not end.
    mutating func follow(_ cursor: String?) throws(ProviderError) {
        guard let cursor else { return }
        guard seen.count < Self.pagesMax, seen.insert(cursor).inserted else {
            throw ProviderError(.malformed(.cursorDoesNotAdvance))
        }
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
