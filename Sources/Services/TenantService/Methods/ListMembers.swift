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
        let statement = SelectMembers(
            organization: try call.organizationID,
            emailKey: try email.map { try keys.key(ofEmail: $0.text) }, after: after,
            limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (rows, next) = page.page(found) { $0.id.text }
        return ListMembersResponse(
            members: try rows.map { try $0.opened(keys).message }, nextPageToken: next)
    }
}
