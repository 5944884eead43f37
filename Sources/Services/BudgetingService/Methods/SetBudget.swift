import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension Service {
    func setBudget(_ request: SetBudgetRequest, _ call: Call) async throws -> API.Budget {
        let organization = try call.organizationID
        let now = call.clock.now
        let id = BudgetID.make(call.clock)
        let budget = try await call.transaction { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let toSet = try BudgetToSet(wire: request, currency: settings.currency)
            do {
                return try await transaction.first(
                    UpsertBudget(
                        organization: organization, id: id, budget: toSet, updateTime: now))
            } catch let error as PostgresError {
                throw UpsertBudget.reason(of: error)
            }
        }
        guard let budget else {
            throw ServiceError(.internal, "BUDGET_NOT_RETURNED", "The budget was not stored.")
        }
        return budget.wire
    }
}
