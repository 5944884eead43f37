import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension Service {
    /// The current month of the organization, or of the units that the caller is limited to: what is
    /// spent, and an estimate of where it ends.
    func getMonthEndForecast(
        _ request: GetMonthEndForecastRequest, _ call: Call
    ) async throws -> MonthEndForecast {
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let calendar = ForecastCalendar(zone: settings.zone, now: now)
            guard call.unitScope.isWholeOrganization else {
                return try await forecast(
                    of: call.unitScope, organization, keys, settings, calendar, now: now,
                    in: transaction)
            }
            let month = settings.zone.monthBounds(calendar.month)
            let report = try await spendReader.spend(
                transaction, organization: organization, keys: keys, from: month.lowerBound,
                through: month.upperBound, by: [month], basis: .effective, now: now)
            let spent = try Self.sum(report, currency: settings.currency)
            let first = settings.zone.dayBounds(calendar.days.lowerBound).lowerBound
            let history = try await spendReader.spend(
                transaction, organization: organization, keys: keys, from: first,
                through: month.upperBound, basis: .effective, now: now)
            return Self.forecast(
                spent: spent,
                days: try Self.days(history, calendar, settings.zone, settings.currency),
                calendar, settings.currency, Completeness(report.completeness))
        }
    }

    /// What rules give to some units, each on the days on which it stands in the scope, and what that
    /// will come to.
    private func forecast(
        of scope: UnitScope, _ organization: OrganizationID, _ keys: OrganizationKeys,
        _ settings: ReportingSettings, _ calendar: ForecastCalendar, now: Instant,
        in transaction: PostgresTransaction
    ) async throws -> MonthEndForecast {
        let query = UnitSpendQuery(
            organization: organization, keys: keys, scope: scope, zone: settings.zone,
            currency: settings.currency, month: calendar.month, days: calendar.days, now: now)
        let spend = try await unitSpendSource.unitSpend(of: query, in: transaction)
        return Self.forecast(
            spent: spend.total, days: spend.dailyTotalEstimate, calendar, settings.currency,
            Completeness(ofSomeUnits: spend.completeness))
    }

    private static func forecast(
        spent: Int128, days: [Int128], _ calendar: ForecastCalendar, _ currency: Currency,
        _ completeness: Completeness
    ) -> MonthEndForecast {
        let estimate = MonthEndEstimate(
            spent: spent, days: days, daysLeft: calendar.daysLeft, currency: currency)
        return MonthEndForecast(
            month: Month(calendar.month),
            spent: API.Money(Domain.Money(picos: spent, currency: currency)),
            estimate: estimate?.wire, historyDays: Int32(estimate?.historyDayCount ?? 0),
            completeness: completeness)
    }

    private static func add(_ amount: Int128, to sum: inout Int128) throws(ServiceError) {
        let (result, overflow) = sum.addingReportingOverflow(amount)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "A sum is beyond 128 bits of picos.")
        }
        sum = result
    }

    private static func sum(
        _ report: SpendReport, currency: Currency
    ) throws -> Int128 {
        let totals = try report.totals
        if let other = totals.keys.first(where: { $0 != currency }) {
            throw ServiceError(
                .failedPrecondition, "CURRENCY_CONVERSION_MISSING",
                "There is spend in \(other), which cannot be converted to \(currency) yet.")
        }
        return totals[currency]?.picos ?? 0
    }

    /// Picos of each of the calendar's days; what lies behind today counts as today's.
    private static func days(
        _ report: SpendReport, _ calendar: ForecastCalendar, _ zone: OrganizationZone,
        _ currency: Currency
    ) throws -> [Int128] {
        _ = try sum(report, currency: currency)
        let first = calendar.days.lowerBound.dayNumber
        var days = [Int128](
            repeating: 0, count: calendar.days.upperBound.dayNumber - first)
        for row in report.rows {
            let day = min(zone.day(containing: row.start).dayNumber - first, days.count - 1)
            try add(row.amount.picos, to: &days[day])
        }
        return days
    }
}
