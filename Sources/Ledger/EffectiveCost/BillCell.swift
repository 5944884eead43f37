import Domain

/// The finest cell of a bill: which usage of a connection's day an amount is for.
struct BillCell: Hashable {
    /// Where a bill's line says that it is for no region of its own price.
    static let noRegion = "global"

    let project: String
    /// Empty where the bill's line names none; so for the tiers and the region.
    let model: String
    let serviceTier: String
    let contextTier: String
    /// `global` for a line that names all regions without a price of their own.
    let region: String
    /// Classes of quantity that it meters; empty where its words do not tell.
    let classes: [QuantityClass]

    /// The cell of a charge.
    init(charge: DimensionSet) {
        project = charge.project
        model = charge.model
        serviceTier = charge.serviceTier
        contextTier = charge.contextTier
        region = charge.region
        classes = charge.chargeClass.map(Self.metered(by:)) ?? []
    }

    /// The cell that the provider's bill will have for one class of a usage row.
    init(usage: DimensionSet, classes: [QuantityClass]) {
        // Anthropic's lines name tier, context and region; OpenAI's only project and model.
        let isDetailed = usage.provider == "anthropic"
        project = usage.project
        model = usage.model
        serviceTier = isDetailed ? usage.serviceTier : ""
        contextTier = isDetailed ? usage.contextTier : ""
        region = isDetailed ? (usage.region.isEmpty ? Self.noRegion : usage.region) : ""
        self.classes = classes
    }

    /// Classes that a bill's words for a meter stand for.
    static func metered(by chargeClass: QuantityClass) -> [QuantityClass] {
        classGroups.first {
            $0.contains(chargeClass) || $0 == cacheWrites && chargeClass == .cacheWrite
        }
        .map { group in
            // A line of one lifetime meters that lifetime only.
            group == cacheWrites && chargeClass != .cacheWrite ? [chargeClass] : group
        } ?? [chargeClass]
    }

    static let cacheWrites: [QuantityClass] = [
        .cacheWrite5m, .cacheWrite30m, .cacheWrite1h, .cacheWrite12h,
    ]
    /// Classes that a provider's bill does not tell apart.
    static let classGroups: [[QuantityClass]] = [
        cacheWrites, [.output, .reasoning, .outputUnsplit],
    ]

    func holds(usage dimensions: DimensionSet) -> Bool {
        dimensions.project == project
            && (model.isEmpty || dimensions.model == model)
            && (serviceTier.isEmpty || dimensions.serviceTier == serviceTier)
            && (contextTier.isEmpty || dimensions.contextTier == contextTier)
            && (region.isEmpty || dimensions.region == (region == Self.noRegion ? "" : region))
    }

    /// Like usage, but an event does not say its provider's context tier: it counts as short.
    func holds(event dimensions: DimensionSet) -> Bool {
        guard dimensions.contextTier.isEmpty, !contextTier.isEmpty else {
            return holds(usage: dimensions)
        }
        var assumed = dimensions
        assumed.contextTier = "0-200k"
        return holds(usage: assumed)
    }

    /// How much of the cell's classes there is.
    func quantity(in quantities: UsageQuantities) -> Int128 {
        classes.reduce(0) { $0 + Int128(max(0, quantities[$1] ?? 0)) }
    }
}
