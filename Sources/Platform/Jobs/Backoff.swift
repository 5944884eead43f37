/// How long to wait after the n-th failure in a row: doubling from `first` to `longest`, with
/// jitter so that what failed together does not come back together.
package struct Backoff: Hashable, Sendable {
    /// Default 5 seconds.
    package var first: Duration = .seconds(5)
    /// Default 1 hour.
    package var longest: Duration = .seconds(3600)

    package init() {}

    /// - Parameters:
    ///   - failures: failures in a row, from 1.
    ///   - retryAfter: what the other side asked for; it is never undercut.
    package func delay(
        afterFailures failures: Int, retryAfter: Duration?,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        var ceiling = first
        // 2^20 times any sensible first delay is beyond any sensible longest one.
        for _ in 0..<min(max(0, failures - 1), 20) where ceiling < longest {
            ceiling *= 2
        }
        ceiling = min(ceiling, longest)
        // Between a half and the whole, in steps of a thousandth.
        let delay = ceiling * Int64.random(in: 500...1000, using: &random) / 1000
        guard let retryAfter else { return delay }
        // Whoever was told the same time comes back within the second after it.
        let asked = retryAfter + .milliseconds(Int64.random(in: 0...1000, using: &random))
        return max(delay, asked)
    }
}
