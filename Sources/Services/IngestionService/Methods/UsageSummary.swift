import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// What the spend of a span comes to by whatever tells it apart.
struct UsageSummary: Sendable {
    private static let limitDefault = 100
    private static let limitMax = 1_000

    let reports: SpendReports

    @Sendable func answer(
        _ request: UsageSummaryRequest, _ call: Call
    ) async throws -> UsageSummaryResponse {
        let span = try DaySpan(from: request.from, through: request.through)
        let breakdown = try UsageBreakdown(wire: request.breakdowns)
        let filter = try SpendFilter(wire: request.filters, ofCalls: true)
        let basis = try SpendReports.basis(
            request.basis, breakdown.attributes.union(filter.attributes))
        let limit = request.limit == 0 ? Self.limitDefault : Int(request.limit)
        guard (1...Self.limitMax).contains(limit) else {
            throw ServiceError(
                .invalidArgument, "LIMIT_OUT_OF_RANGE", field: "limit",
                "The limit is 1 to \(Self.limitMax); 0 stands for \(Self.limitDefault).")
        }
        let spend = try await reports.spend(
            span, by: breakdown.unit, basis: basis, needsUsers: breakdown.tellsUsersApart,
            attributes: breakdown.attributes, filter: filter,
            knownAt: try KnownAt.instant(wire: request.knownAt), call: call)
        let response = try Self.response(span, breakdown, spend, limit: limit)
        return try await ProviderNames.naming(response, by: breakdown, span, spend.zone, call)
    }

    static func response(
        _ span: DaySpan, _ breakdown: UsageBreakdown, _ spend: SpendReports.Spend, limit: Int
    ) throws(ServiceError) -> UsageSummaryResponse {
        let reader = UsageBreakdown.Reader(breakdown, span: span, zone: spend.zone)
        var sums: [[UsageValue]: SpendSum] = [:]
        var total = SpendSum()
        for row in spend.report.rows {
            try sums[reader.values(of: row), default: SpendSum()].add(row)
            try total.add(row)
        }
        let ordered = sums.sorted { left, right in
            left.value.picos != right.value.picos
                ? left.value.picos > right.value.picos
                : left.key.lexicographicallyPrecedes(right.key)
        }
        var other = SpendSum()
        for (_, sum) in ordered.dropFirst(limit) { try other.add(sum) }
        var suppressed = SpendSum()
        for row in spend.report.suppressed { try suppressed.add(row) }
        return UsageSummaryResponse(
            rows: ordered.prefix(limit).map { values, sum in
                UsageSummaryRow(
                    values: values.map { DimensionValue($0) },
                    figures: sum.figures(spend.currency))
            },
            other: other.figures(spend.currency), otherRows: Int64(max(0, ordered.count - limit)),
            total: total.figures(spend.currency),
            completeness: spend.completeness,
            suppressed: spend.isOfCalls ? nil : suppressed.figures(spend.currency))
    }
}

extension DimensionValue {
    init(_ value: UsageValue) {
        switch value {
        case .absent: self.init(absent: true)
        case .value(let text): self.init(value: text.text)
        }
    }
}
