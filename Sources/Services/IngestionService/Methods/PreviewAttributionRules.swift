import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// What rules would have made of a span's spend; nothing is stored.
struct PreviewAttributionRules: Sendable {
    private static let limitDefault = 20
    /// With as many dimensions as one version of rules can derive, the answer fits a frame.
    private static let limitMax = 100

    let reports: SpendReports

    @Sendable func answer(
        _ request: PreviewAttributionRulesRequest, _ call: Call
    ) async throws -> PreviewAttributionRulesResponse {
        let span = try DaySpan(from: request.from, through: request.through)
        let basis = try Domain.Basis(wire: request.basis)
        let rules = try AttributionRules(wire: request.rules)
        let limit = request.limit == 0 ? Self.limitDefault : Int(request.limit)
        guard (1...Self.limitMax).contains(limit) else {
            throw ServiceError(
                .invalidArgument, "LIMIT_OUT_OF_RANGE", field: "limit",
                "The limit is 1 to \(Self.limitMax); 0 stands for \(Self.limitDefault).")
        }
        let spend = try await reports.spend(
            span, basis: basis, needsUsers: true, call: call)
        return try Self.response(rules, spend, limit: limit)
    }

    /// - Throws: `AMOUNT_OUT_OF_RANGE`; `CancellationError` where the call is given up.
    static func response(
        _ rules: AttributionRules, _ spend: SpendReports.Spend, limit: Int
    ) throws -> PreviewAttributionRulesResponse {
        // Sets are far fewer than rows.
        var sets: [DimensionSet: SpendSum] = [:]
        var total = SpendSum()
        var notOfEvents = SpendSum()
        for row in spend.report.rows {
            try total.add(row)
            if row.isOfEvents {
                try sets[row.dimensions, default: SpendSum()].add(row)
            } else {
                try notOfEvents.add(row)
            }
        }
        var effects: [AttributionTarget: Effect] = [:]
        for target in rules.targets { effects[target] = Effect() }
        var sums: [ExactText: SpendSum] = [:]
        for (set, sum) in sets {
            try Task.checkCancellation()
            let after = rules.attribute(set.asSent, version: 0)
            for derived in after.attribution?.derived ?? [] {
                try sums[derived.rule, default: SpendSum()].add(sum)
            }
            let recorded = set.attribution?.derived.map(\.target) ?? []
            for target in Set(rules.targets + recorded) {
                try effects[target, default: Effect()].add(
                    sum, from: UsageValue(set.value(of: target)),
                    to: UsageValue(after.value(of: target)))
            }
        }
        let dimensions = effects.map { (name: $0.key.text, effect: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return PreviewAttributionRulesResponse(
            dimensions: try dimensions.map {
                try $0.effect.message($0.name, of: total, spend.currency, limit: limit)
            },
            rules: rules.list.map {
                AttributionRuleEffect(
                    name: $0.name.text,
                    figures: (sums[$0.name] ?? SpendSum()).figures(spend.currency))
            },
            total: total.figures(spend.currency),
            notOfEvents: notOfEvents.figures(spend.currency),
            completeness: API.Completeness(spend.report.completeness))
    }

    /// What moves by one dimension.
    private struct Effect {
        private struct Move: Hashable {
            let before: UsageValue
            let after: UsageValue
        }

        private var moves: [Move: SpendSum] = [:]

        mutating func add(
            _ sum: SpendSum, from before: UsageValue, to after: UsageValue
        ) throws(ServiceError) {
            guard before != after else { return }
            try moves[Move(before: before, after: after), default: SpendSum()].add(sum)
        }

        func message(
            _ dimension: String, of total: SpendSum, _ currency: Currency, limit: Int
        ) throws(ServiceError) -> AttributionEffect {
            let ordered = moves.sorted { left, right in
                let sizes = (left.value.picos.magnitude, right.value.picos.magnitude)
                if sizes.0 != sizes.1 { return sizes.0 > sizes.1 }
                return (left.key.before, left.key.after) < (right.key.before, right.key.after)
            }
            var moved = SpendSum()
            var other = SpendSum()
            for (position, move) in ordered.enumerated() {
                try moved.add(move.value)
                if position >= limit { try other.add(move.value) }
            }
            return AttributionEffect(
                dimension: dimension,
                moves: ordered.prefix(limit).map { move, sum in
                    AttributionMove(
                        before: DimensionValue(move.before), after: DimensionValue(move.after),
                        figures: sum.figures(currency))
                },
                other: other.figures(currency), otherMoves: Int64(max(0, ordered.count - limit)),
                moved: moved.figures(currency),
                unchanged: try total.without(moved).figures(currency))
        }
    }
}

extension UsageValue {
    /// Of a dimension that rules may derive.
    init(_ value: String?) {
        self = value.map { .value(ExactText($0)) } ?? .absent
    }
}
