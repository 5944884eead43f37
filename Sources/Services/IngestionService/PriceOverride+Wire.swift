import API
import Core
import Domain
import Ledger

extension PriceOverrideBook.Draft {
    private static let serviceTiers: Set<String> = ["standard", "batch", "flex", "priority"]
    /// Far more than a price list has classes.
    private static let classesMax = 32
    private static let multiplierMax = ExactDecimal(100)
    private static let multiplierPlacesMax = 6
    /// USD per million tokens, or per counted thing.
    private static let rateMax = ExactDecimal(10_000)

    /// Checks the fields in their order; times last.
    init(wire: API.PriceOverride, now: Instant) throws(ServiceError) {
        try EventText.check(
            wire.provider, "provider", bytesMax: EventLimits.providerBytesMax, isRequired: true)
        try EventText.check(
            wire.modelPattern, "model_pattern", bytesMax: EventLimits.modelBytesMax,
            isRequired: true)
        guard !wire.modelPattern.dropLast().contains("*") else {
            throw ServiceError(
                .invalidArgument, "MODEL_PATTERN_INVALID", field: "model_pattern",
                "A pattern is a model's name, or its beginning with * as the last character.")
        }
        guard wire.serviceTier.isEmpty || Self.serviceTiers.contains(wire.serviceTier) else {
            throw ServiceError(
                .invalidArgument, "SERVICE_TIER_UNKNOWN", field: "service_tier",
                "A service tier is standard, batch, flex or priority; empty stands for all.")
        }
        let terms = try Self.terms(wire.terms)
        try EventText.check(wire.note, "note")
        let (from, to) = try Self.period(wire, now: now)
        self.init(
            provider: wire.provider, pattern: ModelPattern(wire.modelPattern),
            serviceTier: wire.serviceTier, terms: terms, validFrom: from, validTo: to,
            note: wire.note)
    }

    private static func terms(
        _ wire: API.PriceOverride.Terms?
    ) throws(ServiceError) -> Ledger.PriceOverride.Terms {
        switch wire {
        case .multiplier(let text):
            guard let factor = try? ExactDecimal(text), !factor.isNegative,
                factor.scale <= multiplierPlacesMax, !(multiplierMax < factor)
            else {
                throw ServiceError(
                    .invalidArgument, "MULTIPLIER_INVALID", field: "multiplier",
                    "A multiplier is a decimal from 0 to 100 with up to 6 places, such as 0.85.")
            }
            return .multiplier(factor)
        case .fixed(let fixed):
            return .rates(try rates(fixed.prices))
        case nil:
            throw ServiceError(
                .invalidArgument, "PRICE_TERMS_MISSING", field: "terms",
                "Give a multiplier or fixed prices.")
        }
    }

    private static func rates(_ prices: [FixedPrice]) throws(ServiceError) -> ModelPrice.Rates {
        guard (1...classesMax).contains(prices.count) else {
            throw ServiceError(
                .invalidArgument, "FIXED_PRICES_OUT_OF_RANGE", field: "fixed.prices",
                "Fix the prices of 1 to \(classesMax) quantity classes.")
        }
        var rates: ModelPrice.Rates = [:]
        for (index, price) in prices.enumerated() {
            let path = "fixed.prices[\(index)]"
            let quantityClass = QuantityClass(rawValue: price.quantityClass)
            guard quantityClass.isWellFormed, rates[quantityClass] == nil else {
                throw ServiceError(
                    .invalidArgument, "QUANTITY_CLASS_INVALID", field: "\(path).quantity_class",
                    "Name each quantity class once, in lower case, such as cache_read.")
            }
            guard let rate = try? ExactDecimal(price.rate), !rate.isNegative, !(rateMax < rate)
            else {
                throw ServiceError(
                    .invalidArgument, "RATE_INVALID", field: "\(path).rate",
                    "A rate is a decimal from 0 to 10000, in USD per million tokens or per one.")
            }
            rates[quantityClass] = Rate(rate, per: quantityClass.isToken ? .million : .each)
        }
        return rates
    }

    private static func period(
        _ wire: API.PriceOverride, now: Instant
    ) throws(ServiceError) -> (from: Instant, to: Instant?) {
        let from = try instant(wire.effectiveTime, "effective_time") ?? now
        let to = try instant(wire.endTime, "end_time")
        if let to, to <= from {
            throw ServiceError(
                .invalidArgument, "PRICE_OVERRIDE_ENDS_BEFORE_IT_BEGINS", field: "end_time",
                "The end lies behind the begin; leave it out for none.")
        }
        return (from, to)
    }

    private static func instant(
        _ wire: Timestamp?, _ field: String
    ) throws(ServiceError) -> Instant? {
        do throws(ServiceError) {
            return try wire?.instant()
        } catch {
            throw error.within(field)
        }
    }
}

extension API.PriceOverride {
    init(_ stored: StoredPriceOverride) {
        let override = stored.override
        self.init(
            number: override.number, provider: override.provider,
            modelPattern: override.pattern.text, serviceTier: override.serviceTier,
            terms: Terms(override.terms), effectiveTime: Timestamp(override.validFrom),
            endTime: override.validTo.map { Timestamp($0) }, note: stored.note,
            createTime: Timestamp(stored.createTime))
    }
}

extension API.PriceOverride.Terms {
    init(_ terms: Ledger.PriceOverride.Terms) {
        switch terms {
        case .multiplier(let factor): self = .multiplier(factor.description)
        case .rates(let rates):
            let prices = rates.sorted { $0.key < $1.key }.map {
                FixedPrice(quantityClass: $0.key.rawValue, rate: $0.value.value.description)
            }
            self = .fixed(FixedPrices(prices: prices))
        }
    }
}
