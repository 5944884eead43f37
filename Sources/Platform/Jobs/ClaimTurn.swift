import Domain
import Synchronization

/// Whose turn it is at this worker: the organization after the one that was served last, by their ids,
/// round and round. So a newcomer waits for one job of each other organization at most, however many
/// jobs those have.
///
/// Each worker has its own turn, and needs no word with the others.
final class ClaimTurn: Sendable {
    /// Every how many claims the job that is due longest is taken, whatever its priority and whosever
    /// turn it is.
    static let longestDueEvery = 8

    struct Choice: Hashable, Sendable {
        /// The organization served last.
        let after: OrganizationID
        let longestDueFirst: Bool
    }

    private struct State: Sendable {
        /// Before the first id there is.
        var served = OrganizationID(UUIDv7(high: 0, low: 0))
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

    /// Some jobs were claimed, that of `organization` last. A claim that found nothing is none.
    func claimed(of organization: OrganizationID) {
        state.withLock {
            $0.served = organization
            $0.claims += 1
        }
    }
}
