package import Core

/// What is known of a report's own limits. No figure goes out without it.
package struct SpendCompleteness: Hashable, Sendable {
    package struct Source: Hashable, Sendable {
        /// A connection's display name, or the source of events.
        package let name: String
        package let lastReadAt: Instant?
        package let finalThrough: Instant?

        package init(name: String, lastReadAt: Instant?, finalThrough: Instant?) {
            self.name = name
            self.lastReadAt = lastReadAt
            self.finalThrough = finalThrough
        }
    }

    /// A price catalogue that figures rest on.
    package struct Prices: Hashable, Sendable {
        /// Number of its import.
        package let version: Int64
        /// Of which day its file was; nil where nobody said.
        package let asOf: CivilDate?
        package let importedAt: Instant

        package init(version: Int64, asOf: CivilDate?, importedAt: Instant) {
            self.version = version
            self.asOf = asOf
            self.importedAt = importedAt
        }
    }

    package var basis: Basis
    /// Every source's figures are final before this; nil where one has none that are.
    package var finalThrough: Instant?
    /// The window reaches beyond `finalThrough`.
    package var provisional: Bool
    package var unpricedEntries: Int64
    package var unpricedTokens: Int64
    package var sources: [Source]
    /// The ledger as known at this instant.
    package var knownAt: Instant
    /// The newest that was good, so that a feed of prices that is refused or ends is seen; nil before the first
    /// import.
    package var prices: Prices?

    package init(
        basis: Basis, finalThrough: Instant?, provisional: Bool, unpricedEntries: Int64,
        unpricedTokens: Int64, sources: [Source], knownAt: Instant, prices: Prices?
    ) {
        self.basis = basis
        self.finalThrough = finalThrough
        self.provisional = provisional
        self.unpricedEntries = unpricedEntries
        self.unpricedTokens = unpricedTokens
        self.sources = sources
        self.knownAt = knownAt
        self.prices = prices
    }
}
