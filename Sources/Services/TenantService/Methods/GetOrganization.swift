import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    func getOrganization(
        _ request: GetOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        let id = try call.organizationID
        let organization = try await call.snapshot { transaction in
            try await transaction.first(SelectOrganization(id: id))
        }
        guard let organization else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", "The token's organization does not exist.")
        }
        return organization
    }
}
