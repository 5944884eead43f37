import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// Checks the fields in their order, then that the caller may hand out the role.
    func createMember(_ request: CreateMemberRequest, _ call: Call) async throws -> Member {
        let email = try ServiceError.naming("email") { () throws(ServiceError) in
            try EmailAddress(request.email)
        }
        let role = try CallerRole(wire: request.role)
        try call.caller.role.mustCover(role)
        let statement = InsertMember(
            organization: try call.organizationID, id: MemberID.make(call.clock), email: email,
            role: role, createTime: call.clock.now)
        let member = statement.message
        try await call.transaction { transaction in
            try await transaction.insert(statement)
            try call.changed(.member, member.id, to: member.json())
        }
        return member
    }
}
