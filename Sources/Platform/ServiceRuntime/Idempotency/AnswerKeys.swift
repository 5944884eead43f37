import Synchronization

/// What seals the answer of a call that is recorded, attached to it.
///
/// They are of the caller's organization, or of the platform, unless the call is about another one: then
/// its answer ends with that one's key.
final class AnswerKeys: Sendable {
    let ofOwner: OrganizationKeys
    private let ofAnswer: Mutex<OrganizationKeys>

    init(ofOwner: OrganizationKeys) {
        self.ofOwner = ofOwner
        ofAnswer = Mutex(ofOwner)
    }

    var keys: OrganizationKeys { ofAnswer.withLock { $0 } }

    func answer(isSealedWith keys: OrganizationKeys) {
        ofAnswer.withLock { $0 = keys }
    }
}
