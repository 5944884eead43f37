import Core
import Domain
import Ledger
import Testing

struct CostCalculatorTests {
    private typealias Fixture = CatalogueFixture

    /// Rows 5 and 8: the worked examples, to the last digit.
    @Test(
        arguments: [
            (
                "openai", "gpt-6-astra", "", "standard",
                [.input: 80_000, .cacheRead: 200_000, .cacheWrite30m: 20_000, .output: 5_000],
                "2.875"
            ),
            (
                "openai", "gpt-6-astra", "", "standard",
                [.input: 80_000, .cacheRead: 172_000, .cacheWrite30m: 20_000, .output: 5_000],
                "1.472"
            ),
            ("anthropic", "claude-opus-5-5", "", "standard", opus, "0.052"),
            ("anthropic", "claude-opus-5-5", "", "batch", opus, "0.026"),
            ("anthropic", "claude-opus-5-5", "us", "standard", opus, "0.0572"),
            ("anthropic", "claude-opus-5-5", "us", "batch", opus, "0.0286"),
            (
                "deepseek", "deepseek-flash", "", "standard",
                [.input: 4_000, .cacheRead: 6_000, .output: 1_000], "0.002436"
            ),
            ("azure", "gpt-5.4", "us", "standard", [.input: 1_000_000], "5.50"),
            ("azure", "gpt-5.4", "", "standard", [.input: 1_000_000], "5.00"),
            ("azure", "gpt-5.4", "eu", "standard", [.input: 100_000], "0.25"),
            ("azure", "gpt-6-astra", "", "standard", [.output: 1_000_000], "50.00"),
            ("anthropic", "claude-sonnet-4-5-20250929", "", "standard", [.input: 1_000], "0.003"),
            ("openai", "gpt-6-sol-2026-10-01", "eu", "standard", [.input: 1_000], "0.0022"),
        ] as [(String, String, String, String, [QuantityClass: Int64], String)])
    func workedExamples(
        provider: String, model: String, region: String, tier: String,
        quantities: [QuantityClass: Int64], expected: String
    ) throws {
        let usage = Fixture.usage(provider, model, quantities, region: region, tier: tier)
        #expect(try Fixture.cost(of: usage) == expected)
    }

    private static let opus: [QuantityClass: Int64] = [
        .input: 1_500, .cacheRead: 20_000, .cacheWrite5m: 4_000, .cacheWrite1h: 1_000,
        .output: 700,
    ]

    /// Row 8: one token below, at and above the threshold; Google and xAI begin at it.
    @Test(
        arguments: [
            ("openai", "gpt-6-sol", 272_000, [2, 2, 4]), ("xai", "grok-4.7", 200_000, [2, 4, 4]),
            ("google-gemini-api", "gemini-2.5-pro", 200_000, [1.25, 2.5, 2.5]),
            ("anthropic", "claude-haiku-5-5", 100_000, [0.1, 0.1, 0.5]),
        ] as [(String, String, Int64, [Double])])
    func thresholdsSwitchTheWholeRequest(
        provider: String, model: String, threshold: Int64, perMillion: [Double]
    ) throws {
        let calculator = CostCalculator(catalogue: try Fixture.catalogue())
        for (offset, rate) in zip([-1, 0, 1] as [Int64], perMillion) {
            // Every class of the prompt counts: half of it was read from a cache.
            let input = threshold / 2 + offset
            let usage = Fixture.usage(
                provider, model, [.input: input, .cacheRead: threshold / 2])
            let onlyCached = Fixture.usage(
                provider, model, [.cacheRead: threshold + offset])
            let total = try #require(try calculator.cost(of: usage).picos)
            let cached = try #require(try calculator.cost(of: onlyCached).picos)
            let perCached = cached / (threshold + offset)
            #expect(total - perCached * (threshold / 2) == input * Int64(rate * 1_000_000))
        }
    }

    /// Row 8: an aggregate is long-context only where the provider says so.
    @Test func aggregatesFollowTheProvidersOwnContextTier() throws {
        let model = "claude-haiku-5-5"
        let short = Fixture.usage(
            "anthropic", model, [.input: 1_000_000], context: "0-200k", granularity: .aggregate)
        let long = Fixture.usage(
            "anthropic", model, [.input: 1_000_000], context: "200k-1M", granularity: .aggregate)
        #expect(try Fixture.cost(of: short) == "0.10")
        #expect(try Fixture.cost(of: long) == "0.50")
    }

    /// Row 8: above the threshold a service tier is to the standard what it is below, and so are cache
    /// writes of one lifetime to those of another.
    @Test func longContextAndServiceTierMultiply() throws {
        let usage = Fixture.usage(
            "anthropic", "claude-haiku-5-5", [.input: 100_001, .cacheWrite1h: 1_000_000],
            tier: "batch")
        // 100,001 × 0.5 × ½ and 1,000,000 × 0.2 × (0.625 ÷ 0.125) × ½, per million.
        #expect(try Fixture.cost(of: usage) == "0.52500025")
    }

    /// Row 5: cache reads follow the service tier in proportion; a tier that is not published
    /// costs what standard costs.
    @Test func cacheRatesFollowTheServiceTier() throws {
        let mini = Fixture.usage(
            "openai", "gpt-4.1-mini", [.cacheRead: 1_000_000], tier: "priority")
        #expect(try Fixture.cost(of: mini) == "0.175")
        let o4 = Fixture.usage("openai", "o4-mini", [.cacheRead: 1_000_000], tier: "priority")
        #expect(try Fixture.cost(of: o4) == "0.50")
        let codex = Fixture.usage("openai", "gpt-5.3-codex", [.input: 1_000_000], tier: "batch")
        #expect(try Fixture.cost(of: codex) == "1.75")
    }

    /// Row 6: reasoning and unsplit output cost what output costs, however the provider tells
    /// them apart.
    @Test func outputConventionsCostTheSame() throws {
        let split = Fixture.usage("openai", "gpt-6-sol", [.output: 400, .reasoning: 600])
        let unsplit = Fixture.usage("openai", "gpt-6-sol", [.outputUnsplit: 1_000])
        let plain = Fixture.usage("openai", "gpt-6-sol", [.output: 1_000])
        let expected = try Fixture.cost(of: plain)
        #expect(expected == "0.01")
        #expect(try Fixture.cost(of: split) == expected)
        #expect(try Fixture.cost(of: unsplit) == expected)
    }

    /// Row 7: what is not known is never zero.
    @Test func unknownIsUnpricedNeverZero() throws {
        let calculator = CostCalculator(catalogue: try Fixture.catalogue())
        let unknown = Fixture.usage("openai", "gpt-99", [.input: 1])
        #expect(try calculator.cost(of: unknown) == .unpriced(.modelUnknown))
        let elsewhere = Fixture.usage("anthropic", "gpt-6-sol", [.input: 1])
        #expect(try calculator.cost(of: elsewhere) == .unpriced(.modelUnknown))
        let counted = Fixture.usage("openai", "gpt-4o", [.input: 1, .init(rawValue: "image"): 1])
        #expect(try calculator.cost(of: counted) == .unpriced(.rateUnknown))
        let countedZero = Fixture.usage(
            "openai", "gpt-4o", [.input: 0, .init(rawValue: "image"): 0])
        #expect(try calculator.cost(of: countedZero).picos == 0)
        let empty = Fixture.usage("openai", "gpt-99", [:])
        #expect(try calculator.cost(of: empty) == .unpriced(.modelUnknown))
        // Nearly a date is not a date.
        for model in [
            "gpt-6-sol-2026-1001-1", "gpt-6-sol-202610", "gpt-6-sol20261001", "-20261001",
        ] {
            let usage = Fixture.usage("openai", model, [.input: 1])
            #expect(try calculator.cost(of: usage) == .unpriced(.modelUnknown))
        }
    }

    /// Row 13: missing, explicit zero and partial usage are three states.
    @Test func missingUsageIsNotZeroUsage() throws {
        let calculator = CostCalculator(catalogue: try Fixture.catalogue())
        let cost = { (state: UsageState, quantities: [QuantityClass: Int64]) in
            try calculator.cost(of: Fixture.usage("openai", "gpt-4o", quantities, state: state))
        }
        #expect(try cost(.missing, [:]) == .unpriced(.usageMissing))
        #expect(try cost(.pending, [:]) == .unpriced(.usageMissing))
        #expect(try cost(.reported, [:]).picos == 0)
        #expect(try cost(.partial, [:]).picos == 0)
        #expect(try cost(.partial, [.output: 100]).picos == 1_000_000_000)
    }

    @Test func countedThingsTakeNoMultiplier() throws {
        let usage = Fixture.usage(
            "anthropic", "claude-opus-5-5", [.webSearchRequest: 3, .input: 1_000_000],
            region: "us")
        #expect(try Fixture.cost(of: usage) == "4.43")
    }

    @Test func amountsBeyond64BitsAreRefused() throws {
        let calculator = CostCalculator(catalogue: try Fixture.catalogue())
        let usage = Fixture.usage("openai", "gpt-6-astra", [.output: .max])
        #expect(throws: ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", "")) {
            try calculator.cost(of: usage)
        }
    }

    /// Sub-pico parts are summed first and rounded half-even once: at half a pico a token,
    /// rounding each class by itself would give 0 for (1, 1).
    @Test(
        arguments: [(1, 1, 1), (1, 0, 0), (3, 0, 2), (5, 0, 2), (1, 2, 2), (3, 4, 4), (7, 7, 7)]
            as [(Int64, Int64, Int64)])
    func roundsHalfEvenOnce(input: Int64, output: Int64, expected: Int64) throws {
        let half = Rate(try ExactDecimal("0.0000005"), per: .million)
        let price = ModelPrice(
            provider: "p", region: "", model: "m", currency: .usd,
            base: [.input: half, .output: half])
        let calculator = CostCalculator(
            catalogue: PriceCatalogue(version: 1, versions: [PriceVersion(id: 1, price: price)]))
        let usage = Fixture.usage("p", "m", [.input: input, .output: output])
        #expect(try calculator.cost(of: usage).picos == expected)
    }

    /// Row 9: a price holds in its span only.
    @Test func pricesHoldFromTo() throws {
        let price = { (rate: Int64) in
            ModelPrice(
                provider: "p", region: "", model: "m", currency: .usd,
                base: [.input: Rate(ExactDecimal(rate), per: .million)])
        }
        let change = CatalogueFixture.time
        let catalogue = PriceCatalogue(
            version: 2,
            versions: [
                PriceVersion(id: 1, price: price(1), validTo: change),
                PriceVersion(id: 2, price: price(2), validFrom: change),
            ])
        let before = change.advanced(byMicroseconds: -1)
        #expect(catalogue.price(provider: "p", region: "", model: "m", at: before)?.id == 1)
        #expect(catalogue.price(provider: "p", region: "", model: "m", at: change)?.id == 2)
        #expect(catalogue.versions.map(\.isAssumed) == [true, false])
    }
}
