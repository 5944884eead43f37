import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    /// Operators see any organization, also what is left of one that was erased; others their own.
    func getOrganization(
        _ request: GetOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        let id = try await organizationID(named: request.organization, call)
        let select = SelectOrganization(id: id)
        guard call.caller.isOperator else {
            guard let own = try await call.snapshot({ try await $0.first(select) }) else {
                throw StoredOrganization.notFound
            }
            return own.message(terms)
        }
        let (organization, erased) = try await call.operatorSnapshot { transaction in
            (
                try await transaction.first(select),
                try await transaction.first(SelectErasedOrganization(id: id))
            )
        }
        if let organization { return organization.message(terms) }
        guard let erased else { throw StoredOrganization.notFound }
        return erased.message(terms)
    }
}
