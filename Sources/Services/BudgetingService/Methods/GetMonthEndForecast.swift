import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

extension Service {
    /// The whole organization's current month: what is spent, and an estimate of where it ends.
    func getMonthEndForecast(
        _ request: GetMonthEndForecastRequest, _ call: Call
    ) async throws -> MonthEndForecast {
        let organization = try call.organizationID
        let now = call.clock.now
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let calendar = ForecastCalendar(zone: settings.zone, now: now)
            let month = settings.zone.monthBounds(calendar.month)
            let report = try await spendReader.spend(
                transaction, organization: organization, from: month.lowerBound,
                through: month.upperBound, basis: .effective, now: now)
            let spent = try Self.sum(report, currency: settings.currency)
            let first = settings.zone.dayBounds(calendar.days.lowerBound).lowerBound
            let history = try await spendReader.spend(
                transaction, organization: organization, from: first,
                through: month.upperBound, basis: .effective, now: now)
            let estimate = MonthEndEstimate(
                spent: spent,
                days: try Self.days(history, calendar, settings.zone, settings.currency),
                daysLeft: calendar.daysLeft, currency: settings.currency)
            return MonthEndForecast(
                month: Month(calendar.month),
                spent: API.Money(Domain.Money(picos: spent, currency: settings.currency)),
                estimate: estimate?.wire, historyDays: Int32(estimate?.historyDayCount ?? 0),
                completeness: Completeness(report.completeness))
        }
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
            let (sum, overflow) = days[day].addingReportingOverflow(row.amount.picos)
            guard !overflow else {
                throw ServiceError(
                    .outOfRange, "AMOUNT_OUT_OF_RANGE", "A sum is beyond 128 bits of picos.")
            }
            days[day] = sum
        }
        return days
    }
}
