import Core
import RPC

/// Whether and when a call that failed is tried again; decides, and waits for nothing.
struct RepetitionRule: Sendable {
    /// Repetitions at most.
    let countMax: Int
    /// Before the first repetition.
    let delay: Duration
    /// Before any, unless the server asks for more.
    let delayMax: Duration
    /// When the call has taken too long, repetitions included; nil: never.
    let deadline: ContinuousClock.Instant?
    /// Whether the call may be sent again although it may have been carried out.
    let isSafe: Bool

    /// How long to wait before the next repetition; nil where the failure is the call's.
    /// - Parameters:
    ///   - count: Repetitions so far.
    ///   - share: How much of the delay is waited, 0.5 to 1: half of it is random, so that clients that
    ///     failed together do not come back together.
    func wait(
        after failure: ClientCallFailure, count: Int, now: ContinuousClock.Instant, share: Double
    ) -> Duration? {
        let mayRepeat =
            switch failure.error.code {
            case .unavailable: failure.isNeverSent || failure.isForWantOfRoom || isSafe
            default: failure.isForWantOfRoom
            }
        guard mayRepeat, count < countMax else { return nil }
        // Doubles with each repetition; beyond so many doublings the longest holds in any case.
        let full = min(delay * Double(1 << min(count, 16)), delayMax)
        let wait = max(full * share, failure.error.retryAfter ?? .zero)
        if let deadline, now + wait >= deadline { return nil }
        return wait
    }
}
