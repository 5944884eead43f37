/// How long a report is read before others have their turn: so many pages, or so long, whichever comes first; one page at
/// least, so that what is slow gets on, too.
struct PullTurn: Sendable {
    private let end: ContinuousClock.Instant
    private var asked = 0
    /// Whether a page of it is stored.
    private(set) var hasStored = false

    init(_ pace: PullPace, began now: ContinuousClock.Instant) {
        end = now.advanced(by: pace.turn)
    }

    /// A page is asked for, be it that it turns out too large.
    mutating func beganPage() {
        asked += 1
    }

    /// The next turn goes on behind it.
    mutating func storedPage() {
        hasStored = true
    }

    func isOver(now: ContinuousClock.Instant) -> Bool {
        asked >= PullPace.pagesPerTurn || hasStored && now >= end
    }
}
