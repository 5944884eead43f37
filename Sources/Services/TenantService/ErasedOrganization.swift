import API
import Core
import Domain

/// What is left of an organization that was erased.
struct ErasedOrganization: Sendable {
    let id: OrganizationID
    let slug: String
    /// From when on nothing could bring it back.
    let deleteAfter: Instant
    /// When nothing was left of it.
    let erasedAt: Instant

    func message(_ terms: DeletionTerms) -> Organization {
        Organization(
            id: id.text, slug: slug, state: .deleted, purgeTime: Timestamp(deleteAfter),
            backupExpireTime: Timestamp(terms.backupEnd(after: erasedAt)),
            keysBackupExpireTime: Timestamp(terms.keysBackupEnd(after: erasedAt)))
    }
}
