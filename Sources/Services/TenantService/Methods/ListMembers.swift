import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func listMembers(
        _ request: ListMembersRequest, _ call: Call
    ) async throws -> ListMembersResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .members, sizeDefault: 1000)
        let after = try page.after.map { key throws(ServiceError) in
            guard let id = try? MemberID(key) else { throw PageToken.invalid }
            return id
        }
        // Checked before the keys are asked for.
        let email: EmailAddress? =
            try request.email.isEmpty
            ? nil
            : ServiceError.naming("email") { () throws(ServiceError) in
                try EmailAddress(request.email)
            }
        let keys = try await call.keys()
        let organization = try call.organizationID
        let emailKey = try email.map { try keys.key(ofEmail: $0.text) }
        let found = try await call.snapshot { transaction in
            guard let emailKey else {
                return try await transaction.run(
                    SelectMembers(organization: organization, after: after, limit: page.limit))
            }
            let one = SelectMemberOfEmail(organization: organization, emailKey: emailKey)
            return try await transaction.run(one).filter { member in
                after.map { $0.text < member.id.text } ?? true
            }
        }
        let (rows, next) = page.page(found) { $0.id.text }
        return ListMembersResponse(
            members: try rows.map { try $0.opened(keys).message }, nextPageToken: next)
    }
}
