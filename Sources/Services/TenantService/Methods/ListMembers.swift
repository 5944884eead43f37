import API
import Postgres
import ServiceRuntime

extension Service {
    func listMembers(
        _ request: ListMembersRequest, _ call: Call
    ) async throws -> ListMembersResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .members, sizeDefault: 1000)
        let statement = SelectMembers(
            organization: try call.organizationID, after: page.after ?? "", limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (rows, next) = page.page(found) { $0.emailKey }
        return ListMembersResponse(members: rows.map(\.member.message), nextPageToken: next)
    }
}
