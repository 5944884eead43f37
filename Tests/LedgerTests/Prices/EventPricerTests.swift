import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Prices of many events at once are those of each alone.
@Suite struct EventPricerTests {
    /// Random events of every model that the catalogue has, around thresholds of long prompts and changes
    /// of prices, in few sets of dimensions, so that most are priced by what was worked out before.
    @Test(arguments: [1, 2, 3]) func manyCostWhatEachDoes(seed: UInt64) throws {
        let catalogue = try Self.catalogue()
        let calculator = CostCalculator(catalogue: catalogue)
        var pricer = EventPricer(calculator: calculator)
        var random = SeededRandom(seed: seed)
        let prices = catalogue.versions.map(\.price)
        let shared = (0..<90).compactMap { _ in
            prices.randomElement(using: &random).map { price in
                let names = [price.model, price.model, "alias of " + price.model, "none"]
                return SharedDimensions(
                    DimensionSet(
                        provider: price.provider,
                        model: names.randomElement(using: &random) ?? "",
                        region: ["", price.region, "us"].randomElement(using: &random) ?? "",
                        serviceTier: ["", "standard", "batch", "priority"].randomElement(
                            using: &random) ?? ""))
            }
        }
        var outcomes: Set<String> = []
        for number in 0..<4_000 {
            guard let dimensions = shared.randomElement(using: &random) else { continue }
            let event = Self.event("\(number)", dimensions, using: &random)
            let usage = event.usage
            let tier = ContextTier(event: usage, price: calculator.price(of: usage)?.price).text
            let alone = Result { try calculator.cost(of: usage) }
            let priced = Result { try pricer.price(event) }
            switch (alone, priced) {
            case (.success(let cost), .success(let priced)):
                #expect(priced.cost == cost, "\(event)")
                #expect(priced.contextTier == tier, "\(event)")
                outcomes.insert(cost.picos == nil ? "unpriced" : tier)
            case (.failure(let left as ServiceError), .failure(let right as ServiceError)):
                #expect(left.reason == right.reason)
                outcomes.insert(left.reason.rawValue)
            default: Issue.record("\(event): \(alone), \(priced)")
            }
        }
        #expect(outcomes.isSuperset(of: ["unpriced", "", "AMOUNT_OUT_OF_RANGE"]))
        #expect(outcomes.contains { $0.hasSuffix("+long") })
    }

    /// A price holds from its first instant to the last one before the next.
    @Test func spansChangeWherePricesDo() {
        func version(_ id: Int64, _ from: Int64?, _ to: Int64?) -> PriceVersion {
            PriceVersion(
                id: id,
                price: ModelPrice(
                    provider: "p", region: "", model: "m\(id)", currency: .usd, base: [:]),
                validFrom: from.map { Instant(seconds: $0) },
                validTo: to.map { Instant(seconds: $0) })
        }
        let catalogue = PriceCatalogue(
            version: 1, versions: [version(1, nil, 10), version(2, 10, 20), version(3, 15, nil)])
        let spans = [-5, 9, 10, 14, 15, 19, 20, 99].map { catalogue.span(of: Instant(seconds: $0)) }
        #expect(spans == [0, 0, 1, 1, 2, 2, 3, 3])
        #expect(PriceCatalogue.empty.span(of: Instant(seconds: 0)) == 0)
    }

    // MARK: -

    /// The fixture's, every other price of which is followed by another version on a certain day.
    private static func catalogue() throws -> PriceCatalogue {
        let versions = try CatalogueFixture.catalogue().versions
        let change = CatalogueFixture.time
        var changed: [PriceVersion] = []
        for (index, version) in versions.enumerated() {
            guard index % 2 == 0 else {
                changed.append(version)
                continue
            }
            changed.append(
                PriceVersion(
                    id: version.id, price: version.price, validFrom: version.validFrom,
                    validTo: change))
            changed.append(
                PriceVersion(
                    id: version.id + 1_000_000, price: version.price, validFrom: change,
                    validTo: version.validTo))
        }
        // Every model has an alias, and that of every third is one until a certain day only.
        let aliases = versions.enumerated().map { index, version in
            PriceAlias(
                provider: version.price.provider, name: "alias of " + version.price.model,
                model: version.price.model, source: "test",
                validTo: index % 3 == 0 ? change.advanced(byMicroseconds: 1) : nil)
        }
        return PriceCatalogue(version: 1, versions: changed, aliases: aliases)
    }

    private static func event(
        _ id: String, _ dimensions: SharedDimensions, using random: inout SeededRandom
    ) -> LedgerEvent {
        var quantities = UsageQuantities()
        for quantityClass in QuantityClass.tokenClasses
        where Int.random(in: 0..<4, using: &random) == 0 {
            // Thresholds are at these, and the last one is beyond an entry.
            let around = [0, 1, 199_999, 200_000, 200_001, 272_000, 272_001, 1_000_000_000_000]
            quantities[quantityClass] = Int64(around.randomElement(using: &random) ?? 0)
        }
        if Int.random(in: 0..<10, using: &random) == 0 { quantities[.webSearchRequest] = 3 }
        let time = CatalogueFixture.time.advanced(
            byMicroseconds: Int64.random(in: -1...1, using: &random))
        return LedgerEvent(
            id: id, time: time, shared: dimensions, quantities: quantities,
            state: Int.random(in: 0..<20, using: &random) == 0 ? .missing : .reported, status: .ok,
            totalTokens: 0, latencyMilliseconds: 0, attempt: 0, session: "", run: "")
    }
}
