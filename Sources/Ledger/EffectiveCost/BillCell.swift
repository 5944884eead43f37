import Domain

/// The finest cell of a bill: which usage of a connection's day an amount is for.
struct BillCell: Hashable {
    /// Where a bill's line says that it is for no region of its own price.
    static let noRegion = ExactText("global")
    private static let unnamed = ExactText("")

    let project: ExactText
    /// Empty where the bill's line names none; so for the tiers and the region.
    let model: ExactText
    let serviceTier: ExactText
    let contextTier: ExactText
    /// `global` for a line that names all regions without a price of their own.
    let region: ExactText
    /// Classes of quantity that it meters; empty where its words do not tell.
    let classes: [QuantityClass]

    /// The cell of a charge.
    init(charge: DimensionSet) {
        project = ExactText(charge.project)
        model = ExactText(charge.model)
        serviceTier = ExactText(charge.serviceTier)
        contextTier = ExactText(charge.contextTier)
        region = ExactText(charge.region)
        classes = charge.chargeClass.map(Self.metered(by:)) ?? []
    }

    /// The cell that the provider's bill will have for one class of a usage row.
    init(usage: DimensionSet, quantityClass: QuantityClass) {
        project = ExactText(usage.project)
        // A line for searches names only what they were made in.
        let namesModel = quantityClass != .webSearchRequest
        model = namesModel ? ExactText(usage.model) : Self.unnamed
        let isDetailed = namesModel && Self.isDetailed(usage)
        serviceTier = isDetailed ? ExactText(usage.serviceTier) : Self.unnamed
        contextTier = isDetailed ? ExactText(usage.contextTier) : Self.unnamed
        region =
            !isDetailed
            ? Self.unnamed : usage.region.isEmpty ? Self.noRegion : ExactText(usage.region)
        // OpenAI has one line for cache writes of every lifetime, Anthropic one for each.
        let isOneLine = usage.provider == "openai" && Self.cacheWrites.contains(quantityClass)
        classes = Self.metered(by: isOneLine ? .cacheWrite : quantityClass)
    }

    /// Anthropic's lines name tier, context and region; OpenAI's only project and model.
    static func isDetailed(_ usage: DimensionSet) -> Bool { usage.provider == "anthropic" }

    /// Classes that a bill's words for a meter stand for.
    static func metered(by chargeClass: QuantityClass) -> [QuantityClass] {
        if chargeClass == .cacheWrite { return cacheWrites }
        return outputs.contains(chargeClass) ? outputs : [chargeClass]
    }

    private static let cacheWrites: [QuantityClass] = [
        .cacheWrite5m, .cacheWrite30m, .cacheWrite1h, .cacheWrite12h,
    ]
    /// No provider's bill tells these apart.
    private static let outputs: [QuantityClass] = [.output, .reasoning, .outputUnsplit]

    /// Whether usage, or events, of these dimensions are part of what the cell bills.
    func holds(_ dimensions: DimensionSet) -> Bool {
        let region = region == Self.noRegion ? Self.unnamed : region
        return project == ExactText(dimensions.project)
            && (model == Self.unnamed || model == ExactText(dimensions.model))
            && (serviceTier == Self.unnamed || serviceTier == ExactText(dimensions.serviceTier))
            && (contextTier == Self.unnamed
                || contextTier == ExactText(ContextTier(dimensions.contextTier).reported))
            && (self.region == Self.unnamed || region == ExactText(dimensions.region))
    }

    /// How much of the cell's classes there is.
    func quantity(in quantities: UsageQuantities) -> Int128 {
        classes.reduce(0) { $0 + Int128(max(0, quantities[$1] ?? 0)) }
    }
}
