import ConnectionService
import Providers

/// The cursors seen in one window, so that its pages come to an end whatever the provider answers.
struct WindowCursors {
    /// Pages of a window; one of 31 days has 744 hours, and a page at least one of them.
    static let pagesMax = 10_000

    private var seen: Set<String>

    init(of window: Checkpoint.OpenWindow) {
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
}
