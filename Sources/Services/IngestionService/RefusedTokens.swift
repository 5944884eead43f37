import Core
import Domain
import Ledger
import Synchronization

/// Tokens that were refused events today, since their quota was used up; a server's own, and no more than a hint
/// to look.
///
/// It is forgotten with the day of UTC, and where the token has another quota.
final class RefusedTokens: Sendable {
    private struct Key: Hashable {
        let organization: OrganizationID
        let quota: TokenEventQuota
    }

    private struct State {
        /// Days since 1970.
        var day: Int64 = 0
        var keys: Set<Key> = []
    }

    private static let secondsPerDay: Int64 = 86_400

    private let state = Mutex(State())
    private let countMax: Int

    /// - Parameter countMax: tokens; what comes beyond is not remembered, and costs as much as at first.
    init(countMax: Int = 10_000) {
        self.countMax = countMax
    }

    func remember(_ quota: TokenEventQuota, of organization: OrganizationID, now: Instant) {
        let day = now.seconds / Self.secondsPerDay
        state.withLock { state in
            if state.day != day { state = State(day: day) }
            guard state.keys.count < countMax else { return }
            state.keys.insert(Key(organization: organization, quota: quota))
        }
    }

    func remembers(
        _ quota: TokenEventQuota, of organization: OrganizationID, now: Instant
    ) -> Bool {
        let day = now.seconds / Self.secondsPerDay
        return state.withLock {
            $0.day == day && $0.keys.contains(Key(organization: organization, quota: quota))
        }
    }
}
