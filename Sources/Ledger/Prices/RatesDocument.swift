import Core
import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A model's rates as the `rates` column keeps them: decimal texts, never binary fractions.
struct RatesDocument: Codable {
    struct LongContext: Codable {
        let thresholdTokens: Int64
        let rates: [String: String]
        /// Nil in what was stored before long requests had rates by service tier.
        let serviceTiers: [String: [String: String]]?

        enum CodingKeys: String, CodingKey {
            case thresholdTokens = "threshold_tokens"
            case rates
            case serviceTiers = "service_tiers"
        }
    }

    /// Class → rate; `"0.01 each"` for a counted thing, else per million tokens.
    let base: [String: String]
    let longContext: LongContext?
    let serviceTiers: [String: [String: String]]
    let regionMultipliers: [String: String]
    /// Dataset and page the facts are from.
    let source: String

    enum CodingKeys: String, CodingKey {
        case base
        case longContext = "long_context"
        case serviceTiers = "service_tiers"
        case regionMultipliers = "region_multipliers"
        case source
    }

    init(_ price: ModelPrice, source: String) {
        base = Self.texts(price.base)
        longContext = price.longContext.map {
            LongContext(
                thresholdTokens: $0.thresholdTokens, rates: Self.texts($0.rates),
                serviceTiers: $0.serviceTiers.mapValues(Self.texts))
        }
        serviceTiers = price.serviceTiers.mapValues(Self.texts)
        regionMultipliers = price.regionMultipliers.mapValues(\.description)
        self.source = source
    }

    init(json: String) throws {
        self = try JSONDecoder().decode(RatesDocument.self, from: Data(json.utf8))
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    func price(
        provider: String, region: String, model: String, currency: Currency
    ) throws -> ModelPrice {
        ModelPrice(
            provider: provider, region: region, model: model, currency: currency,
            base: try Self.rates(base),
            longContext: try longContext.map {
                ModelPrice.LongContext(
                    thresholdTokens: $0.thresholdTokens, rates: try Self.rates($0.rates),
                    serviceTiers: try ($0.serviceTiers ?? [:]).mapValues(Self.rates))
            },
            serviceTiers: try serviceTiers.mapValues(Self.rates),
            regionMultipliers: try regionMultipliers.mapValues { try ExactDecimal($0) })
    }

    /// Rates alone, as the `rates` column of overrides keeps them.
    static func json(of rates: ModelPrice.Rates) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(texts(rates)), as: UTF8.self)
    }

    static func rates(json: String) throws -> ModelPrice.Rates {
        try rates(try JSONDecoder().decode([String: String].self, from: Data(json.utf8)))
    }

    private static let eachSuffix = " each"

    private static func texts(_ rates: ModelPrice.Rates) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: rates.map { quantityClass, rate in
                let suffix = rate.per == .each ? eachSuffix : ""
                return (quantityClass.rawValue, rate.value.description + suffix)
            })
    }

    private static func rates(_ texts: [String: String]) throws -> ModelPrice.Rates {
        var rates: ModelPrice.Rates = [:]
        for (name, text) in texts {
            let isEach = text.hasSuffix(eachSuffix)
            let value = try ExactDecimal(isEach ? String(text.dropLast(eachSuffix.count)) : text)
            rates[QuantityClass(rawValue: name)] = Rate(value, per: isEach ? .each : .million)
        }
        return rates
    }
}
