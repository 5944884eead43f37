/// Instants a period apart, at which jobs that belong together are due again together: those of an organization,
/// kind and concurrency key that are due at the same instant of it are claimed as one, and done in turn.
package struct JobRhythm: Hashable, Sendable {
    /// Whole microseconds, more than none.
    package let period: Duration
    /// Of the first instant since 1970, UTC; less than the period.
    package let phase: Duration

    /// - Parameter seed: whatever those that belong together have in common, and others do not, so that not all are
    ///   due at once.
    package init(every period: Duration, seed: UInt64) {
        let microseconds = max(1, period.wholeMicroseconds)
        self.period = .microseconds(microseconds)
        phase = .microseconds(Int64(seed % UInt64(microseconds)))
    }
}
