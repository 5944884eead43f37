import Domain
import Synchronization

/// The leases of jobs that were claimed as one and wait for their turn.
final class WaitingLeases: Sendable {
    private struct Held: Sendable {
        let lease: JobLease
        /// When it was asked for last: it lasts no shorter from there.
        var since: ContinuousClock.Instant
    }

    private let held: Mutex<[JobID: Held]>

    init(_ leases: [JobLease], since claimed: ContinuousClock.Instant) {
        held = Mutex(
            Dictionary(
                uniqueKeysWithValues: leases.map { ($0.jobID, Held(lease: $0, since: claimed)) }))
    }

    /// Those that wait.
    var leases: [JobLease] { held.withLock { $0.values.map(\.lease) } }

    /// It is a job's turn.
    /// - Returns: Since when its lease runs; nil where it is gone.
    func take(_ job: JobID) -> ContinuousClock.Instant? {
        held.withLock { $0.removeValue(forKey: job)?.since }
    }

    /// What was asked for was answered; those that were not renewed are gone.
    func renewed(
        _ renewed: Set<JobID>, of leases: [JobLease], at asked: ContinuousClock.Instant
    ) {
        held.withLock { held in
            for lease in leases where held[lease.jobID] != nil {
                if renewed.contains(lease.jobID) {
                    held[lease.jobID]?.since = asked
                } else {
                    held[lease.jobID] = nil
                }
            }
        }
    }
}
