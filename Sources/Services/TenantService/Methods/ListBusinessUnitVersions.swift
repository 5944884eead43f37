import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func listBusinessUnitVersions(
        _ request: ListBusinessUnitVersionsRequest, _ call: Call
    ) async throws -> ListBusinessUnitVersionsResponse {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(request.code)
        }
        let organization = try call.organizationID
        let keys = try await call.keys()
        let register = try await call.snapshot { transaction in
            try await UnitRegister.read(
                code, of: organization, keys: keys, in: transaction, today: UnitHistory.beginning)
        }
        guard let versions = register.history.versions[code] else { throw UnitRegister.notFound }
        return ListBusinessUnitVersionsResponse(
            versions: versions.compactMap { register.message(code, on: $0.day) })
    }
}
