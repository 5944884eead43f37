import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func listBusinessUnits(
        _ request: ListBusinessUnitsRequest, _ call: Call
    ) async throws -> ListBusinessUnitsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .businessUnits, sizeDefault: 1000)
        let asked = try request.asOf.day("as_of")
        let organization = try call.organizationID
        let now = call.clock.now
        let found = try await call.snapshot { transaction in
            let zone = try await transaction.zone(of: organization)
            return try await transaction.run(
                SelectUnitsOnDay(
                    organization: organization, after: page.after ?? "",
                    day: asked ?? zone.day(containing: now), showsRetired: request.showRetired,
                    limit: page.limit))
        }
        let (units, next) = page.page(found) { $0.code }
        return ListBusinessUnitsResponse(businessUnits: units, nextPageToken: next)
    }
}
