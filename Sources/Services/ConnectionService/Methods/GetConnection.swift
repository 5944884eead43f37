import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func getConnection(_ request: GetConnectionRequest, _ call: Call) async throws -> Connection {
        let organization = try call.organizationID
        let id: ConnectionID
        do throws(ServiceError) {
            id = try ConnectionID(request.id)
        } catch {
            throw error.within("id")
        }
        let record = try await call.snapshot { transaction in
            try await transaction.first(SelectConnection(organizationID: organization, id: id))
        }
        guard let record else {
            throw ServiceError(
                .notFound, "CONNECTION_NOT_FOUND", field: "id",
                "the organization has no connection with this id; list its connections")
        }
        return record.wire
    }
}
