import Postgres
import Synchronization

/// The keys of a call that is recorded, attached to it: those that it was given before its transaction, and
/// what seals its answer.
///
/// An answer is sealed for the caller's organization, or for the platform, unless the call is about another
/// one: then it ends with that one's key.
final class AnswerKeys: Sendable {
    let ofOwner: OrganizationKeys
    /// Of an organization that the call makes.
    let made: OrganizationKeys?
    /// Of organizations that the call is about.
    private let others: [PostgresUUID: OrganizationKeys]
    /// Whether the call can be carried out again, with more of them.
    let areExtensible: Bool
    private let ofAnswer: Mutex<OrganizationKeys>

    init(ofOwner: OrganizationKeys, areExtensible: Bool = true) {
        self.ofOwner = ofOwner
        made = nil
        others = [:]
        self.areExtensible = areExtensible
        ofAnswer = Mutex(ofOwner)
    }

    /// What one has, and another organization's keys, for carrying the call out again.
    /// - Parameter isLast: Whether it is given no more.
    init(_ before: AnswerKeys, with keys: OrganizationKeys, isMade: Bool, isLast: Bool) {
        ofOwner = before.ofOwner
        made = isMade ? keys : before.made
        others = before.others.merging([keys.organization: keys]) { $1 }
        areExtensible = !isLast
        ofAnswer = Mutex(before.ofOwner)
    }

    var keys: OrganizationKeys { ofAnswer.withLock { $0 } }

    func answer(isSealedWith keys: OrganizationKeys) {
        ofAnswer.withLock { $0 = keys }
    }

    /// Those that were asked for before the transaction.
    func held(_ organization: PostgresUUID) -> OrganizationKeys? {
        ofOwner.organization == organization ? ofOwner : others[organization]
    }
}
