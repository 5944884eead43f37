/// The time that somebody waits for, as that of the next look.
///
/// A sooner one takes its place; that which was replaced is waited for all the same, and must count for
/// nothing when it comes: each look would else add a timer to those that there are.
struct LookTimer: Sendable {
    private var time: Duration?

    /// - Returns: whether somebody has to wait until then; not where a sooner time is waited for.
    mutating func begin(until time: Duration) -> Bool {
        if let current = self.time, current <= time { return false }
        self.time = time
        return true
    }

    /// A time has come that was waited for.
    mutating func ended(_ time: Duration) {
        if self.time == time { self.time = nil }
    }
}
