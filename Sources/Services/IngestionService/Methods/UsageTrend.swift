import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// Cost, requests and tokens per day of a span of days, in the organization's zone.
struct UsageTrend: Sendable {
    let reports: SpendReports

    @Sendable func answer(
        _ request: UsageTrendRequest, _ call: Call
    ) async throws -> UsageTrendResponse {
        let span = try DaySpan(from: request.from, through: request.through)
        let basis = try Domain.Basis(wire: request.basis)
        let spend = try await reports.spend(span, basis: basis, call: call)
        return try Self.response(span, spend)
    }

    static func response(
        _ span: DaySpan, _ spend: SpendReports.Spend
    ) throws(ServiceError) -> UsageTrendResponse {
        let days = span.days
        let bounds = days.map { spend.zone.dayBounds($0) }
        var sums = [SpendSum](repeating: SpendSum(), count: days.count)
        var total = SpendSum()
        for row in spend.report.rows {
            guard let index = Self.index(of: row.start, in: bounds) else {
                throw ServiceError(
                    .internal, "SPEND_OUTSIDE_OF_DAYS",
                    "Spend of the report lies in none of its days.")
            }
            try sums[index].add(row)
            try total.add(row)
        }
        let finalThrough = spend.report.completeness.finalThrough
        let trend = days.indices.map { index in
            TrendDay(
                date: API.Date(days[index]),
                cost: API.Money(Domain.Money(picos: sums[index].picos, currency: spend.currency)),
                requests: sums[index].requests, tokens: sums[index].tokens,
                provisional: finalThrough.map { $0 < bounds[index].upperBound } ?? true)
        }
        return UsageTrendResponse(
            days: trend,
            total: API.Money(Domain.Money(picos: total.picos, currency: spend.currency)),
            completeness: API.Completeness(spend.report.completeness))
    }

    /// Which of the days, which follow one another, holds the instant.
    private static func index(of instant: Instant, in bounds: [Range<Instant>]) -> Int? {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle].upperBound <= instant { low = middle + 1 } else { high = middle }
        }
        return low < bounds.count && bounds[low].contains(instant) ? low : nil
    }
}
