import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension Service {
    /// Every budget that the caller may see with its unit's effective spend of the month and, for the
    /// current month, what it will come to.
    ///
    /// Who is limited to some units sees the budgets of those that stand there today and stood there on
    /// every day of the month: a month's budget says nothing of a part of its spend. Nor is there a
    /// forecast where a unit below was elsewhere on a day that it would be made of.
    func getBudgetStatus(
        _ request: GetBudgetStatusRequest, _ call: Call
    ) async throws -> BudgetStatusReport {
        let asked = try request.month.map { wire throws(ServiceError) in
            do throws(ServiceError) {
                return try CivilMonth(wire: wire)
            } catch {
                throw error.within("month")
            }
        }
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let calendar = ForecastCalendar(zone: settings.zone, now: now)
            let month = asked ?? calendar.month
            let isCurrent = month == calendar.month
            let visible = try await visibleUnits(
                call, on: month.lastDay, today: calendar.today, in: transaction)
            let budgets = try await transaction.run(
                SelectBudgets(
                    organization: organization, limit: Self.budgetCountMax, units: visible))
            let query = UnitSpendQuery(
                organization: organization, keys: keys, scope: call.unitScope, zone: settings.zone,
                currency: settings.currency, month: month,
                days: isCurrent ? calendar.days : calendar.today..<calendar.today,
                now: now)
            let spend = try await unitSpendSource.unitSpend(of: query, in: transaction)
            let shown = budgets.filter { !spend.partlyShown.contains($0.unit) }
            let statuses = try shown.map { budget throws in
                // Set while the currency changed; a difference of two currencies is no amount.
                guard budget.monthlyAmount.currency == settings.currency else {
                    throw ServiceError(
                        .failedPrecondition, "CURRENCY_CONVERSION_MISSING",
                        "The budget of \(budget.unit) is in \(budget.monthlyAmount.currency.code), and "
                            + "its spend in \(settings.currency.code). Set the budget anew.")
                }
                let spent = spend.totals[budget.unit] ?? 0
                let estimate =
                    isCurrent && !spend.partlyShownByDay.contains(budget.unit)
                    ? MonthEndEstimate(
                        spent: spent, days: spend.dailyTotalsEstimate[budget.unit] ?? [],
                        daysLeft: calendar.daysLeft, currency: settings.currency) : nil
                return Self.status(budget, spent: spent, estimate: estimate)
            }
            return BudgetStatusReport(
                month: Month(month), statuses: statuses,
                completeness: visible != nil
                    ? Completeness(ofSomeUnits: spend.completeness)
                    : Completeness(
                        spend.completeness,
                        unallocated: Domain.Money(
                            picos: spend.unallocated, currency: settings.currency)))
        }
    }

    /// An amount is today's, whatever the month: whoever no longer answers for the unit does not see
    /// it.
    private func visibleUnits(
        _ call: Call, on day: CivilDate, today: CivilDate, in transaction: PostgresTransaction
    ) async throws -> VisibleUnits? {
        let then = try await call.visibleUnits(on: day, today: today, in: transaction)
        guard day < today, let then,
            let now = try await call.visibleUnits(on: today, today: today, in: transaction)
        else { return then }
        return VisibleUnits(then.codes.intersection(now.codes))
    }

    /// As many as an organization may have units; one more could not be a unit's.
    private static var budgetCountMax: Int { 100_000 }

    private static func status(
        _ budget: Budget, spent: Int128, estimate: MonthEndEstimate?
    ) -> API.BudgetStatus {
        let amount = budget.monthlyAmount
        let money = { (picos: Int128) in
            API.Money(Domain.Money(picos: picos, currency: amount.currency))
        }
        let state = BudgetState(budget: amount.picos, spent: spent, forecast: estimate?.mean)
        return API.BudgetStatus(
            budget: budget.wire, spent: money(spent), remaining: money(amount.picos - spent),
            state: state.wire, forecast: estimate?.wire)
    }
}
