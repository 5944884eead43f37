import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Changes what a member may do, where the caller covers both what it was and what it will be.
    ///
    /// Frontends that act for the member follow within a second.
    func updateMember(_ request: UpdateMemberRequest, _ call: Call) async throws -> Member {
        let organization = try call.organizationID
        let id = try StoredMember.id(request.id)
        let change = try MemberChange(wire: request)
        let caller = Grant(of: call.caller)
        let keys = try await call.keys()
        let member = try await call.transaction { transaction in
            let owners = try await LockedOwners(of: organization, in: transaction)
            let found = try await transaction.first(
                LockMember(organization: organization, id: id))
            guard var member = try found?.opened(keys) else { throw StoredMember.notFound }
            try member.mustMatch(etag: request.etag)
            try caller.mustCover(member.grant)
            let grant = try change.grant(from: member.grant)
            try caller.mustCover(grant)
            try await transaction.mustHave(grant.units, organization)
            guard grant != member.grant else { return member }
            if member.grant.roles.contains(.owner), !grant.roles.contains(.owner) {
                try owners.mustOutlast(id)
            }
            let before = member.message
            member.grant = grant
            member.revision += 1
            try await transaction.execute(
                UpdateMemberRow(organization: organization, member: member))
            try call.changed(
                .member, member.id.text, from: before.json(), to: member.message.json())
            return member
        }
        return member.message
    }
}
