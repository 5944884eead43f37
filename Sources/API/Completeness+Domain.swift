import Core
package import Domain

extension Completeness {
    /// `unallocated` where the report allocates.
    package init(_ completeness: SpendCompleteness, unallocated: Domain.Money? = nil) {
        self.init(
            basis: Basis(completeness.basis),
            finalThrough: completeness.finalThrough.map { Timestamp($0) },
            provisional: completeness.provisional,
            unpricedEntries: completeness.unpricedEntries,
            unpricedTokens: completeness.unpricedTokens,
            unallocated: unallocated.map { Money($0) },
            sources: completeness.sources.map {
                SourceFreshness(
                    source: $0.name, lastReadAt: $0.lastReadAt.map { Timestamp($0) },
                    finalThrough: $0.finalThrough.map { Timestamp($0) })
            },
            knownAt: Timestamp(completeness.knownAt),
            priceCatalogue: completeness.prices.map { PriceCatalogueVersion($0) })
    }

    /// Of figures of some units, for callers who are limited to them: when and how final, without
    /// the names, counts and amounts of the whole organization.
    package init(ofSomeUnits completeness: SpendCompleteness) {
        self.init(
            basis: Basis(completeness.basis),
            finalThrough: completeness.finalThrough.map { Timestamp($0) },
            provisional: completeness.provisional, knownAt: Timestamp(completeness.knownAt),
            ofSomeUnits: true,
            priceCatalogue: completeness.prices.map { PriceCatalogueVersion($0) })
    }
}

extension PriceCatalogueVersion {
    package init(_ prices: SpendCompleteness.Prices) {
        self.init(
            version: prices.version, asOf: prices.asOf.map { Date($0) },
            importTime: Timestamp(prices.importedAt))
    }
}
