import AllocationService
import BudgetingService
import Postgres

/// Lets budgets compare with what allocation gives to the units; neither service knows the other.
struct AllocatedUnitSpend: UnitSpendSource {
    let spend: AllocatedSpend

    func unitSpend(
        of query: UnitSpendQuery, in transaction: PostgresTransaction
    ) async throws -> BudgetingService.UnitSpend {
        let allocated = try await spend.unitSpend(
            of: query.organization, keys: query.keys, scope: query.scope, zone: query.zone,
            currency: query.currency, month: query.month, days: query.days, now: query.now,
            in: transaction)
        return BudgetingService.UnitSpend(
            totals: allocated.totals, total: allocated.total,
            dailyTotalsEstimate: allocated.dailyTotalsEstimate,
            dailyTotalEstimate: allocated.dailyTotalEstimate, unallocated: allocated.unallocated,
            partlyShown: allocated.partlyShown, partlyShownByDay: allocated.partlyShownByDay,
            completeness: allocated.completeness)
    }
}
