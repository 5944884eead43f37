import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// The models that cost most within a span of days, each one's share of cost and of requests, and what the
/// others come to.
struct TopModels: Sendable {
    private static let limitDefault = 10
    private static let limitMax = 100

    let reports: SpendReports

    @Sendable func answer(
        _ request: TopModelsRequest, _ call: Call
    ) async throws -> TopModelsResponse {
        let span = try DaySpan(from: request.from, through: request.through)
        let filter = try SpendFilter(wire: request.filters, ofCalls: true)
        let basis = try SpendReports.basis(request.basis, filter.attributes)
        let limit = request.limit == 0 ? Self.limitDefault : Int(request.limit)
        guard (1...Self.limitMax).contains(limit) else {
            throw ServiceError(
                .invalidArgument, "LIMIT_OUT_OF_RANGE", field: "limit",
                "The limit is 1 to \(Self.limitMax); 0 stands for \(Self.limitDefault).")
        }
        let spend = try await reports.spend(
            span, basis: basis, filter: filter,
            knownAt: try KnownAt.instant(wire: request.knownAt), call: call)
        return try Self.response(spend, limit: limit)
    }

    private struct ModelKey: Hashable {
        let provider: ExactText
        let model: ExactText
    }

    static func response(
        _ spend: SpendReports.Spend, limit: Int
    ) throws(ServiceError) -> TopModelsResponse {
        var sums: [ModelKey: SpendSum] = [:]
        var total = SpendSum()
        for row in spend.report.rows {
            let key = ModelKey(
                provider: ExactText(row.shared.set.provider),
                model: ExactText(row.shared.set.model))
            try sums[key, default: SpendSum()].add(row)
            try total.add(row)
        }
        let ordered = sums.sorted { left, right in
            if left.value.picos != right.value.picos {
                return left.value.picos > right.value.picos
            }
            if left.key.provider != right.key.provider {
                return left.key.provider < right.key.provider
            }
            return left.key.model < right.key.model
        }
        let top = ordered.prefix(limit)
        var shown = SpendSum()
        for (_, sum) in top { try shown.add(sum) }
        let other = try total.without(shown)
        let money = { (picos: Int128) in
            API.Money(Domain.Money(picos: picos, currency: spend.currency))
        }
        return TopModelsResponse(
            models: top.map { key, sum in
                ModelUsage(
                    provider: key.provider.text, model: key.model.text, cost: money(sum.picos),
                    requests: sum.requests, tokens: sum.tokens,
                    unpricedEntries: sum.unpricedEntries,
                    costShare: TagCoverage.share(of: sum.picos, in: total.picos),
                    requestShare: TagCoverage.share(
                        of: Int128(sum.requests), in: Int128(total.requests)))
            },
            other: money(other.picos), total: money(total.picos),
            completeness: spend.completeness, otherRequests: other.requests,
            totalRequests: total.requests)
    }
}
