import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Events that name a connection, beside what its provider's report shows of the same calls.
struct OverlapTests {
    private static let connection = ConnectionID(UUIDv7(high: 1, low: 2))
    private static let day = RandomMonth.firstDay
    private static let settled = day.advanced(bySeconds: 4 * 86_400)

    private static func dimensions(
        _ provider: String, _ model: String, context: String = "", project: String = "p"
    ) -> DimensionSet {
        DimensionSet(
            provider: provider, model: model, serviceTier: "standard", contextTier: context,
            project: project, connectionID: connection)
    }

    private static func usage(
        hour: Int64, _ dimensions: DimensionSet, _ quantities: [QuantityClass: Int64],
        isUnpriced: Bool = false
    ) -> RollupRow {
        let quantities = UsageQuantities(quantities.map { Quantity($0.key, $0.value) })
        return RollupRow(
            start: day.advanced(bySeconds: hour * 3600), kind: .providerUsage,
            dimensions: dimensions, amount: .zero(.usd), quantities: quantities,
            unpricedEntries: isUnpriced ? 1 : 0,
            unpricedTokens: isUnpriced ? quantities.totalTokens ?? 0 : 0)
    }

    /// What the ledger makes of one event; its amount is left out, so that only the rest shows.
    private static func event(
        hour: Int64, _ dimensions: DimensionSet, _ quantities: [QuantityClass: Int64],
        feature: String = "", count: Int64 = 1
    ) throws -> RollupRow {
        var dimensions = dimensions
        dimensions.feature = feature
        let single = UsageQuantities(quantities.map { Quantity($0.key, $0.value) })
        let priced = try PricedEvent(
            LedgerEvent(id: "1", time: day, dimensions: dimensions, quantities: single),
            calculator: CostCalculator(catalogue: CatalogueFixture.catalogue()), keys: AwayKeys())
        dimensions.contextTier = priced.contextTier
        return RollupRow(
            start: day.advanced(bySeconds: hour * 3600), kind: .event,
            dimensions: dimensions, amount: .zero(.usd),
            quantities: UsageQuantities(
                quantities.map { Quantity($0.key, $0.value * count) }))
    }

    private static func charge(
        _ picos: Int128, _ dimensions: DimensionSet, _ chargeClass: QuantityClass?,
        line: String = "line", recorded: Int64 = 0
    ) -> RollupRow {
        var dimensions = dimensions
        dimensions.chargeClass = chargeClass
        dimensions.lineItem = line
        return RollupRow(
            start: day, kind: .charge, dimensions: dimensions,
            amount: Money(picos: picos, currency: .usd),
            lastRecordedAt: day.advanced(bySeconds: recorded))
    }

    private static func resolve(
        _ rows: [RollupRow], _ basis: Basis, now: Instant = settled
    ) throws -> [SpendRow] {
        let reading = ConnectionReading(
            id: connection, displayName: "c", usageThrough: now, costsThrough: now,
            usageReadAt: now, costsReadAt: now, lastReadAt: nil)
        return try EffectiveCost(catalogue: CatalogueFixture.catalogue()).resolve(
            rows, connections: [reading], basis: basis, now: now
        ).sorted {
            ($0.start, $0.dimensions.canonicalText) < ($1.start, $1.dimensions.canonicalText)
        }
    }

    private static func picos(_ rows: [SpendRow]) -> [Int128] {
        rows.map(\.amount.picos).filter { $0 != 0 }
    }

    /// Anthropic bills each lifetime of a cache write by itself, OpenAI all together: events of
    /// one lifetime stand for another only at OpenAI.
    @Test func cacheWritesOverlapAsTheyAreBilled() throws {
        // 8 USD per million for an hour at Anthropic, 2.5 and 5 for 30 minutes and 12 hours here.
        let opus = Self.dimensions("anthropic", "claude-opus-5-5", context: "0-200k")
        let anthropic = [
            Self.usage(hour: 9, opus, [.cacheWrite5m: 100, .cacheWrite1h: 100]),
            try Self.event(hour: 1, opus, [.cacheWrite5m: 100]),
        ]
        #expect(Self.picos(try Self.resolve(anthropic, .metered)) == [800_000_000])
        let sol = Self.dimensions("openai", "gpt-6-sol")
        let openAI = [
            Self.usage(hour: 9, sol, [.cacheWrite30m: 100, .cacheWrite12h: 100]),
            try Self.event(hour: 1, sol, [.cacheWrite30m: 100]),
        ]
        #expect(Self.picos(try Self.resolve(openAI, .metered)) == [375_000_000])
    }

    /// A request with a long prompt stands for usage of that tier; the short usage is unmetered.
    @Test func longPromptsOverlapLongUsage() throws {
        let short = Self.dimensions("anthropic", "claude-opus-5-5", context: "0-200k")
        let long = Self.dimensions("anthropic", "claude-opus-5-5", context: "200k-1M")
        let sent = Self.dimensions("anthropic", "claude-opus-5-5")
        let rows = [
            Self.usage(hour: 8, short, [.input: 1_000]),
            Self.usage(hour: 9, long, [.input: 300_000]),
            try Self.event(hour: 1, sent, [.input: 200_001, .cacheRead: 1]),
            try Self.event(hour: 2, sent, [.input: 99_999, .cacheRead: 100_002]),
        ]
        #expect(Self.picos(try Self.resolve(rows, .metered)) == [4_000_000_000])
    }

    /// The report's tier and the price's threshold need not agree: both are kept, and neither
    /// is content of the event.
    @Test func eventsRememberBothTiers() throws {
        let cases: [(provider: String, model: String, input: Int64, tier: String)] = [
            ("anthropic", "claude-haiku-5-5", 100_000, "0-200k"),
            ("anthropic", "claude-haiku-5-5", 100_001, "0-200k+long"),
            ("anthropic", "claude-haiku-5-5", 200_000, "0-200k+long"),
            ("anthropic", "claude-haiku-5-5", 200_001, "200k-1M+long"),
            ("anthropic", "claude-opus-5-5", 200_001, "200k-1M"),
            ("anthropic", "unheard-of", 200_001, "200k-1M"),
            ("openai", "gpt-6-sol", 272_000, ""), ("openai", "gpt-6-sol", 272_001, "+long"),
            ("openai", "unheard-of", 272_001, ""),
        ]
        for (provider, model, input, tier) in cases {
            let row = try Self.event(
                hour: 0, Self.dimensions(provider, model), [.input: input])
            #expect(row.dimensions.contextTier == tier, "\(model) \(input)")
            let context = ContextTier(tier)
            #expect(context.text == tier)
            #expect(context.isLongEvent == tier.hasSuffix("+long"))
        }
        let event = LedgerEvent(
            id: "1", time: Self.day, dimensions: Self.dimensions("openai", "gpt-6-sol"),
            quantities: UsageQuantities([Quantity(.input, 272_001)]))
        let priced = try PricedEvent(
            event, calculator: CostCalculator(catalogue: CatalogueFixture.catalogue()),
            keys: AwayKeys())
        var hasher = try EntryHasher()
        let key = try hasher.key(of: event, under: AwayKeys())
        #expect(priced.key == key)
    }

    /// A bill's share of long requests weighs at their own rates, here twice the others'.
    @Test func longRequestsShareTheBillAtLongRates() throws {
        let sol = Self.dimensions("openai", "gpt-6-sol")
        let rows = [
            Self.usage(hour: 9, sol, [.input: 600_000]),
            try Self.event(hour: 1, sol, [.input: 300_000]),
            try Self.event(hour: 2, sol, [.input: 150_000], count: 2),
            Self.charge(300, sol, .input),
        ]
        #expect(Self.picos(try Self.resolve(rows, .billed)) == [200, 100])
    }

    /// Searches are one line of a project's bill, whatever model, tier and region they were made in.
    @Test func searchesOverlapAcrossModels() throws {
        let opus = Self.dimensions("anthropic", "claude-opus-5-5", context: "0-200k")
        let sonnet = Self.dimensions("anthropic", "claude-sonnet-5-5", context: "200k-1M")
        let rows = [
            Self.usage(hour: 8, opus, [.webSearchRequest: 10]),
            Self.usage(hour: 9, sonnet, [.webSearchRequest: 10]),
            try Self.event(hour: 1, opus, [.webSearchRequest: 15]),
        ]
        // A quarter of 20 searches at a cent, half of it for each row.
        #expect(Self.picos(try Self.resolve(rows, .metered)) == [25_000_000_000, 25_000_000_000])
    }

    /// A row with one class that has no rate is unpriced as a whole: no class of it is worth
    /// anything, and its neighbours in the cell stay worth what they are.
    @Test func unpricedRowsAreWorthNothing() throws {
        let haiku = Self.dimensions("anthropic", "claude-haiku-4-5", context: "0-200k")
        let rows = [
            Self.usage(hour: 8, haiku, [.input: 100, .webSearchRequest: 3], isUnpriced: true),
            Self.usage(hour: 9, haiku, [.input: 100]),
            try Self.event(hour: 1, haiku, [.input: 40]),
        ]
        let spend = try Self.resolve(rows, .metered)
        // (200 − 40) ÷ 200 of 100 tokens at a dollar per million.
        #expect(Self.picos(spend) == [80_000_000])
        #expect(spend.reduce(0) { $0 + $1.unpricedEntries } == 1)
        #expect(spend.reduce(0) { $0 + $1.unpricedTokens } == 100)
        let known = [Self.usage(hour: 7, haiku, [.outputUnsplit: 1])] + rows.dropFirst()
        #expect(try Self.resolve(known, .metered).allSatisfy { $0.unpricedEntries == 0 })
    }

    /// A row without a rate makes the whole cell share by quantity.
    @Test func unknownRatesMakeTheCellShareByQuantity() throws {
        let haiku = Self.dimensions("anthropic", "claude-haiku-4-5", context: "0-200k")
        let opus = Self.dimensions("anthropic", "claude-opus-5-5", context: "0-200k")
        let searches = Self.dimensions("anthropic", "")
        let rows = [
            Self.usage(hour: 8, haiku, [.webSearchRequest: 1], isUnpriced: true),
            Self.usage(hour: 9, opus, [.webSearchRequest: 3]),
            Self.charge(400, searches, .webSearchRequest),
        ]
        #expect(Self.picos(try Self.resolve(rows, .billed)) == [100, 300])
    }

    /// A bill whose sum is beyond 128 bits is an error, never the end of the process.
    @Test func billsBeyondTheRangeAreRefused() throws {
        let sol = Self.dimensions("openai", "gpt-6-sol")
        let rows = [Self.charge(.max, sol, .input), Self.charge(.max, sol, .input)]
        #expect(throws: ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", "")) {
            try Self.resolve(rows, .billed)
        }
        let lines = [Self.charge(.max, sol, nil, line: "a"), Self.charge(.max, sol, nil)]
        #expect(throws: Never.self) { try Self.resolve(lines, .billed) }
        let usage = Self.usage(hour: 1, sol, [.input: 1])
        let met = [
            usage, Self.charge(.max, sol, .input, line: "a"), Self.charge(.max, sol, .input),
        ]
        #expect(throws: ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", "")) {
            try Self.resolve(met, .billed)
        }
    }

    /// A line that arrives after a day's first read is a change, like a correction: the day is not
    /// final until three days later.
    @Test func lateLinesReopenADay() throws {
        let sol = Self.dimensions("openai", "gpt-6-sol")
        let late: Int64 = 4 * 86_400 + 60
        let first = [
            Self.charge(10, sol, .input, line: "a", recorded: 90_000),
            Self.charge(20, sol, .input, line: "b", recorded: 90_000),
        ]
        let then = first + [Self.charge(5, sol, .input, line: "c", recorded: late)]
        let sum = { (rows: [RollupRow], now: Instant) in
            try Self.resolve(rows, .effective, now: now).reduce(Int128(0)) { $0 + $1.amount.picos }
        }
        let read = Self.day.advanced(bySeconds: late)
        #expect(try sum(first, read) == 30)
        let settled = read.advanced(bySeconds: 3 * 86_400)
        #expect(try sum(then, settled.advanced(byMicroseconds: -1)) == 0)
        #expect(try sum(then, settled) == 35)
        let report = try SpendReport(
            rollups: then,
            connections: [
                ConnectionReading(
                    id: Self.connection, displayName: "c", usageThrough: read, costsThrough: read,
                    usageReadAt: read, costsReadAt: read, lastReadAt: read)
            ], catalogue: CatalogueFixture.catalogue(), window: Self.day..<read,
            basis: .effective, now: read)
        #expect(report.completeness.finalThrough == Self.day)
    }

    /// Names that look alike and differ in their bytes are two, in whatever order rows come.
    @Test func namesThatLookAlikeStayApart() throws {
        let composed = Self.dimensions("openai", "gpt-6-sol", project: "caf\u{e9}")
        let decomposed = Self.dimensions("openai", "gpt-6-sol", project: "cafe\u{301}")
        let rows = [
            Self.usage(hour: 8, composed, [.input: 10]),
            Self.usage(hour: 9, decomposed, [.input: 10]),
            Self.charge(100, composed, .input), Self.charge(7, decomposed, .input),
        ]
        #expect(Self.picos(try Self.resolve(rows, .billed)) == [100, 7])
        #expect(Self.picos(try Self.resolve(rows.reversed(), .billed)) == [100, 7])
    }
}
