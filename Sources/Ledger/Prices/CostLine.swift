package import Domain

/// One product of a cost: quantity × rate × multiplier, exactly.
package struct CostLine: Hashable, Sendable {
    package let quantity: Quantity
    package let rate: Rate
    /// The region's times the contract's.
    package let multiplier: ExactDecimal
    /// coefficient × 10^exponent picos; nil beyond 128 bits.
    let coefficient: Int128?
    let exponent: Int

    /// The product in units of the price's currency, as a decimal; nil beyond 128 bits.
    package var costText: String? {
        coefficient.map { Self.text($0, exponent: exponent - 12) }
    }

    /// coefficient × 10^exponent as a decimal without needless zeros; coefficient ≥ 0.
    static func text(_ coefficient: Int128, exponent: Int) -> String {
        guard coefficient != 0 else { return "0" }
        var digits = String(coefficient)
        guard exponent < 0 else { return digits + String(repeating: "0", count: exponent) }
        if digits.count <= -exponent {
            digits = String(repeating: "0", count: 1 - exponent - digits.count) + digits
        }
        var fraction = digits.suffix(-exponent)
        let whole = digits.dropLast(-exponent)
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }
}

/// How a cost came about, before it was rounded.
package struct CostLines: Hashable, Sendable {
    package let lines: [CostLine]
    /// Sum of the lines in units of the currency; nil beyond 128 bits.
    package let exactText: String?
}

extension CostCalculator {
    /// The price that a contract's terms are on, under the number that entries name the contract by.
    func version(of usage: UsageToPrice, under override: PriceOverride) -> PriceVersion? {
        (price(of: usage)?.price ?? override.price(of: usage)).map {
            PriceVersion(
                id: override.priceVersion, price: $0, validFrom: override.validFrom,
                validTo: override.validTo)
        }
    }

    /// The products that make up the cost of usage under a price and, where one made it, an override; nil
    /// where a quantity has no rate.
    func lines(
        of usage: UsageToPrice, under price: ModelPrice, _ override: PriceOverride?
    ) -> CostLines? {
        var lines: [CostLine] = []
        let isLong = usage.isLongContext(under: price)
        for quantity in usage.quantities.all where quantity.amount > 0 {
            guard
                let (rate, isFixed) = price.rate(
                    of: quantity.quantityClass, serviceTier: usage.serviceTier,
                    isLongContext: isLong, fixed: override?.rates ?? [:]),
                let term = term(quantity, of: usage, under: price, override)
            else { return nil }
            let isRegional = rate.per == .million && !isFixed
            let region = isRegional ? price.multiplier(in: usage.region) : .one
            lines.append(
                CostLine(
                    quantity: quantity, rate: rate,
                    multiplier: region.multiplied(by: override?.multiplier ?? .one) ?? region,
                    coefficient: term.coefficient, exponent: term.exponent))
        }
        let terms = lines.map { Term(coefficient: $0.coefficient, exponent: $0.exponent) }
        var exactText: String?
        if let (coefficients, exponent) = Self.aligned(terms) {
            var sum: Int128? = 0
            for coefficient in coefficients {
                sum = sum.flatMap {
                    let (next, overflow) = $0.addingReportingOverflow(coefficient)
                    return overflow ? nil : next
                }
            }
            exactText = sum.map { CostLine.text($0, exponent: exponent - 12) }
        }
        return CostLines(lines: lines, exactText: exactText)
    }
}
