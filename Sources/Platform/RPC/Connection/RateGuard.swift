import NIOCore

/// Notices more than a number of events within any one second.
struct RateGuard: Sendable {
    private let countMax: Int
    /// Times of the last `countMax` events, a ring that starts at `next` once it is full.
    private var times: [NIODeadline] = []
    private var next = 0

    init(countMax: Int) {
        self.countMax = max(1, countMax)
    }

    /// Counts an event.
    /// - Returns: Whether the second that ends now had no more than the limit.
    mutating func count(at now: NIODeadline) -> Bool {
        guard times.count == countMax else {
            times.append(now)
            return true
        }
        let oldest = times[next]
        times[next] = now
        next = (next + 1) % countMax
        return now - oldest >= .seconds(1)
    }
}
