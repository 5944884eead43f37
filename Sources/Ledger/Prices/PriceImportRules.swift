import Core
import Domain

/// What a price file must keep to, to be taken for the successor of what is known.
package struct PriceImportRules: Hashable, Sendable {
    /// So many times what it was, or such a part of it, a rate may be; a free one may cost anything.
    package let factorMax: Int
    /// Whether what cost something may fall to nothing, which is no part of what it was: by its own rate, or by
    /// one that a tier, a length, a class or a region has now.
    package let mayBecomeFree: Bool
    /// Of each hundred models that are known, so many may lack in the file.
    package let vanishedPercentMax: Int

    package static let factorMaxDefault = 100
    package static let vanishedPercentMaxDefault = 50

    package init(
        factorMax: Int = Self.factorMaxDefault, mayBecomeFree: Bool = false,
        vanishedPercentMax: Int = Self.vanishedPercentMaxDefault
    ) {
        self.factorMax = factorMax
        self.mayBecomeFree = mayBecomeFree
        self.vanishedPercentMax = vanishedPercentMax
    }

    /// Refuses a file that cannot be the successor of what is known.
    package func check(_ file: PriceFile, after current: PriceCatalogue) throws(PriceFileError) {
        let known = Dictionary(
            current.versions.filter { $0.validTo == nil }.map { ($0.price.name, $0.price) },
            uniquingKeysWith: { first, _ in first })
        var found = 0
        for row in file.rows {
            let own = known[row.price.name]
            if own != nil { found += 1 }
            guard let before = own ?? Self.replaced(by: row.price, known) else { continue }
            let old = Dictionary(
                (own?.lines ?? []).map { ($0.key, $0.rate) },
                uniquingKeysWith: { first, _ in first })
            for line in row.price.lines {
                guard
                    let problem = old[line.key].map({ problem($0, line.rate) })
                        ?? problem(ofNew: line, before)
                else { continue }
                throw PriceFileError(
                    problem, line: row.line, column: line.key.quantityClass.rawValue,
                    model: row.key)
            }
        }
        guard (known.count - found) * 100 <= known.count * vanishedPercentMax else {
            throw PriceFileError(.modelsVanished)
        }
    }

    /// What held where there was no such price: that of every region, or of the longest name that the model is a
    /// dated form of, as `PriceCatalogue.price` finds it.
    private static func replaced(
        by price: ModelPrice, _ known: [[String]: ModelPrice]
    ) -> ModelPrice? {
        for model in [price.model] + PriceCatalogue.undatedNames(of: price.model) {
            for region in [price.region, ""] {
                if let before = known[[price.provider, region, model]] { return before }
            }
        }
        return nil
    }

    private func problem(_ old: Rate, _ new: Rate) -> PriceFileError.Problem? {
        guard old.value.coefficient > 0 else { return nil }
        guard new.value.coefficient > 0 else {
            return mayBecomeFree || Mutant.takeFreePrices.isActive ? nil : .priceBecameFree
        }
        return hasJumped(old, new) ? .priceJumped : nil
    }

    /// A line that the price did not have; its usage cost something else, which it need not be a part of, but
    /// not nothing.
    private func problem(
        ofNew line: PriceLine, _ before: ModelPrice
    ) -> PriceFileError.Problem? {
        let old = before.rate(
            of: line.key.quantityClass, serviceTier: line.key.serviceTier,
            isLongContext: line.key.isLong)
        guard let old, line.rate.value.coefficient <= 0 else { return nil }
        return problem(old, line.rate)
    }

    /// Both above 0.
    private func hasJumped(_ old: Rate, _ new: Rate) -> Bool {
        let factor = ExactDecimal(Int64(factorMax))
        guard let ceiling = old.value.multiplied(by: factor),
            let raised = new.value.multiplied(by: factor)
        else { return true }
        return ceiling < new.value || raised < old.value
    }
}
