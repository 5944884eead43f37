import Core
import Domain
import Ledger
import TestSupport

/// Usage, events and bills of a few days, the same for the same seed.
struct RandomMonth {
    static let firstDay = Instant(seconds: 1_795_046_400)  // 2026-11-19T00:00:00Z
    static let dayCount = 5

    private var random: SeededRandom
    let connections: [ConnectionID]
    private(set) var rows: [RollupRow] = []

    private static let models = ["gpt-6-sol", "gpt-6-luna", "o3", "unheard-of"]
    private static let projects = ["alpha", "beta", ""]
    private static let classes: [QuantityClass] = [
        .input, .cacheRead, .cacheWrite30m, .cacheWrite12h, .outputUnsplit, .reasoning,
    ]
    private static let chargeClasses: [QuantityClass?] = [
        .input, .cacheRead, .cacheWrite, .output, nil,
    ]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var identifiers = random
        connections = (0..<2).map { _ in
            ConnectionID(UUIDv7(high: identifiers.next(), low: identifiers.next()))
        }
        for connection in connections {
            for day in 0..<Self.dayCount {
                for _ in 0..<Int.random(in: 0...12, using: &random) {
                    addUsage(connection, day: day)
                }
                for _ in 0..<Int.random(in: 0...4, using: &random) {
                    addCharge(connection, day: day)
                }
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    addEvent(connection, day: day)
                }
            }
        }
        for day in 0..<Self.dayCount {
            for _ in 0..<Int.random(in: 0...5, using: &random) { addEvent(nil, day: day) }
        }
    }

    private static func start(day: Int, quarter: Int) -> Instant {
        firstDay.advanced(bySeconds: Int64(day) * 86_400 + Int64(quarter) * 900)
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private mutating func quantities() -> UsageQuantities {
        var quantities = UsageQuantities()
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            quantities[pick(Self.classes)] = Int64.random(in: 0...5_000_000, using: &random)
        }
        return quantities
    }

    private mutating func addUsage(_ connection: ConnectionID, day: Int) {
        add(
            .providerUsage, start: Self.start(day: day, quarter: 4 * pick(Array(0..<24))),
            DimensionSet(
                provider: "openai", model: pick(Self.models),
                serviceTier: pick(["standard", "batch"]),
                project: pick(Self.projects), apiKeyID: pick(["k1", "k2"]),
                source: "openai-usage", connectionID: connection),
            amount: Int128.random(in: 0...9_000_000_000_000, using: &random))
    }

    private mutating func addEvent(_ connection: ConnectionID?, day: Int) {
        add(
            .event, start: Self.start(day: day, quarter: pick(Array(0..<96))),
            DimensionSet(
                provider: "openai", model: pick(Self.models), serviceTier: "standard",
                project: pick(Self.projects), feature: pick(["chat", "search"]),
                source: "gateway", connectionID: connection),
            amount: Int128.random(in: 0...9_000_000_000, using: &random))
    }

    private mutating func add(
        _ kind: RollupRow.Kind, start: Instant, _ dimensions: DimensionSet, amount: Int128
    ) {
        let quantities = quantities()
        let isUnpriced = dimensions.model == "unheard-of"
        rows.append(
            RollupRow(
                start: start, kind: kind, dimensions: dimensions,
                amount: Money(picos: isUnpriced ? 0 : amount, currency: .usd),
                requests: Int64.random(in: 1...50, using: &random), quantities: quantities,
                unpricedEntries: isUnpriced ? 1 : 0,
                unpricedTokens: isUnpriced ? quantities.totalTokens ?? 0 : 0))
    }

    private mutating func addCharge(_ connection: ConnectionID, day: Int) {
        let chargeClass = pick(Self.chargeClasses)
        let model = chargeClass == nil ? "" : pick(Self.models)
        rows.append(
            RollupRow(
                start: Self.start(day: day, quarter: 0), kind: .charge,
                dimensions: DimensionSet(
                    provider: "openai", model: model, project: pick(Self.projects),
                    source: "openai-costs", connectionID: connection,
                    lineItem: "\(model), \(chargeClass?.rawValue ?? "fee")",
                    chargeClass: chargeClass),
                amount: Money(
                    picos: Int128.random(
                        in: -1_000_000_000_000...99_000_000_000_000, using: &random),
                    currency: pick([.usd, .usd, .usd, .eur]))))
    }
}
