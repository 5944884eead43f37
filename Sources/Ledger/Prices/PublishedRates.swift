import Domain

/// The rates that a price file says of one model, and those that follow from them.
///
/// A file has no rate for every class of every tier. What it leaves out moves in proportion to what it
/// says, as `Ledger.docc` has it, or costs what the next simpler rate is; nothing else is guessed.
struct PublishedRates {
    /// A rate that follows from others has no exact decimal: it must be said.
    struct InexactRatio: Error, Equatable {
        let quantityClass: QuantityClass
        /// Empty for the standard tier.
        let serviceTier: String
    }

    static let batchTier = "batch"
    static let serviceTiers = [batchTier, "flex", "priority"]

    var base: ModelPrice.Rates = [:]
    var tiers: [String: ModelPrice.Rates] = [:]
    /// Above the threshold, at the standard tier.
    var above: ModelPrice.Rates = [:]
    var tiersAbove: [String: ModelPrice.Rates] = [:]
    /// Nil where the price is the same at any length.
    var thresholdTokens: Int64?

    /// In a service tier these rates move in proportion to the rate before them.
    private static let movedByTier: [(QuantityClass, [QuantityClass])] = [
        (
            .input,
            [
                .cacheRead, .cacheWrite5m, .cacheWrite30m, .cacheWrite1h, .cacheWrite12h,
                .inputAudio, .cacheReadAudio,
            ]
        ),
        (.output, [.reasoning]),
    ]
    /// Above the threshold, likewise.
    private static let movedByLength: [(QuantityClass, [QuantityClass])] = [
        (.cacheWrite5m, [.cacheWrite1h, .cacheWrite12h]), (.input, [.inputAudio, .cacheReadAudio]),
        (.output, [.reasoning]),
    ]

    func price(
        provider: String, region: String, model: String,
        regionMultipliers: [String: ExactDecimal]
    ) throws(InexactRatio) -> ModelPrice {
        var tiers: [String: ModelPrice.Rates] = [:]
        for (tier, said) in self.tiers where !said.isEmpty {
            tiers[tier] = try Self.moved(said, by: Self.movedByTier, from: base, tier: tier)
        }
        return ModelPrice(
            provider: provider, region: region, model: model, currency: .usd, base: base,
            longContext: try longContext(tiers), serviceTiers: tiers,
            regionMultipliers: regionMultipliers)
    }

    private func longContext(
        _ tiers: [String: ModelPrice.Rates]
    ) throws(InexactRatio) -> ModelPrice.LongContext? {
        guard let thresholdTokens else { return nil }
        let rates = try Self.moved(above, by: Self.movedByLength, from: base, tier: "")
        var serviceTiers: [String: ModelPrice.Rates] = [:]
        for tier in Self.serviceTiers {
            var said = try Self.moved(
                tiersAbove[tier] ?? [:], by: Self.movedByTier, from: rates, tier: tier)
            // Batches halve long requests as they halve others. What the other tiers ask for long
            // requests is known only where the file says so.
            if tier == Self.batchTier, let below = tiers[tier] {
                for (quantityClass, rate) in rates where said[quantityClass] == nil {
                    said[quantityClass] = try Self.moved(
                        rate, quantityClass, from: base[quantityClass], to: below[quantityClass],
                        tier: tier)
                }
            }
            if !said.isEmpty { serviceTiers[tier] = said }
        }
        return ModelPrice.LongContext(
            thresholdTokens: thresholdTokens, rates: rates, serviceTiers: serviceTiers)
    }

    /// `said`, and for each class that it leaves out the one of `whole` in proportion to its anchor.
    private static func moved(
        _ said: ModelPrice.Rates, by anchors: [(QuantityClass, [QuantityClass])],
        from whole: ModelPrice.Rates, tier: String
    ) throws(InexactRatio) -> ModelPrice.Rates {
        var rates = said
        for (anchor, followers) in anchors {
            for follower in followers where rates[follower] == nil {
                guard let rate = whole[follower] else { continue }
                rates[follower] = try moved(
                    rate, follower, from: whole[anchor], to: said[anchor], tier: tier)
            }
        }
        return rates
    }

    /// rate × new ÷ old; nil where there is no such ratio.
    private static func moved(
        _ rate: Rate, _ quantityClass: QuantityClass, from old: Rate?, to new: Rate?, tier: String
    ) throws(InexactRatio) -> Rate? {
        guard let old = old?.value, let new = new?.value, !old.isZero else { return nil }
        guard let value = rate.value.multiplied(by: new, dividedBy: old) else {
            throw InexactRatio(quantityClass: quantityClass, serviceTier: tier)
        }
        return Rate(value, per: .million)
    }
}
