import Domain
import Synchronization

/// The leases of jobs that were claimed as one and wait for their turn.
final class WaitingLeases: Sendable {
    private struct Held: Sendable {
        let lease: JobLease
        /// When it was asked for last: it lasts no shorter from there.
        var since: ContinuousClock.Instant
    }

    /// What became of a lease.
    enum Lease: Hashable, Sendable {
        /// It runs since then.
        case held(since: ContinuousClock.Instant)
        /// It was taken away.
        case gone
        /// Whoever called `giveBack` has it.
        case givenBack
    }

    private struct State: Sendable {
        var held: [JobID: Held]
        var areGivenBack: Set<JobID> = []
    }

    private let state: Mutex<State>

    init(_ leases: [JobLease], since claimed: ContinuousClock.Instant) {
        let held = leases.map { ($0.jobID, Held(lease: $0, since: claimed)) }
        state = Mutex(State(held: Dictionary(uniqueKeysWithValues: held)))
    }

    /// Those that wait.
    var leases: [JobLease] { state.withLock { $0.held.values.map(\.lease) } }

    /// It is a job's turn.
    func take(_ job: JobID) -> Lease {
        state.withLock { state in
            if let lease = state.held.removeValue(forKey: job) { return .held(since: lease.since) }
            return state.areGivenBack.contains(job) ? .givenBack : .gone
        }
    }

    /// Nobody waits any longer.
    /// - Returns: Since when the leases run of those that did.
    func giveBack() -> [JobID: ContinuousClock.Instant] {
        state.withLock { state in
            let held = state.held
            state.areGivenBack.formUnion(held.keys)
            state.held = [:]
            return held.mapValues(\.since)
        }
    }

    /// What was asked for was answered; those that were not renewed are gone.
    func renewed(
        _ renewed: Set<JobID>, of leases: [JobLease], at asked: ContinuousClock.Instant
    ) {
        state.withLock { state in
            for lease in leases where state.held[lease.jobID] != nil {
                if renewed.contains(lease.jobID) {
                    state.held[lease.jobID]?.since = asked
                } else {
                    state.held[lease.jobID] = nil
                }
            }
        }
    }
}
