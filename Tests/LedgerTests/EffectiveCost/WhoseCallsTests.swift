import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Whose calls events are that do not say it in the provider's words.
struct WhoseCallsTests {
    private typealias Bench = MatchingBench
    private typealias Words = MatchingBench.Words

    /// Two keys that name no project have each its share of every project's bill, whenever they called.
    @Test func keysShareWhatNeitherNames() throws {
        let usage = try ["proj_1", "proj_2"].map {
            try Bench.row(.providerUsage, Words(project: $0), [.input: 1_000])
        }
        let bill = [Bench.charge(3_000, usage[0]), Bench.charge(1_000, usage[1])]
        let calls: [(key: String, tokens: Int64)] = [
            ("a", 100), ("b", 300), ("a", 300), ("b", 100),
        ]
        for hours in [[1, 2, 3, 4], [4, 3, 2, 1], [2, 1, 4, 3], [1, 3, 2, 4]] as [[Int64]] {
            let events = try zip(calls, hours).map { call, hour in
                var row = try Bench.row(
                    .event, Words(project: ""), [.input: call.tokens], hour: hour)
                row.dimensions.apiKeyID = call.key
                return row
            }
            let spend = try Bench.metered(usage + events + bill, .billed)
            for key in ["a", "b"] {
                // 400 of 1,000 tokens of each project are of events, and half of those this key's.
                let own = spend.filter { $0.dimensions.apiKeyID == key }
                #expect(Bench.sum(own) == 600 + 200, "\(key), \(hours)")
            }
            #expect(Bench.sum(spend) == 4_000)
        }
    }

    /// A model that only a contract prices is one of its own, and so no alias of the report's; names that a
    /// pattern of many begins are not.
    @Test func modelsOfContractsAreTheirOwn() throws {
        let usage = try Bench.row(.providerUsage, Words(), [.input: 1_000])
        var event = try Bench.row(.event, Words(model: "ours-1"), [.input: 400])
        #expect(event.unpricedEntries == 1)
        event.amount = Money(picos: 400 * 3_000_000, currency: .usd)
        event.unpricedEntries = 0
        event.unpricedTokens = 0
        let fixed = PriceOverride.Terms.rates([
            .input: Rate(try ExactDecimal("3"), per: .million)
        ])
        let cases: [(pattern: String, terms: PriceOverride.Terms, isItsOwn: Bool)] = [
            ("ours-1", fixed, true), ("ours-*", fixed, false), ("other", fixed, false),
            ("ours-1", .multiplier(try ExactDecimal("0.8")), false),
        ]
        for (pattern, terms, isItsOwn) in cases {
            let contract = PriceOverride(
                number: 1, provider: "openai", pattern: ModelPattern(pattern), terms: terms,
                validFrom: Bench.day)
            let calculator = CostCalculator(
                catalogue: try Bench.catalogue.get(), overrides: PriceOverrides([contract]))
            let spend = try EffectiveCost(calculator: calculator).resolve(
                [usage, event], connections: [Bench.reading], basis: .metered, now: Bench.settled)
            #expect(
                spend.reduce(0) { $0 + $1.tokens } == (isItsOwn ? 1_400 : 1_000), "\(pattern)")
        }
    }
}
