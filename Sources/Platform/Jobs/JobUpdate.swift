/// What becomes of a job's row after a run; decided without looking at a clock or the database.
package struct JobUpdate: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// The row goes.
        case remove
        /// The row is due after this time.
        case makeDue(after: Duration)
    }

    package let change: Change
    /// Failures in a row from here on.
    package let failures: Int
    /// Stable reason of the last failure; nil after a success.
    package let lastError: String?

    /// The rule: success forgets failures, an interruption changes nothing, a failure counts.
    /// - Parameter lastError: what the row says before.
    package init(
        after outcome: JobOutcome, attempt: Int, lastError: String?, backoff: Backoff,
        using random: inout some RandomNumberGenerator
    ) {
        switch outcome {
        case .completed:
            self.init(.remove, failures: 0, lastError: nil)
        case .dueAgain(let delay):
            self.init(.makeDue(after: delay), failures: 0, lastError: nil)
        case .interrupted:
            self.init(.makeDue(after: .zero), failures: attempt - 1, lastError: lastError)
        case .failed(let reason, let retryAfter):
            let delay = backoff.delay(
                afterFailures: attempt, retryAfter: retryAfter, using: &random)
            self.init(.makeDue(after: delay), failures: attempt, lastError: reason)
        case .blocked(let reason, let delay):
            // Not counted: growing patience would only delay the look that finds it mended.
            self.init(.makeDue(after: delay), failures: 0, lastError: reason)
        }
    }

    private init(_ change: Change, failures: Int, lastError: String?) {
        self.change = change
        self.failures = failures
        self.lastError = lastError
    }
}
