import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// Cost, requests and tokens per hour, day, week or month of a span of days, in the organization's
/// zone.
struct UsageTrend: Sendable {
    let reports: SpendReports

    @Sendable func answer(
        _ request: UsageTrendRequest, _ call: Call
    ) async throws -> UsageTrendResponse {
        let span = try DaySpan(from: request.from, through: request.through)
        let unit = try TrendSteps.Unit(wire: request.step)
        try span.check(unit)
        let filter = try SpendFilter(wire: request.filters, ofCalls: true)
        let basis = try SpendReports.basis(request.basis, filter.attributes)
        let spend = try await reports.spend(
            span, by: unit, basis: basis, filter: filter,
            knownAt: try KnownAt.instant(wire: request.knownAt), call: call)
        return try Self.response(span, unit, spend)
    }

    static func response(
        _ span: DaySpan, _ unit: TrendSteps.Unit, _ spend: SpendReports.Spend
    ) throws(ServiceError) -> UsageTrendResponse {
        let steps = TrendSteps(span, by: unit, zone: spend.zone)
        var sums = [SpendSum](repeating: SpendSum(), count: steps.steps.count)
        var total = SpendSum()
        for row in spend.report.rows {
            try sums[steps.index(of: row.start)].add(row)
            try total.add(row)
        }
        let finalThrough = spend.report.completeness.finalThrough
        let points = zip(steps.steps, sums).map { step, sum in
            TrendPoint(
                startTime: Timestamp(step.bounds.lowerBound),
                endTime: Timestamp(step.bounds.upperBound), date: API.Date(step.date),
                utcOffsetSeconds: Int32(spend.zone.offsetSeconds(at: step.bounds.lowerBound)),
                cost: API.Money(Domain.Money(picos: sum.picos, currency: spend.currency)),
                requests: sum.requests, tokens: sum.tokens,
                provisional: finalThrough.map { $0 < step.bounds.upperBound } ?? true)
        }
        let days = points.map {
            TrendDay(
                date: $0.date, cost: $0.cost, requests: $0.requests, tokens: $0.tokens,
                provisional: $0.provisional)
        }
        return UsageTrendResponse(
            days: unit == .day ? days : [],
            total: API.Money(Domain.Money(picos: total.picos, currency: spend.currency)),
            completeness: spend.completeness, points: points)
    }
}
