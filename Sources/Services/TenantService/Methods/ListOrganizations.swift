import API
import Postgres
import ServiceRuntime

extension Service {
    /// Operators see all, others their own.
    func listOrganizations(
        _ request: ListOrganizationsRequest, _ call: Call
    ) async throws -> ListOrganizationsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .organizations, sizeDefault: 100)
        let after = page.after ?? ""
        let found: [Organization]
        if call.caller.isOperator {
            found = try await call.operatorTransaction { transaction in
                try await transaction.run(SelectOrganizations(after: after, limit: page.limit))
            }
        } else {
            found = [try await getOrganization(GetOrganizationRequest(), call)]
                .filter { $0.slug > after }
        }
        let (organizations, next) = page.page(found) { $0.slug }
        return ListOrganizationsResponse(organizations: organizations, nextPageToken: next)
    }
}
