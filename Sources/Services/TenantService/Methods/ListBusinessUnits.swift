import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// All units, or those that the caller is limited to with all below them.
    func listBusinessUnits(
        _ request: ListBusinessUnitsRequest, _ call: Call
    ) async throws -> ListBusinessUnitsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .businessUnits, sizeDefault: 1000)
        let asked = try request.asOf.day("as_of")
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keys()
        let found = try await call.snapshot { transaction in
            let today = try await transaction.zone(of: organization).day(containing: now)
            let day = asked ?? today
            let visible = try await call.visibleUnits(on: day, today: today, in: transaction)
            let units = try await transaction.run(
                SelectUnitsOnDay(
                    organization: organization, after: page.after ?? "", day: day,
                    showsRetired: request.showRetired, limit: page.limit,
                    codes: visible.map { $0.codes.map(\.text) })
            ).map { try $0.message(keys) }
            guard let visible else { return units }
            return units.map { $0.naming(only: visible.contains) }
        }
        let (units, next) = page.page(found) { $0.code }
        return ListBusinessUnitsResponse(businessUnits: units, nextPageToken: next)
    }
}

extension BusinessUnit {
    /// As it is shown to who is limited to some units: others, above it or after it, are not named.
    func naming(only isVisible: (_ code: String) -> Bool) -> BusinessUnit {
        var unit = self
        if !isVisible(parentCode) { unit.parentCode = "" }
        if !isVisible(successorCode) { unit.successorCode = "" }
        return unit
    }
}
