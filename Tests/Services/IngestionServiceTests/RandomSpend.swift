import API
import Core
import Domain
import Ledger
import TestSupport

@testable import IngestionService

/// Events, usage and bills of a span of days with all that tells them apart, the same for the same
/// seed.
struct RandomSpend {
    let span: DaySpan
    let zone: OrganizationZone
    private(set) var rollups: [RollupRow] = []
    private let connection: ConnectionID
    private var random: SeededRandom

    private static let texts = ["", "", "alpha", "beta", "gamma", "caf\u{E9}", "cafe\u{301}"]

    init(seed: UInt64, span: DaySpan, zone: OrganizationZone, rowCount: Int = 150) {
        random = SeededRandom(seed: seed)
        self.span = span
        self.zone = zone
        connection = ConnectionID(UUIDv7(high: random.next(), low: random.next()))
        let bounds = span.bounds(in: zone)
        let first = bounds.lowerBound.seconds
        let quarters = (bounds.upperBound.seconds - first) / 900
        for _ in 0..<rowCount {
            let start = first + 900 * Int64.random(in: 0..<quarters, using: &random)
            add(start: Instant(seconds: start))
        }
    }

    private mutating func text() -> String {
        Self.texts[Int.random(in: Self.texts.indices, using: &random)]
    }

    private mutating func tags() -> [DimensionSet.Tag] {
        var tags: [DimensionSet.Tag] = []
        for key in ["env", "team", "caf\u{E9}"] where Bool.random(using: &random) {
            tags.append(.init(key: key, value: text()))
        }
        return tags
    }

    private mutating func add(start: Instant) {
        let kind: RollupRow.Kind = [.event, .event, .providerUsage, .charge][
            Int.random(in: 0..<4, using: &random)]
        let isUnpriced = kind != .charge && Int.random(in: 0..<5, using: &random) == 0
        let isConnected = kind != .event || Bool.random(using: &random)
        let isEvent = kind == .event
        let dimensions = DimensionSet(
            provider: ["openai", "anthropic"][Int.random(in: 0..<2, using: &random)],
            model: ["gpt-6-sol", "o3", ""][Int.random(in: 0..<3, using: &random)],
            requestedModel: text(), operation: isEvent ? "chat" : "", region: text(),
            serviceTier: ["standard", "batch"][Int.random(in: 0..<2, using: &random)],
            project: text(), apiKeyID: text(), user: text(), feature: text(), customer: text(),
            team: text(), environment: text(), source: isEvent ? "gateway" : "openai-usage",
            connectionID: isConnected ? connection : nil,
            chargeClass: kind == .charge ? .input : nil, tags: isEvent ? tags() : [])
        let tokens = Int64.random(in: 0...1_000_000, using: &random)
        // A bill is for a day of UTC.
        let utcDay = Instant(seconds: start.seconds / 86_400 * 86_400)
        rollups.append(
            RollupRow(
                start: kind == .charge ? utcDay : start, kind: kind, dimensions: dimensions,
                amount: Money(
                    picos: isUnpriced
                        ? 0 : Int128.random(in: -1_000_000...9_000_000_000_000, using: &random),
                    currency: .usd),
                requests: kind == .charge ? 0 : Int64.random(in: 0...50, using: &random),
                quantities: kind == .charge
                    ? UsageQuantities() : UsageQuantities([Quantity(.input, tokens)]),
                unpricedEntries: isUnpriced ? 1 : 0, unpricedTokens: isUnpriced ? tokens : 0))
    }

    /// The spend on a basis, long after the span.
    func spend(_ basis: Domain.Basis) throws -> SpendReports.Spend {
        let bounds = span.bounds(in: zone)
        let now = bounds.upperBound.advanced(bySeconds: 30 * 86_400)
        let reading = ConnectionReading(
            id: connection, displayName: "OpenAI", usageThrough: now, costsThrough: now,
            usageReadAt: now, costsReadAt: now, lastReadAt: now)
        return .init(
            zone: zone, currency: .usd,
            report: try SpendReport(
                rollups: rollups, connections: [reading], catalogue: .empty, window: bounds,
                basis: basis, now: now))
    }
}
