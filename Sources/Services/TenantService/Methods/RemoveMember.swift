import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Takes a member out, where the caller covers what it may do.
    func removeMember(
        _ request: RemoveMemberRequest, _ call: Call
    ) async throws -> RemoveMemberResponse {
        let organization = try call.organizationID
        let id = try StoredMember.id(request.id)
        let caller = Grant(of: call.caller)
        let keys = try await call.keys()
        try await call.transaction { transaction in
            let owners = try await LockedOwners(of: organization, in: transaction)
            let found = try await transaction.first(
                LockMember(organization: organization, id: id))
            guard let member = try found?.opened(keys) else { throw StoredMember.notFound }
            try member.mustMatch(etag: request.etag)
            try caller.mustCover(member.grant)
            if member.grant.roles.contains(.owner) {
                try owners.mustOutlast(id)
            }
            try await transaction.execute(DeleteMember(organization: organization, id: id))
            try call.changed(.member, member.id.text, from: member.message.json(), to: nil)
        }
        return RemoveMemberResponse()
    }
}
