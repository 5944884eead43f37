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
            guard let before = own ?? Self.replaced(by: row.price, current, known) else { continue }
            if let (problem, quantityClass) = problem(
                before, isOwn: own != nil, new: row.price)
            {
                throw PriceFileError(
                    problem, line: row.line, column: quantityClass.rawValue, model: row.key)
            }
        }
        try checkAliases(of: file, after: current, known)
        guard (known.count - found) * 100 <= known.count * vanishedPercentMax else {
            throw PriceFileError(.modelsVanished)
        }
    }

    /// An alias that comes to name another model moves what its name costs, as a new price would.
    private func checkAliases(
        of file: PriceFile, after current: PriceCatalogue, _ known: [[String]: ModelPrice]
    ) throws(PriceFileError) {
        let models = Dictionary(
            current.aliases.filter { $0.validTo == nil }.map {
                (PriceFile.Alias.Key($0), $0.model)
            },
            uniquingKeysWith: { first, _ in first })
        let prices = known.merging(
            file.rows.map { ($0.price.name, $0.price) }, uniquingKeysWith: { $1 })
        for row in file.aliases {
            let alias = row.alias
            guard let model = models[row.key], model != alias.model else { continue }
            for (name, price) in prices.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
            where name[0] == alias.provider && name[2] == alias.model {
                let before =
                    known[[alias.provider, price.region, model]]
                    ?? known[[alias.provider, "", model]]
                guard let before,
                    let (problem, quantityClass) = problem(before, isOwn: true, new: price)
                else { continue }
                throw PriceFileError(
                    problem, line: row.line, column: quantityClass.rawValue, model: alias.name)
            }
        }
    }

    /// What a price has that cannot follow the one before it.
    /// - Parameter isOwn: Whether that was its own, or one that stood for it.
    private func problem(
        _ before: ModelPrice, isOwn: Bool, new price: ModelPrice
    ) -> (PriceFileError.Problem, QuantityClass)? {
        let old = Dictionary(
            (isOwn ? before.lines : []).map { ($0.key, $0.rate) },
            uniquingKeysWith: { first, _ in first })
        for line in price.lines {
            guard
                let problem = old[line.key].map({ problem($0, line.rate) })
                    ?? problem(ofNew: line, before)
            else { continue }
            return (problem, line.key.quantityClass)
        }
        return nil
    }

    /// What held where there was no such price: that of every region, or of the model that its name is an alias or
    /// a form of, as `PriceCatalogue.found` finds it.
    private static func replaced(
        by price: ModelPrice, _ current: PriceCatalogue, _ known: [[String]: ModelPrice]
    ) -> ModelPrice? {
        let aliases = current.aliases.filter {
            $0.validTo == nil && $0.provider == price.provider
        }
        for name in PriceCatalogue.names(of: price.model, provider: price.provider) {
            let models = [name] + aliases.filter { $0.name == name }.map(\.model)
            for model in models {
                for region in [price.region, ""] {
                    if let before = known[[price.provider, region, model]] { return before }
                }
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
