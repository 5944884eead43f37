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
        try await call.operatorSnapshot { transaction in
            let there =
                switch state {
                case .suspended:
                    try await transaction.run(
                        SelectSuspendedOrganizations(after: after, limit: limit))
                case .deleting, .deleted:
                    try await transaction.run(
                        SelectEndingOrganizations(
                            after: after, limit: limit, isBegun: state == .deleted))
                default:
                    try await transaction.run(
                        SelectOrganizations(
                            after: after, limit: limit, isOfAll: state == .unspecified))
                }
            guard state == .deleted else { return there.map { $0.message(terms) } }
            let gone = try await transaction.run(
                SelectErasedOrganizations(after: after, limit: limit))
            let all = there.map { $0.message(terms) } + gone.map { $0.message(terms) }
            return Array(all.sorted { $0.slug < $1.slug }.prefix(limit))
        }
    }
}
