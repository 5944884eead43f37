import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Row 6: changing the convention with equal meaning leaves the cost equal.
@Suite struct UsageConventionTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func theSameMeaningCostsTheSameInEveryConvention(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let calculator = CostCalculator(catalogue: try CatalogueFixture.catalogue())
        var costs: Set<Int64> = []
        for round in 0..<100 {
            let usage = SpokenUsage(using: &random, hasWrites: round % 2 == 0)
            for (provider, model) in [
                ("anthropic", "claude-opus-5-5"), ("openai", "gpt-6-sol"),
            ] {
                let wanted = try cost(usage.quantities, provider, model, calculator)
                let picos = try #require(wanted.picos)
                costs.insert(picos)
                for saying in usage.sayings {
                    let object = try #require(
                        try UsageObject.read(saying.text, as: saying.format))
                    let found = try cost(object.quantities, provider, model, calculator)
                    #expect(
                        found == wanted, "seed \(seed), round \(round), \(saying.name), \(model)")
                }
            }
        }
        // They are not all the same because nothing costs anything.
        #expect(costs.count > 100)
    }

    private func cost(
        _ quantities: UsageQuantities, _ provider: String, _ model: String,
        _ calculator: CostCalculator
    ) throws -> Cost {
        try calculator.cost(
            of: UsageToPrice(
                DimensionSet(provider: provider, model: model), granularity: .request,
                time: CatalogueFixture.time, quantities: quantities, state: .reported))
    }
}
