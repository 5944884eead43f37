import API
import Core
import Domain
import ServiceRuntime

extension Service {
    func restoreBusinessUnit(
        _ request: RestoreBusinessUnitRequest, _ call: Call
    ) async throws -> BusinessUnit {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(request.code)
        }
        let asked = try request.effectiveDate.day("effective_date")
        return try await changeUnit(code, call) { register in
            try register.check(etag: request.etag, of: code)
            return try register.restore(code, from: asked)
        }
    }
}
