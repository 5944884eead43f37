package import Domain
import FoundationEssentials

/// A job as a worker holds it: claimed, under a lease.
package struct Job: Sendable {
    package let id: JobID
    package let kind: JobKind
    package let organizationID: OrganizationID
    package let key: String
    /// Proves the claim; another worker that takes the job over gets another one.
    package let lease: JobLease
    /// Tries since the last success, this one included.
    package let attempt: Int
    /// Stable reason of the last run's failure; nil after a success.
    package let lastError: String?
    /// Runs since the last success, before this one, that were refused.
    package let refusals: Int
    /// The line that it was claimed from.
    let priority: JobPriority
    let argumentsJSON: String

    /// The arguments it was enqueued with.
    /// - Throws: `DecodingError` where they are of another kind of job.
    package func arguments<Arguments: JobArguments>(
        _ type: Arguments.Type
    ) throws -> Arguments {
        try JSONDecoder().decode(type, from: Data(argumentsJSON.utf8))
    }
}

/// One claim of one job. What a worker writes for the job, it writes only while it holds this.
package struct JobLease: Hashable, Sendable {
    package let jobID: JobID
    /// Random, new with each claim.
    package let token: UUIDv7
    /// Whether workers died of the job before, as far as whoever has the lease knows.
    let followsDeaths: Bool

    package init(jobID: JobID, token: UUIDv7, followsDeaths: Bool = true) {
        self.jobID = jobID
        self.token = token
        self.followsDeaths = followsDeaths
    }
}

/// How a run ended, in the words of the work.
package enum JobOutcome: Hashable, Sendable {
    /// Done for good.
    case completed
    /// Done for now; due again after this time.
    case dueAgain(after: Duration)
    /// Done for now; due again at the instant of the rhythm that is nearest to this time from now: no more than half
    /// a period sooner or later.
    case dueInStep(after: Duration, JobRhythm)
    /// Interrupted on request; due at once, for whoever comes next.
    case interrupted
    /// Failed in a way that passes: tried again with growing patience, never before `retryAfter`.
    case failed(reason: String, retryAfter: Duration? = nil)
    /// Somebody who is asked by all jobs of the concurrency key wants to be left alone: tried again like one
    /// that failed, and none of the key's before.
    case throttled(reason: String, retryAfter: Duration? = nil)
    /// Failed in a way that waiting alone may not mend; looked at again after this time, for ever. An outage
    /// of somebody else is `failed`.
    case blocked(reason: String, after: Duration)
    /// Failed in a way that only somebody's own change mends, which makes the job due again; looked at after
    /// this time, and set aside where it was so too often.
    case refused(reason: String, after: Duration)

    /// Whether what was to be done is done, for now or for good.
    var isDone: Bool {
        switch self {
        case .completed, .dueAgain, .dueInStep: true
        case .interrupted, .failed, .throttled, .blocked, .refused: false
        }
    }
}
