/// What becomes of a job's row after a run; decided without looking at a clock or the database.
package struct JobUpdate: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// The row goes.
        case remove
        /// The row is due after this time.
        case makeDue(after: Duration)
        /// The row stays, and nobody claims it before somebody revives it.
        case setAside
    }

    package let change: Change
    /// Failures in a row from here on.
    package let failures: Int
    /// Stable reason of the last failure; nil after a success.
    package let lastError: String?
    /// Runs since the last success, from here on, that were refused.
    package let refusals: Int
    /// Whether no job of the same concurrency key is claimed before this one is due.
    package private(set) var holdsKey = false
    /// What the row is due in step with; nil: just after the time.
    package private(set) var rhythm: JobRhythm?

    /// The rule: success forgets failures, an interruption changes nothing, a failure counts.
    /// - Parameters:
    ///   - lastError: what the row says before.
    ///   - refusals: what the row says before.
    ///   - refusalsMax: how many since the last success set the job aside.
    package init(
        after outcome: JobOutcome, attempt: Int, lastError: String?, backoff: Backoff,
        refusals: Int = 0, refusalsMax: Int = .max,
        using random: inout some RandomNumberGenerator
    ) {
        switch outcome {
        case .completed:
            self.init(.remove, failures: 0, lastError: nil)
        case .dueAgain(let delay):
            self.init(.makeDue(after: delay), failures: 0, lastError: nil)
        case .dueInStep(let delay, let rhythm):
            self.init(.makeDue(after: delay), failures: 0, lastError: nil)
            self.rhythm = rhythm
        case .interrupted:
            self.init(
                .makeDue(after: .zero), failures: attempt - 1, lastError: lastError,
                refusals: refusals)
        case .failed(let reason, let retryAfter), .throttled(let reason, let retryAfter):
            let delay = backoff.delay(
                afterFailures: attempt, retryAfter: retryAfter, using: &random)
            // An outage neither mends what was refused before nor is one of its refusals.
            self.init(
                .makeDue(after: delay), failures: attempt, lastError: reason, refusals: refusals)
            if case .throttled = outcome { holdsKey = true }
        case .blocked(let reason, let delay):
            // Not counted: growing patience would only delay the look that finds it mended.
            self.init(
                .makeDue(after: delay), failures: 0, lastError: reason, refusals: refusals)
        case .refused(let reason, let delay):
            self.init(
                refusals + 1 >= refusalsMax ? .setAside : .makeDue(after: delay), failures: 0,
                lastError: reason, refusals: refusals + 1)
        }
    }

    private init(_ change: Change, failures: Int, lastError: String?, refusals: Int = 0) {
        self.change = change
        self.failures = failures
        self.lastError = lastError
        self.refusals = refusals
    }
}
