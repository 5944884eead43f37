import Domain
import Synchronization

/// Whose turn it is at this worker, among jobs of one priority: the organization after the one that was
/// served last, by their ids, round and round. So a newcomer waits for one job of each other organization
/// at most, and for each eighth claim, which goes by time alone, however many jobs those have.
///
/// Each worker has its own turn, and needs no word with the others.
final class ClaimTurn: Sendable {
    /// Every how many claims the job that is due longest is taken, whatever its priority and whosever
    /// turn it is.
    static let longestDueEvery = 8

    struct Choice: Hashable, Sendable {
        /// The organizations served last, by the priority of their jobs.
        let after: [JobPriority: OrganizationID]
        let longestDueFirst: Bool
    }

    private struct State: Sendable {
        var served: [JobPriority: OrganizationID] = [:]
        var claims = 0
    }

    private let state = Mutex(State())

    /// How to choose next.
    func next() -> Choice {
        state.withLock {
            Choice(
                after: $0.served, longestDueFirst: $0.claims.isMultiple(of: Self.longestDueEvery))
        }
    }

    /// Jobs were claimed by a choice. What was taken because it was due longest moves nobody's turn; a claim
    /// that found nothing is none.
    func claimed(_ jobs: [(priority: JobPriority, organization: OrganizationID)], by choice: Choice)
    {
        guard !jobs.isEmpty else { return }
        state.withLock {
            $0.claims += 1
            for job in jobs.dropFirst(choice.longestDueFirst ? 1 : 0) {
                $0.served[job.priority] = job.organization
            }
        }
    }
}
