package import Domain

/// What one model costs: a rate per quantity class, by service tier and context tier.
package struct ModelPrice: Hashable, Sendable {
    package typealias Rates = [QuantityClass: Rate]

    /// The whole request is priced anew where its prompt is longer than the threshold.
    package struct LongContext: Hashable, Sendable {
        package let thresholdTokens: Int64
        package let rates: Rates
        /// Rates of long requests by service tier; a class without one there has that of `rates`.
        package let serviceTiers: [String: Rates]

        package init(
            thresholdTokens: Int64, rates: Rates, serviceTiers: [String: Rates] = [:]
        ) {
            self.thresholdTokens = thresholdTokens
            self.rates = rates
            self.serviceTiers = serviceTiers
        }

        func rate(of quantityClass: QuantityClass, serviceTier: String) -> Rate? {
            serviceTiers[serviceTier]?[quantityClass] ?? rates[quantityClass]
        }
    }

    /// Name of the tier whose rates are `base`.
    package static let standardTier = "standard"
    /// Stands in `regionMultipliers` for every region that is not the whole world.
    static let anyRegion = "*"
    /// What providers call the whole world.
    private static let everywhere = "global"

    package let provider: String
    /// Empty where the price holds in every region that has none of its own.
    package let region: String
    package let model: String
    package let currency: Currency
    package let base: Rates
    package let longContext: LongContext?
    /// Rates by service tier; a class without one there has its base rate.
    package let serviceTiers: [String: Rates]
    /// Factor on all token cost of a call in the region; that of `anyRegion` where a provider charges
    /// the same in each.
    package let regionMultipliers: [String: ExactDecimal]

    package init(
        provider: String, region: String, model: String, currency: Currency, base: Rates,
        longContext: LongContext? = nil, serviceTiers: [String: Rates] = [:],
        regionMultipliers: [String: ExactDecimal] = [:]
    ) {
        self.provider = provider
        self.region = region
        self.model = model
        self.currency = currency
        self.base = base
        self.longContext = longContext
        self.serviceTiers = serviceTiers
        self.regionMultipliers = regionMultipliers
    }

    /// What tells it from other prices of a catalogue.
    package var name: [String] { [provider, region, model] }

    /// The rate of a class, with fallbacks to the next simpler one; nil where none applies.
    ///
    /// Per class: long context of the service tier, then long context, then service tier, then base.
    /// Then the classes that a class falls back to, each the same way. Counted things have their own
    /// rate only, as has audio read from a cache where audio does not cost what text does.
    package func rate(
        of quantityClass: QuantityClass, serviceTier: String, isLongContext: Bool
    ) -> Rate? {
        rate(
            of: quantityClass, serviceTier: serviceTier, isLongContext: isLongContext, fixed: [:]
        )?.rate
    }

    /// The same, where a contract fixes the rates of some classes: each stands before all other rates of
    /// its class.
    func rate(
        of quantityClass: QuantityClass, serviceTier: String, isLongContext: Bool, fixed: Rates
    ) -> (rate: Rate, isFixed: Bool)? {
        if let rate = fixed[quantityClass] { return (rate, true) }
        if quantityClass == .cacheReadAudio, base[.inputAudio] != nil, base[quantityClass] == nil {
            return nil
        }
        for candidate in Self.fallbacks(of: quantityClass) {
            if let rate = fixed[candidate] { return (rate, true) }
            if isLongContext,
                let rate = longContext?.rate(of: candidate, serviceTier: serviceTier)
            {
                return (rate, false)
            }
            if let rate = serviceTiers[serviceTier]?[candidate] ?? base[candidate] {
                return (rate, false)
            }
        }
        return nil
    }

    /// Factor on the tokens of a call in a region.
    func multiplier(in region: String) -> ExactDecimal {
        if let own = regionMultipliers[region] { return own }
        guard !region.isEmpty, region != Self.everywhere else { return .one }
        return regionMultipliers[Self.anyRegion] ?? .one
    }

    /// The class itself, then what it is priced as where it has no rate of its own.
    static func fallbacks(of quantityClass: QuantityClass) -> [QuantityClass] {
        fallbackTable[quantityClass] ?? [quantityClass]
    }

    private static let fallbackTable: [QuantityClass: [QuantityClass]] = [
        .cacheRead: [.cacheRead, .input],
        .cacheWrite5m: [.cacheWrite5m, .input],
        .cacheWrite30m: [.cacheWrite30m, .cacheWrite5m, .input],
        .cacheWrite1h: [.cacheWrite1h, .cacheWrite5m, .input],
        .cacheWrite12h: [.cacheWrite12h, .cacheWrite5m, .input],
        .reasoning: [.reasoning, .output],
        .outputUnsplit: [.outputUnsplit, .output],
        .inputAudio: [.inputAudio, .input],
        .inputImage: [.inputImage, .input],
        .cacheReadAudio: [.cacheReadAudio, .cacheRead, .input],
        .cacheReadImage: [.cacheReadImage, .cacheRead, .input],
        .outputAudio: [.outputAudio, .output],
        .outputImage: [.outputImage, .output],
    ]
}
