/// Does the jobs of one kind.
package protocol JobHandler: Sendable {
    /// Works on a claimed job. It is cancelled when the lease is lost; it ends early with
    /// `.interrupted` when `control` says so. An error that it throws counts as a failure.
    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome
}

/// What happens in a runner, for logs and metrics.
package enum JobEvent: Sendable {
    case finished(Job, JobOutcome, took: Duration)
    /// The handler threw; the outcome is a failure that is tried again.
    case threw(Job, any Error)
    /// The job is not tried again before somebody revives it.
    case setAside(Job)
    /// Another worker has the job, or the database could not be asked in time.
    case leaseLost(Job)
    /// The queue could not be read or written; it is tried again.
    case queueFailed(any Error)
}
