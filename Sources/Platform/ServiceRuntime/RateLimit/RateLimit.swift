/// How often something may happen: steadily so many times a second, and that many seconds' worth at
/// once after a rest.
package struct RateLimit: Sendable, Hashable {
    /// Time that each call takes up, in nanoseconds; rounded up, so that the rate is never exceeded.
    let spacing: Int64
    /// How far calls may run ahead of their spacing, in nanoseconds.
    let burst: Int64

    package static let perSecondRange = 1...1_000_000

    /// - Parameters:
    ///   - perSecond: 1 to 1,000,000.
    ///   - burstSeconds: 1 to 60.
    package init(perSecond: Int, burstSeconds: Int = 1) {
        precondition(
            Self.perSecondRange.contains(perSecond) && (1...60).contains(burstSeconds),
            "A rate is 1 to 1,000,000 a second, a burst 1 to 60 seconds' worth.")
        let second: Int64 = 1_000_000_000
        spacing = (second + Int64(perSecond) - 1) / Int64(perSecond)
        burst = spacing * Int64(perSecond) * Int64(burstSeconds)
    }
}
