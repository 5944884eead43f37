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
            let unit = toSet.unit
            // Nobody deletes a budget, so the second time at the latest there is one.
            for _ in 0..<2 {
                if let before = try await transaction.first(
                    LockBudget(organization: organization, unit: unit)),
                    let after = try await transaction.first(
                        UpdateBudget(organization: organization, budget: toSet, updateTime: now))
                {
                    try call.changed(
                        .budget, unit.text, from: before.wire.json(), to: after.wire.json())
                    return Optional(after)
                }
                do {
                    let statement = InsertBudget(
                        organization: organization, id: id, budget: toSet, updateTime: now)
                    guard let made = try await transaction.first(statement) else { continue }
                    try call.changed(.budget, unit.text, to: made.wire.json())
                    return Optional(made)
                } catch let error as PostgresError {
                    throw InsertBudget.reason(of: error)
                }
            }
            return nil
        }
        guard let budget else {
            throw ServiceError(.internal, "BUDGET_NOT_RETURNED", "The budget was not stored.")
        }
        return budget.wire
    }
}
