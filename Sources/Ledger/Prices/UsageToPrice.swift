package import Core
package import Domain

/// What pricing looks at in one event or one row of a provider's report.
package struct UsageToPrice: Sendable {
    /// How it is known whether a request had a long prompt.
    package enum Granularity: Hashable, Sendable {
        /// One request: its own prompt tells.
        case request
        /// A row of a provider's report: only the provider's own context tier can tell.
        case aggregate
        /// A sum of events, whose context tier remembers what each was charged at.
        case rollup
    }

    package let provider: String
    package let model: String
    package let region: String
    package let serviceTier: String
    package let contextTier: String
    package let granularity: Granularity
    package let time: Instant
    package let quantities: UsageQuantities
    package let state: UsageState

    package init(
        _ dimensions: DimensionSet, granularity: Granularity, time: Instant,
        quantities: UsageQuantities, state: UsageState
    ) {
        provider = dimensions.provider
        model = dimensions.model
        region = dimensions.region
        serviceTier =
            dimensions.serviceTier.isEmpty ? ModelPrice.standardTier : dimensions.serviceTier
        contextTier = dimensions.contextTier
        self.granularity = granularity
        self.time = time
        self.quantities = quantities
        self.state = state
    }

    /// Whether the price's long-context rates apply.
    func isLongContext(under price: ModelPrice) -> Bool {
        guard let longContext = price.longContext else { return false }
        switch granularity {
        case .aggregate:
            return Self.longContextTiers.contains(contextTier)
        case .rollup:
            return ContextTier(contextTier).isLongEvent
        case .request:
            // Beyond 64 bits is beyond every threshold.
            guard let tokens = quantities.inputSideTokens else { return true }
            return Self.thresholdIncluded.contains(provider)
                ? tokens >= longContext.thresholdTokens : tokens > longContext.thresholdTokens
        }
    }

    /// Providers' own words for a long prompt.
    private static let longContextTiers: Set<String> = ["200k-1M"]
    /// Providers whose long context begins at the threshold, not behind it.
    private static let thresholdIncluded: Set<String> = [
        "xai", "google-gemini-api", "google-vertex-ai",
    ]
}
