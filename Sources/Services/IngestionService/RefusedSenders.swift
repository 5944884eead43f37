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
    enum Sender {
        /// By its plan, whatever that says.
        case organization
        case token(TokenEventQuota)
    }

    /// Of an organization.
    private struct Refused {
        var isWholeOrganization = false
        var quotas: Set<TokenEventQuota> = []

        var isNobody: Bool { !isWholeOrganization && quotas.isEmpty }
    }

    private struct State {
        /// Days since 1970.
        var day: Int64 = 0
        var senders: [OrganizationID: Refused] = [:]
    }

    private static let secondsPerDay: Int64 = 86_400

    private let state = Mutex(State())
    private let organizationsMax: Int
    private let quotasMax: Int

    /// What comes beyond is not remembered, and costs as much as at first.
    /// - Parameter quotasMax: of tokens of one organization, beside its plan.
    init(organizationsMax: Int = 10_000, quotasMax: Int = 100) {
        self.organizationsMax = organizationsMax
        self.quotasMax = quotasMax
    }

    func remember(_ sender: Sender, of organization: OrganizationID, now: Instant) {
        let day = now.seconds / Self.secondsPerDay
        state.withLock { state in
            // Refused before midnight, or by a clock that is a little behind.
            if day == state.day - 1 { return }
            if state.day != day { state = State(day: day) }
            guard state.senders[organization] != nil || state.senders.count < organizationsMax
            else { return }
            var refused = state.senders[organization] ?? Refused()
            switch sender {
            case .organization: refused.isWholeOrganization = true
            case .token(let quota):
                guard refused.quotas.count < quotasMax else { return }
                refused.quotas.insert(quota)
            }
            state.senders[organization] = refused
        }
    }

    /// What comes by a token with that quota, or by one without, has room, and so its organization has.
    func forget(_ quota: TokenEventQuota?, of organization: OrganizationID) {
        state.withLock { state in
            state.senders[organization]?.isWholeOrganization = false
            if let quota { state.senders[organization]?.quotas.remove(quota) }
            if state.senders[organization]?.isNobody == true { state.senders[organization] = nil }
        }
    }

    /// Whether what comes by a token with that quota, or by one without, may be refused.
    func remembers(
        _ quota: TokenEventQuota?, of organization: OrganizationID, now: Instant
    ) -> Bool {
        let day = now.seconds / Self.secondsPerDay
        return state.withLock { state in
            guard state.day == day, let known = state.senders[organization] else { return false }
            return known.isWholeOrganization || quota.map(known.quotas.contains) ?? false
        }
    }
}
