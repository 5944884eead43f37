import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let budgets = Self(number: 6)
}

extension Service {
    /// Budgets of the units that the caller may see, by unit code; pages go on after the code of the
    /// last unit.
    func listBudgets(
        _ request: ListBudgetsRequest, _ call: Call
    ) async throws -> ListBudgetsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .budgets, sizeDefault: 1000)
        let organization = try call.organizationID
        let now = call.clock.now
        let found = try await call.snapshot { transaction in
            let zone = try await ReportingSettings.read(of: organization, in: transaction).zone
            let today = zone.day(containing: now)
            let units = try await call.visibleUnits(on: today, today: today, in: transaction)
            return try await transaction.run(
                SelectBudgets(
                    organization: organization, after: page.after ?? "", limit: page.limit,
                    units: units))
        }
        let (budgets, next) = page.page(found) { $0.unit.text }
        return ListBudgetsResponse(budgets: budgets.map(\.wire), nextPageToken: next)
    }
}
