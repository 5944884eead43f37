import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func getConnection(_ request: GetConnectionRequest, _ call: Call) async throws -> Connection {
        let organization = try call.organizationID
        let id = try Self.connectionID(request.id)
        let record = try await call.snapshot { transaction in
            try await transaction.first(SelectConnection(organizationID: organization, id: id))
        }
        guard let record else { throw Self.connectionNotFound }
        return record.wire
    }

    /// The id of a request that names a connection.
    static func connectionID(_ text: String) throws(ServiceError) -> ConnectionID {
        do throws(ServiceError) {
            return try ConnectionID(text)
        } catch {
            throw error.within("id")
        }
    }

    static var connectionNotFound: ServiceError {
        ServiceError(
            .notFound, "CONNECTION_NOT_FOUND", field: "id",
            "the organization has no connection with this id; list its connections")
    }
}
