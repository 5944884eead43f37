package import Core
import Domain

/// Quantity × rate × multipliers, exact in integers, rounded half-even to the pico once.
package struct CostCalculator: Sendable {
    package let catalogue: PriceCatalogue
    /// What an organization's contracts say.
    package let overrides: PriceOverrides

    package init(catalogue: PriceCatalogue, overrides: PriceOverrides = .none) {
        self.catalogue = catalogue
        self.overrides = overrides
    }

    /// The cost of a row; `AMOUNT_OUT_OF_RANGE` beyond 64 bits of picos.
    package func cost(of usage: UsageToPrice) throws(ServiceError) -> Cost {
        let version = price(of: usage)
        let override = overrides.override(of: usage, priced: version?.price)
        // Fixed prices need no list price; a factor is on one.
        guard let price = version?.price ?? override?.price(of: usage),
            let number = override?.priceVersion ?? version?.id
        else { return .unpriced(.modelUnknown) }
        guard !usage.state.isUnknown else { return .unpriced(.usageMissing) }
        var terms: [Term] = []
        for quantity in usage.quantities.all where quantity.amount > 0 {
            guard let term = term(quantity, of: usage, under: price, override) else {
                return .unpriced(.rateUnknown)
            }
            terms.append(term)
        }
        guard let picos = Self.sum(terms) else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", field: "quantities",
                "The cost is beyond what one entry holds (about 9.2 million units).")
        }
        return .known(picos: picos, priceVersion: number)
    }

    package func price(of usage: UsageToPrice) -> PriceVersion? {
        catalogue.price(
            provider: usage.provider, region: usage.region, model: usage.model, at: usage.time)
    }

    /// What a contract says of usage, by any name of its model.
    func override(of usage: UsageToPrice) -> PriceOverride? {
        guard !overrides.isEmpty else { return nil }
        return overrides.override(of: usage, priced: price(of: usage)?.price)
    }

    /// One product: coefficient × 10^exponent picos, exactly.
    struct Term {
        /// quantity × the coefficients of rate and multiplier; nil beyond 128 bits.
        let coefficient: Int128?
        let exponent: Int

        fileprivate func multiplied(by factor: ExactDecimal) -> Term {
            guard let coefficient else { return self }
            let (product, overflow) = coefficient.multipliedReportingOverflow(
                by: factor.coefficient)
            return Term(
                coefficient: overflow ? nil : product, exponent: exponent - factor.scale)
        }
    }

    /// The exact cost of one quantity; nil where its class has no rate.
    func term(
        _ quantity: Quantity, of usage: UsageToPrice, under price: ModelPrice,
        _ override: PriceOverride? = nil
    ) -> Term? {
        var priced = quantity.quantityClass
        if Mutant.swapPriceClass.isActive, priced == .cacheRead { priced = .output }
        guard
            let (rate, isFixed) = price.rate(
                of: priced, serviceTier: usage.serviceTier,
                isLongContext: usage.isLongContext(under: price), fixed: override?.rates ?? [:])
        else { return nil }
        // Multipliers of regions are on tokens only, not on counted things; and a contract's prices
        // hold in every region.
        let isRegional = rate.per == .million && !isFixed
        var term = Term(
            coefficient: Int128(quantity.amount), exponent: rate.picosExponent)
        for factor in [
            rate.value, isRegional ? price.multiplier(in: usage.region) : .one,
            override?.multiplier ?? .one,
        ] {
            term = term.multiplied(by: factor)
        }
        return term
    }

    /// The exact list price of one of a class; nil where it has no rate.
    static func unit(
        of quantityClass: QuantityClass, serviceTier: String, region: String, isLongContext: Bool,
        under price: ModelPrice
    ) -> Term? {
        var priced = quantityClass
        if Mutant.swapPriceClass.isActive, priced == .cacheRead { priced = .output }
        guard
            let (rate, _) = price.rate(
                of: priced, serviceTier: serviceTier, isLongContext: isLongContext, fixed: [:])
        else { return nil }
        return Term(coefficient: 1, exponent: rate.picosExponent)
            .multiplied(by: rate.value)
            .multiplied(by: rate.per == .million ? price.multiplier(in: region) : .one)
    }

    /// Terms over one power of ten, which is never above 0; nil beyond 128 bits.
    static func aligned(_ terms: [Term]) -> (coefficients: [Int128], exponent: Int)? {
        let exponent = min(0, terms.map(\.exponent).min() ?? 0)
        var coefficients: [Int128] = []
        coefficients.reserveCapacity(terms.count)
        for term in terms {
            guard var coefficient = term.coefficient else { return nil }
            for _ in 0..<(term.exponent - exponent) {
                let (next, overflow) = coefficient.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                coefficient = next
            }
            coefficients.append(coefficient)
        }
        return (coefficients, exponent)
    }

    private static func sum(_ terms: [Term]) -> Int64? {
        guard let (coefficients, exponent) = aligned(terms) else { return nil }
        var total: Int128 = 0
        for coefficient in coefficients {
            let (next, overflow) = total.addingReportingOverflow(coefficient)
            guard !overflow else { return nil }
            total = next
        }
        return Int64(exactly: dividedHalfEven(total, byTenTo: -exponent))
    }

    /// value ÷ 10^power, rounded half-even; value ≥ 0.
    static func dividedHalfEven(_ value: Int128, byTenTo power: Int) -> Int128 {
        // 10^38 is the largest power that 128 bits hold; beyond it every value rounds to 0.
        guard power <= 38 else { return 0 }
        var divisor: Int128 = 1
        for _ in 0..<power { divisor *= 10 }
        return dividedHalfEven(value, by: divisor)
    }

    /// value ÷ divisor, rounded half-even; value ≥ 0, divisor > 0.
    static func dividedHalfEven(_ value: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        let toHalf = divisor - remainder
        if remainder > toHalf || (remainder == toHalf && quotient % 2 != 0) {
            return quotient + 1
        }
        return quotient
    }
}
