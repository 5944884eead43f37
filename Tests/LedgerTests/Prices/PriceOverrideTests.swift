import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// What an organization's contracts say stands before list prices, and is exact.
struct PriceOverrideTests {
    private typealias Fixture = CatalogueFixture

    private static func override(
        _ number: Int64, _ pattern: String, _ terms: PriceOverride.Terms, tier: String = "",
        provider: String = "openai", from: Int64 = -10, to: Int64? = nil
    ) -> PriceOverride {
        PriceOverride(
            number: number, provider: provider, pattern: ModelPattern(pattern), serviceTier: tier,
            terms: terms, validFrom: Fixture.time.advanced(bySeconds: from),
            validTo: to.map { Fixture.time.advanced(bySeconds: $0) })
    }

    private static func multiplier(_ text: String) throws -> PriceOverride.Terms {
        .multiplier(try ExactDecimal(text))
    }

    private static func rates(_ rates: [QuantityClass: String]) throws -> PriceOverride.Terms {
        .rates(try rates.mapValues { Rate(try ExactDecimal($0), per: .million) })
    }

    private static func cost(
        _ usage: UsageToPrice, _ overrides: [PriceOverride]
    ) throws -> Cost {
        try CostCalculator(
            catalogue: Fixture.catalogue(), overrides: PriceOverrides(overrides)
        ).cost(of: usage)
    }

    /// The most exact pattern counts, then the named tier, then the newest; only in its span.
    @Test func theMostExactPatternCounts() throws {
        let any = try Self.multiplier("0.5")
        let overrides = [
            Self.override(1, "*", any), Self.override(2, "gpt-6*", any),
            Self.override(3, "gpt-6-sol", any), Self.override(4, "gpt-6*", any),
            Self.override(5, "gpt-6-astra", any, to: 0),
            Self.override(6, "gpt-6-astra", any, from: 1),
            Self.override(7, "gpt-4o", any, tier: "batch"), Self.override(8, "gpt-4o", any),
            Self.override(9, "*", any, provider: "anthropic"),
        ]
        let book = PriceOverrides(overrides)
        let cases: [(String, String, String, Int64?)] = [
            ("openai", "gpt-6-sol", "standard", 3), ("openai", "gpt-6-sol-2026-10-01", "flex", 3),
            ("openai", "gpt-6-luna", "standard", 4), ("openai", "gpt-6-astra", "standard", 4),
            ("openai", "gpt-4o", "batch", 7), ("openai", "gpt-4o", "standard", 8),
            ("openai", "o3", "standard", 1), ("anthropic", "o3", "standard", 9),
            ("xai", "grok-4.7", "standard", nil),
        ]
        for (provider, model, tier, number) in cases {
            let usage = Fixture.usage(provider, model, [.input: 1], tier: tier)
            #expect(book.override(of: usage, priced: nil)?.number == number, "\(model) \(tier)")
        }
    }

    /// A factor is on everything, regions and counted things included, and is rounded once.
    @Test func factorsAreOnAllThatACallCosts() throws {
        let usage = Fixture.usage(
            "anthropic", "claude-opus-5-5", [.webSearchRequest: 3, .input: 1_000_000], region: "us")
        let override = Self.override(
            7, "claude*", try Self.multiplier("0.85"), provider: "anthropic")
        // (4 × 1.1 + 0.03) × 0.85
        #expect(
            try Self.cost(usage, [override]) == .known(picos: 3_765_500_000_000, priceVersion: -7))
        let half = Self.override(1, "m", try Self.multiplier("0.5"), provider: "p")
        let rate = Rate(try ExactDecimal("0.000001"), per: .million)
        let calculator = CostCalculator(
            catalogue: PriceCatalogue(
                version: 1,
                versions: [
                    PriceVersion(
                        id: 1,
                        price: ModelPrice(
                            provider: "p", region: "", model: "m", currency: .usd,
                            base: [.input: rate, .output: rate]))
                ]),
            overrides: PriceOverrides([half]))
        // Half a pico each: rounded half-even once, 1 + 1 is 1, and 3 is 2.
        for (input, output, picos) in [(1, 1, 1), (1, 0, 0), (3, 0, 2)] as [(Int64, Int64, Int64)] {
            let usage = Fixture.usage("p", "m", [.input: input, .output: output])
            #expect(try calculator.cost(of: usage).picos == picos)
        }
    }

    /// Fixed prices hold at any length, tier and region; what they leave out costs list prices.
    @Test func fixedPricesStandBeforeListPrices() throws {
        let terms = try Self.rates([.input: "1.5", .output: "7"])
        let override = Self.override(3, "gpt-6-sol", terms)
        let usage = Fixture.usage(
            "openai", "gpt-6-sol",
            [.input: 1_000_000, .cacheRead: 1_000_000, .output: 100_000, .reasoning: 100_000],
            region: "us", tier: "priority")
        // 1.5 + cached at the list's long standard rate × 2 for priority × 1.1 + 0.2 × 7
        #expect(
            try Self.cost(usage, [override]) == .known(picos: 3_780_000_000_000, priceVersion: -3))
        let unlisted = Fixture.usage("openai", "my-own-model", [.input: 2_000_000])
        let own = Self.override(4, "my-own-*", terms)
        #expect(
            try Self.cost(unlisted, [own]) == .known(picos: 3_000_000_000_000, priceVersion: -4))
        let unfixed = Fixture.usage("openai", "my-own-model", [.cacheRead: 1])
        #expect(try Self.cost(unfixed, [own]).picos == 1_500_000)
        let image = Fixture.usage("openai", "my-own-model", [.init(rawValue: "image"): 1])
        #expect(try Self.cost(image, [own]) == .unpriced(.rateUnknown))
    }

    /// Row 7: a factor on no price is none.
    @Test func aFactorPricesNothingUnknown() throws {
        let override = Self.override(1, "*", try Self.multiplier("0"))
        let usage = Fixture.usage("openai", "gpt-99", [.input: 1])
        #expect(try Self.cost(usage, [override]) == .unpriced(.modelUnknown))
        let free = Fixture.usage("openai", "gpt-6-sol", [.input: 1])
        #expect(try Self.cost(free, [override]) == .known(picos: 0, priceVersion: -1))
    }

    /// For random usage and factors, the cost is the list's times the factor, rounded once.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func factorsAreExact(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let factor = Int64.random(in: 0...2_000_000, using: &random)
        let tokens = Int64.random(in: 0...1_000_000_000, using: &random)
        let decimal = try ExactDecimal(coefficient: Int128(factor), scale: 6)
        let usage = Fixture.usage("openai", "gpt-6-luna", [.output: tokens])
        let list = try #require(try Self.cost(usage, []).picos)
        let cost = try Self.cost(usage, [Self.override(1, "gpt-6-luna", .multiplier(decimal))])
        let exact = Int128(list) * Int128(factor)
        let whole = exact / 1_000_000
        let rest = exact % 1_000_000
        let isUp = rest > 500_000 || (rest == 500_000 && whole % 2 != 0)
        #expect(cost.picos == Int64(whole + (isUp ? 1 : 0)), "seed \(seed)")
    }

    /// Stored as they were said, numbered per organization, seen within a second and after a change at
    /// once; ended ones stay.
    @Test func overridesAreStoredPerOrganization() async throws {
        try await LedgerFixture.with { fixture in
            let now = LedgerFixture.now
            let organizations = [
                try await fixture.makeOrganization("acme"),
                try await fixture.makeOrganization("other"),
            ]
            let store = PriceCatalogueStore()
            let draft = { (terms: PriceOverride.Terms) in
                PriceOverrideBook.Draft(
                    provider: "openai", pattern: ModelPattern("gpt*"), serviceTier: "",
                    terms: terms, validFrom: now, validTo: nil, note: "n")
            }
            let terms = [try Self.multiplier("0.85"), try Self.rates([.input: "1.5"])]
            var made: [PriceOverride] = []
            for organization in organizations {
                let book = PriceOverrideBook(organization: organization)
                for terms in terms {
                    let new = draft(terms)
                    made.append(
                        try await Self.acting(fixture, organization) {
                            try await book.add(new, in: $0, now: now)
                        }.override)
                }
            }
            #expect(made.map(\.number) == [1, 2, 1, 2])
            let load = { (now: Instant) in
                try await Self.acting(fixture, organizations[0]) {
                    try await store.calculator(of: organizations[0], in: $0, now: now)
                }.overrides.all
            }
            #expect(try await load(now) == Array(made.prefix(2)))
            let book = PriceOverrideBook(organization: organizations[0])
            let end = now.advanced(bySeconds: 5)
            let ended = try await Self.acting(fixture, organizations[0]) {
                try await book.end(1, at: end, in: $0, now: now)
            }
            #expect(ended.after.override.validTo == end)
            #expect(try await load(now.advanced(byMicroseconds: 999_999)).first?.validTo == nil)
            #expect(try await load(now.advanced(bySeconds: 1)).first?.validTo == end)
            await #expect(throws: ServiceError(.failedPrecondition, "PRICE_OVERRIDE_ENDED", "")) {
                try await Self.acting(fixture, organizations[0]) {
                    try await book.end(1, at: end, in: $0, now: end)
                }
            }
            await #expect(throws: ServiceError(.notFound, "PRICE_OVERRIDE_NOT_FOUND", "")) {
                try await Self.acting(fixture, organizations[0]) {
                    try await book.end(3, at: end, in: $0, now: now)
                }
            }
        }
    }

    private static func acting<R: Sendable>(
        _ fixture: LedgerFixture, _ organization: OrganizationID,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await fixture.pool.transaction(
            TransactionOptions(
                role: "tally_service", organization: PostgresUUID(organization)), body)
    }
}
