import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    /// Operators see all that there are, or, where they ask for those, the ones that were erased;
    /// others their own.
    func listOrganizations(
        _ request: ListOrganizationsRequest, _ call: Call
    ) async throws -> ListOrganizationsResponse {
        // One that a later version of the contract knows.
        guard (0...Organization.State.deleted.rawValue).contains(request.state.rawValue) else {
            throw ServiceError(
                .invalidArgument, "ORGANIZATION_STATE_UNKNOWN", field: "state",
                "This server knows no such state. Leave it out to list all organizations.")
        }
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .organizations, sizeDefault: 100)
        let after = page.after ?? ""
        let found: [Organization]
        if call.caller.isOperator {
            found = try await organizations(in: request.state, after, page.limit, call)
        } else {
            found = [try await getOrganization(GetOrganizationRequest(), call)].filter {
                $0.slug > after && (request.state == .unspecified || $0.state == request.state)
            }
        }
        let (organizations, next) = page.page(found) { $0.slug }
        return ListOrganizationsResponse(organizations: organizations, nextPageToken: next)
    }

    private func organizations(
        in state: Organization.State, _ after: String, _ limit: Int, _ call: Call
    ) async throws -> [Organization] {
        let select = SelectOrganizations(after: after, limit: limit, state: state)
        let erased = SelectErasedOrganizations(after: after, limit: limit)
        return try await call.operatorSnapshot { transaction in
            let there = try await transaction.run(select).map { $0.message(terms) }
            guard state == .deleted else { return there }
            let gone = try await transaction.run(erased).map { $0.message(terms) }
            return Array((there + gone).sorted { $0.slug < $1.slug }.prefix(limit))
        }
    }
}
