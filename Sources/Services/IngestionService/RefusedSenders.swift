import Core
import Domain
import Ledger
import Synchronization

/// Who was refused events today, since its quota was used up: a token, or a whole organization by its plan. A
/// server's own, and no more than a hint to look.
///
/// It is forgotten with the day of UTC, where a token has another quota, and as soon as a look finds room: who sent
/// more at once than is left, or than any day has room for, has nothing used up.
final class RefusedSenders: Sendable {
    enum Sender: Hashable {
        /// By its plan, whatever that says.
        case organization
        case token(TokenEventQuota)
    }

    private struct State {
        /// Days since 1970.
        var day: Int64 = 0
        var senders: [OrganizationID: Set<Sender>] = [:]
    }

    private static let secondsPerDay: Int64 = 86_400

    private let state = Mutex(State())
    private let organizationsMax: Int
    private let sendersMax: Int

    /// What comes beyond is not remembered, and costs as much as at first.
    /// - Parameter sendersMax: of one organization.
    init(organizationsMax: Int = 10_000, sendersMax: Int = 100) {
        self.organizationsMax = organizationsMax
        self.sendersMax = sendersMax
    }

    func remember(_ sender: Sender, of organization: OrganizationID, now: Instant) {
        let day = now.seconds / Self.secondsPerDay
        state.withLock { state in
            // Refused before midnight, or by a clock that is a little behind.
            if day == state.day - 1 { return }
            if state.day != day { state = State(day: day) }
            let known = state.senders[organization]
            guard known?.count ?? 0 < sendersMax,
                known != nil || state.senders.count < organizationsMax
            else { return }
            state.senders[organization, default: []].insert(sender)
        }
    }

    /// What comes by a token with that quota, or by one without, has room, and so its organization has.
    func forget(_ quota: TokenEventQuota?, of organization: OrganizationID) {
        state.withLock { state in
            state.senders[organization]?.remove(.organization)
            if let quota { state.senders[organization]?.remove(.token(quota)) }
            if state.senders[organization]?.isEmpty == true { state.senders[organization] = nil }
        }
    }

    /// Whether what comes by a token with that quota, or by one without, may be refused.
    func remembers(
        _ quota: TokenEventQuota?, of organization: OrganizationID, now: Instant
    ) -> Bool {
        let day = now.seconds / Self.secondsPerDay
        return state.withLock { state in
            guard state.day == day, let known = state.senders[organization] else { return false }
            return known.contains(.organization)
                || quota.map { known.contains(.token($0)) } ?? false
        }
    }
}
