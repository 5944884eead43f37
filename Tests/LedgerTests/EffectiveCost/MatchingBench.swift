import Core
import Domain
import Testing

@testable import Ledger

/// Events and reported usage of one connection's day, at the catalogue's prices.
enum MatchingBench {
    static let connection = ConnectionID(UUIDv7(high: 1, low: 2))
    static let day = RandomMonth.firstDay
    static let settled = day.advanced(bySeconds: 4 * 86_400)
    /// Read once: each row asks for it.
    static let catalogue = Result { try CatalogueFixture.catalogue() }

    /// What tells calls apart, but for their connection.
    struct Words: Hashable {
        var provider = "openai"
        var project = "proj_1"
        var model = "gpt-4o-2024-08-06"
        var tier = "standard"
        var region = ""

        func changed(_ change: (inout Words) -> Void) -> Words {
            var words = self
            change(&words)
            return words
        }
    }

    /// With the amount that its quantities come to by the prices of its words.
    static func row(
        _ kind: RollupRow.Kind, _ words: Words, _ quantities: [QuantityClass: Int64],
        hour: Int64 = 0, requests: Int64 = 1
    ) throws -> RollupRow {
        let context = words.provider == "anthropic" ? "0-200k" : ""
        let dimensions = DimensionSet(
            provider: words.provider, model: words.model, region: words.region,
            serviceTier: words.tier, contextTier: context, project: words.project,
            source: kind == .event ? "gateway" : "report", connectionID: connection)
        let amounts = UsageQuantities(quantities.map { Quantity($0.key, $0.value) })
        let cost = try CostCalculator(catalogue: catalogue.get()).cost(
            of: UsageToPrice(
                dimensions, granularity: .aggregate, time: day, quantities: amounts,
                state: .reported))
        return RollupRow(
            start: day.advanced(bySeconds: hour * 3_600), kind: kind, dimensions: dimensions,
            amount: Money(picos: Int128(cost.picos ?? 0), currency: .usd), requests: requests,
            quantities: amounts, unpricedEntries: cost.picos == nil ? 1 : 0,
            unpricedTokens: cost.picos == nil ? amounts.totalTokens ?? 0 : 0)
    }

    static let reading = ConnectionReading(
        id: connection, displayName: "c", usageThrough: settled, costsThrough: settled,
        usageReadAt: settled, costsReadAt: settled, lastReadAt: nil)

    static func metered(_ rows: [RollupRow], _ basis: Basis = .metered) throws -> [SpendRow] {
        try EffectiveCost(catalogue: catalogue.get()).resolve(
            rows, connections: [reading], basis: basis, now: settled)
    }

    static func sum(_ rows: [SpendRow]) -> Int128 {
        rows.reduce(0) { $0 + $1.amount.picos }
    }

    static func sum(_ rows: [RollupRow]) -> Int128 {
        rows.reduce(0) { $0 + $1.amount.picos }
    }

    /// A line of the usage's bill.
    static func charge(
        _ picos: Int128, _ usage: RollupRow, _ change: (inout DimensionSet) -> Void = { _ in }
    ) -> RollupRow {
        var charge = usage
        charge.kind = .charge
        charge.dimensions.chargeClass = .input
        charge.dimensions.serviceTier = ""
        charge.amount = Money(picos: picos, currency: .usd)
        change(&charge.dimensions)
        return charge
    }

    static func reconciled(_ rows: [RollupRow]) throws -> Reconciliation {
        try Reconciler(calculator: CostCalculator(catalogue: catalogue.get())).reconcile(
            rows, of: reading, now: settled)
    }
}
