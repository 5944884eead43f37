import Core
import Domain

/// What a price file must keep to, to be taken for the successor of what is known.
package struct PriceImportRules: Hashable, Sendable {
    /// So many times what it was, or such a part of it, a rate may be; a free one may cost anything.
    package let factorMax: Int
    /// Whether a rate may fall to nothing, which is no part of what it was.
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
            guard let before = known[row.price.name] else { continue }
            found += 1
            let old = Dictionary(
                before.lines.map { ($0.key, $0.rate) }, uniquingKeysWith: { first, _ in first })
            for line in row.price.lines {
                guard let old = old[line.key], let problem = problem(old, line.rate)
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

    private func problem(_ old: Rate, _ new: Rate) -> PriceFileError.Problem? {
        guard old.value.coefficient > 0 else { return nil }
        guard new.value.coefficient > 0 else {
            return mayBecomeFree || Mutant.takeFreePrices.isActive ? nil : .priceBecameFree
        }
        return hasJumped(old, new) ? .priceJumped : nil
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
