import API
import Core
import Domain
import TallyClient
import TestSupport
import Testing
import Wire

/// Contracts over the wire: they price what comes after them, and nothing that was recorded.
@Suite struct ContractPriceTests {
    private static func event(_ id: String, _ time: Timestamp, model: String = "gpt-6-sol") -> Event
    {
        Event(
            id: id, source: "gateway", time: time, provider: "openai", model: model,
            quantities: [
                API.Quantity(quantityClass: "input", amount: 100_000),
                API.Quantity(quantityClass: "output", amount: 10_000),
            ])
    }

    private static func at(_ text: String) throws -> Timestamp {
        Timestamp(try Instant(rfc3339: text))
    }

    private static func ingest(_ events: [Event], _ client: Client) async throws {
        let response = try await client.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events))
        #expect(response.results.allSatisfy { $0.outcome == .accepted })
    }

    /// Row 9: an override prices the events that come after it and lie in its time, and they name it;
    /// its end likewise. Another organization's events cost list prices.
    @Test func overridesPriceWhatComesAfterThem() async throws {
        try await ServerHarness.with { harness in
            let acme = harness.client(token: try await harness.organization("acme"))
            let other = harness.client(token: try await harness.organization("other"))
            let time = try Self.at("2026-11-04T10:00:00Z")
            let report = { (client: Client) in
                let day = API.Date(year: 2026, month: 11, day: 4)
                return try await client.call(
                    IngestionServiceMethods.TopModels.self,
                    TopModelsRequest(from: day, through: day, basis: .metered)
                ).total?.amount
            }
            // 0.1 × 2 + 0.01 × 10 a million.
            try await Self.ingest([Self.event("before", time)], acme)
            #expect(try await report(acme) == "0.300000000000")
            let made = try await acme.call(
                IngestionServiceMethods.CreatePriceOverride.self,
                CreatePriceOverrideRequest(
                    priceOverride: PriceOverride(
                        provider: "openai", modelPattern: "gpt-6*", terms: .multiplier("0.85"),
                        effectiveTime: try Self.at("2026-11-01T00:00:00Z"), note: "4711")))
            #expect(made.number == 1 && made.terms == .multiplier("0.85"))
            #expect(try await report(acme) == "0.300000000000", "what was recorded keeps its cost")
            try await Self.ingest(
                [Self.event("within", time), Self.event("other model", time, model: "o3")], acme)
            // 0.3 + 0.3 × 0.85, and 0.1 × 2 + 0.01 × 8 of o3.
            #expect(try await report(acme) == "0.835000000000")
            try await Self.ingest([Self.event("theirs", time)], other)
            #expect(try await report(other) == "0.300000000000")
            let ended = try await acme.call(
                IngestionServiceMethods.EndPriceOverride.self, EndPriceOverrideRequest(number: 1))
            #expect(ended.endTime != nil && ended.number == 1)
            let listed = try await acme.call(
                IngestionServiceMethods.ListPriceOverrides.self, ListPriceOverridesRequest())
            #expect(listed.priceOverrides == [ended])
            let theirs = try await other.call(
                IngestionServiceMethods.ListPriceOverrides.self, ListPriceOverridesRequest())
            #expect(theirs.priceOverrides.isEmpty)
            let foreign = await #expect(throws: TallyError.self) {
                try await other.call(
                    IngestionServiceMethods.EndPriceOverride.self,
                    EndPriceOverrideRequest(number: 1))
            }
            #expect(foreign?.reason == "PRICE_OVERRIDE_NOT_FOUND")
            await acme.close()
            await other.close()
        }
    }

    /// What a simulation says is what the same events cost once the override is there, to the pico;
    /// and what holds now comes to what was recorded.
    @Test func simulationsAreExact() async throws {
        try await ServerHarness.with { harness in
            let acme = harness.client(token: try await harness.organization("acme"))
            let time = try Self.at("2026-10-10T10:00:00Z")
            let events = (0..<40).map { index in
                var event = Self.event(
                    "e\(index)", time, model: ["gpt-6-sol", "o3", "gpt-99"][index % 3])
                event.quantities[0].amount += Int64(index * 7_919)
                return event
            }
            try await Self.ingest(events, acme)
            let simulate = { (request: SimulatePricesRequest) in
                try await acme.call(IngestionServiceMethods.SimulatePrices.self, request)
            }
            let same = try await simulate(SimulatePricesRequest())
            #expect(same.month == Month(year: 2026, month: 10))
            #expect(same.total?.difference?.amount == "0.000000000000")
            #expect(same.total?.events == 40 && same.total?.recordedUnpriced == 13)
            #expect(same.completeness != nil)
            let override = PriceOverride(
                provider: "openai", modelPattern: "*", terms: .multiplier("0.333333"))
            let simulated = try await simulate(SimulatePricesRequest(priceOverrides: [override]))
            #expect(simulated.total?.recorded == same.total?.recorded)
            #expect(simulated.models.first?.model == "gpt-6-sol")
            // The same events once more, under a real override.
            var real = override
            real.effectiveTime = try Self.at("2026-10-01T00:00:00Z")
            _ = try await acme.call(
                IngestionServiceMethods.CreatePriceOverride.self,
                CreatePriceOverrideRequest(priceOverride: real))
            let again = events.map { event in
                var again = event
                again.id += " again"
                return again
            }
            try await Self.ingest(again, acme)
            let after = try await simulate(SimulatePricesRequest())
            let picos = { (money: API.Money?) in
                try Domain.Money(wire: try #require(money)).picos
            }
            #expect(
                try picos(after.total?.recorded)
                    == picos(same.total?.recorded) + picos(simulated.total?.simulated))
            // A file prices what was unpriced; others keep their price.
            let file = PriceUploads.file(["openai,gpt-99,chat,1,,,,1,,,,,,,,,,,,,2026-11-01,test"])
            let filled = try await simulate(SimulatePricesRequest(priceFile: file))
            #expect(filled.total?.simulatedUnpriced == 0)
            await acme.close()
        }
    }

    /// Each check of an override, in the order of its fields.
    @Test func overridesAreChecked() async throws {
        try await ServerHarness.with { harness in
            let acme = harness.client(token: try await harness.organization("acme"))
            let fixed = { (prices: [(String, String)]) in
                PriceOverride.Terms.fixed(
                    FixedPrices(
                        prices: prices.map { FixedPrice(quantityClass: $0.0, rate: $0.1) }))
            }
            let override = { (terms: PriceOverride.Terms?) in
                PriceOverride(provider: "openai", modelPattern: "*", terms: terms)
            }
            let late = try Self.at("2026-12-01T00:00:00Z")
            let cases: [(PriceOverride?, String, String)] = [
                (nil, "PRICE_OVERRIDE_MISSING", "price_override"),
                (PriceOverride(modelPattern: "*"), "FIELD_MISSING", "price_override.provider"),
                (
                    PriceOverride(provider: "openai"), "FIELD_MISSING",
                    "price_override.model_pattern"
                ),
                (
                    PriceOverride(provider: "openai", modelPattern: "g*t"),
                    "MODEL_PATTERN_INVALID", "price_override.model_pattern"
                ),
                (
                    PriceOverride(provider: "openai", modelPattern: "*", serviceTier: "gold"),
                    "SERVICE_TIER_UNKNOWN", "price_override.service_tier"
                ),
                (override(nil), "PRICE_TERMS_MISSING", "price_override.terms"),
                (override(.multiplier("-1")), "MULTIPLIER_INVALID", "price_override.multiplier"),
                (
                    override(.multiplier("0.1234567")), "MULTIPLIER_INVALID",
                    "price_override.multiplier"
                ),
                (override(fixed([])), "FIXED_PRICES_OUT_OF_RANGE", "price_override.fixed.prices"),
                (
                    override(fixed([("input", "1"), ("input", "2")])), "QUANTITY_CLASS_INVALID",
                    "price_override.fixed.prices[1].quantity_class"
                ),
                (
                    override(fixed([("input", "x")])), "RATE_INVALID",
                    "price_override.fixed.prices[0].rate"
                ),
                (
                    PriceOverride(
                        provider: "openai", modelPattern: "*", terms: .multiplier("1"),
                        effectiveTime: late, endTime: late),
                    "PRICE_OVERRIDE_ENDS_BEFORE_IT_BEGINS", "price_override.end_time"
                ),
            ]
            for (override, reason, field) in cases {
                let error = await #expect(throws: TallyError.self) {
                    try await acme.call(
                        IngestionServiceMethods.CreatePriceOverride.self,
                        CreatePriceOverrideRequest(priceOverride: override))
                }
                #expect(error?.reason == reason && error?.field == field, "\(reason)")
            }
            await acme.close()
        }
    }
}
