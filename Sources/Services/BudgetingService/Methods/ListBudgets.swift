import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension PageToken.List {
    static let budgets = Self(number: 6)
}

extension Service {
    /// Budgets by unit code; pages go on after the code of the last unit.
    func listBudgets(
        _ request: ListBudgetsRequest, _ call: Call
    ) async throws -> ListBudgetsResponse {
        let page = try PageRequest(
            size: request.pageSize, token: request.pageToken, of: .budgets, sizeDefault: 1000)
        let statement = SelectBudgets(
            organization: try call.organizationID, after: page.after ?? "", limit: page.limit)
        let found = try await call.snapshot { try await $0.run(statement) }
        let (budgets, next) = page.page(found) { $0.unit.text }
        return ListBudgetsResponse(budgets: budgets.map(\.wire), nextPageToken: next)
    }
}
