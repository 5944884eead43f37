import Core
import Domain
import Postgres

/// An organization's owners, locked until the transaction ends: of two who go at the same time one
/// sees that the other is gone.
///
/// Whoever changes or removes a member locks these before the member, so that nobody waits in a
/// circle.
struct LockedOwners: Sendable {
    private let members: [MemberID]

    init(of organization: OrganizationID, in transaction: PostgresTransaction) async throws {
        members = try await transaction.run(LockOwners(organization: organization))
    }

    /// `LAST_OWNER` where nobody but `member` is an owner.
    func mustOutlast(_ member: MemberID) throws(ServiceError) {
        guard members.contains(where: { $0 != member }) else {
            throw ServiceError(
                .failedPrecondition, "LAST_OWNER", field: "id",
                "This is the organization's last owner. Make another member an owner first.")
        }
    }
}
