import API
import Postgres
import ServiceRuntime

extension Service {
    func listBusinessUnits(
        _ request: ListBusinessUnitsRequest, _ call: Call
    ) async throws -> ListBusinessUnitsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .businessUnits, sizeDefault: 1000)
        let statement = SelectBusinessUnits(
            organization: try call.organizationID, after: page.after ?? "", limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (units, next) = page.page(found) { $0.code }
        return ListBusinessUnitsResponse(businessUnits: units, nextPageToken: next)
    }
}
