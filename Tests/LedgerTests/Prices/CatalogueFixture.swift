import Core
import Domain
import Foundation
import Ledger

/// The catalogue that ships, and shorthands to price with it.
enum CatalogueFixture {
    static let time = Instant(seconds: 1_795_233_600)

    static func bytes() throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](
            try Data(contentsOf: root.appendingPathComponent("deploy/catalogue/prices.csv")))
    }

    static func catalogue() throws -> PriceCatalogue {
        catalogue(of: try PriceFile(parsing: bytes()))
    }

    static func catalogue(of file: PriceFile) -> PriceCatalogue {
        PriceCatalogue(
            version: 1,
            versions: file.rows.enumerated().map {
                PriceVersion(id: Int64($0.offset + 1), price: $0.element.price)
            }, aliases: file.aliases.map(\.alias))
    }

    static func usage(
        _ provider: String, _ model: String, _ quantities: [QuantityClass: Int64],
        region: String = "", tier: String = "standard", context: String = "",
        granularity: UsageToPrice.Granularity = .request, state: UsageState = .reported
    ) -> UsageToPrice {
        UsageToPrice(
            DimensionSet(
                provider: provider, model: model, region: region, serviceTier: tier,
                contextTier: context),
            granularity: granularity, time: time,
            quantities: UsageQuantities(quantities.map { Quantity($0.key, $0.value) }),
            state: state)
    }

    static func cost(of usage: UsageToPrice) throws -> String? {
        let cost = try CostCalculator(catalogue: catalogue()).cost(of: usage)
        return cost.picos.map { Money(picos: Int128($0), currency: .usd).displayText }
    }
}
