import API
import Core
import Domain
import ServiceRuntime

extension Service {
    func retireBusinessUnit(
        _ request: RetireBusinessUnitRequest, _ call: Call
    ) async throws -> BusinessUnit {
        let code = try ServiceError.naming("code") { () throws(ServiceError) in
            try BusinessUnitCode(request.code)
        }
        let successor =
            try request.successorCode.isEmpty
            ? nil
            : ServiceError.naming("successor_code") { () throws(ServiceError) in
                try BusinessUnitCode(request.successorCode)
            }
        let asked = try request.effectiveDate.day("effective_date")
        return try await changeUnit(code, call) { register in
            try register.check(etag: request.etag, of: code)
            return try register.retire(code, successor: successor, from: asked)
        }
    }
}
