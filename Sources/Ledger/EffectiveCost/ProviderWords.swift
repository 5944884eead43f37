import Domain

/// What a provider's report tells the calls of a connection's day apart by, and which of that an event means
/// whose sender has other words for the same call: an alias of the model, the project's name or none, no
/// service tier.
///
/// A word that the report has means itself. One that it does not have means any of them, unless it is known to
/// mean something else: a model that has a price of its own, or a service tier.
struct ProviderWords {
    /// Those that the report has, as the cells of a bill name them, and usage that is of them.
    private var cells: [BillCell: DimensionSet] = [:]
    private var order: [BillCell] = []
    private var byProject: [ExactText: [BillCell]] = [:]
    private let catalogue: PriceCatalogue

    /// Cells are told apart by words alone here: each is as if of this class.
    private static let anyClass = QuantityClass.input
    private static let knownTiers = [ModelPrice.standardTier] + PublishedRates.serviceTiers

    init(of usage: [RollupRow], catalogue: PriceCatalogue) {
        self.catalogue = catalogue
        for row in usage {
            let cell = Self.cell(of: row.dimensions)
            guard cells.updateValue(row.dimensions, forKey: cell) == nil else { continue }
            order.append(cell)
            byProject[cell.project, default: []].append(cell)
        }
    }

    /// The words of a row of the report.
    static func cell(of usage: DimensionSet) -> BillCell {
        BillCell(usage: usage, quantityClass: anyClass)
    }

    /// The report's own words, where it has those of the event.
    func exact(_ event: DimensionSet) -> BillCell? {
        byProject[ExactText(event.project)]?.first { $0.holds(event) }
    }

    /// Dimensions of usage that is of these words.
    func dimensions(of cell: BillCell) -> DimensionSet? { cells[cell] }

    /// What an event may mean whose words are none of the report's; empty where it is none of its calls.
    func meant(by event: DimensionSet, at time: RollupRow) -> [BillCell] {
        if event.project.isEmpty {
            let ofNone = matching(event, at: time, among: byProject[ExactText("")] ?? [])
            return ofNone.isEmpty ? matching(event, at: time, among: order) : ofNone
        }
        return matching(event, at: time, among: byProject[ExactText(event.project)] ?? order)
    }

    private func matching(
        _ event: DimensionSet, at time: RollupRow, among candidates: [BillCell]
    ) -> [BillCell] {
        var found = ofModel(event, at: time, among: candidates)
        let tier = Self.tier(event.serviceTier)
        found = Self.narrowed(found, isKnown: Self.knownTiers.contains(event.serviceTier)) {
            $0.serviceTier.text.isEmpty || Self.tier($0.serviceTier.text) == tier
        }
        let region = Self.region(event.region)
        let regions = Set(order.map { Self.region($0.region.text) })
        found = Self.narrowed(
            found, isKnown: !event.region.isEmpty && regions.contains(region)
        ) { $0.region.text.isEmpty || Self.region($0.region.text) == region }
        // Which tier a prompt's length is in is not a sender's word.
        let context = ExactText(ContextTier(event.contextTier).reported)
        return found.filter { $0.contextTier.text.isEmpty || $0.contextTier == context }
    }

    /// Those that agree; where none does all, unless the word is known to mean none of them.
    private static func narrowed(
        _ cells: [BillCell], isKnown: Bool, _ agrees: (BillCell) -> Bool
    ) -> [BillCell] {
        let found = cells.filter(agrees)
        return found.isEmpty && !isKnown ? cells : found
    }

    private func ofModel(
        _ event: DimensionSet, at time: RollupRow, among candidates: [BillCell]
    ) -> [BillCell] {
        let model = Self.model(event.model, of: event.provider)
        let same = candidates.filter { $0.model == ExactText(model) }
        if !same.isEmpty { return same }
        let aliases = candidates.filter { Self.isAlias(model, $0.model.text) }
        if !aliases.isEmpty { return aliases }
        let price = catalogue.price(
            provider: event.provider, region: event.region, model: event.model, at: time.start)
        return price == nil ? candidates : []
    }

    // MARK: - Words for the same

    /// Without the route that gateways put before it.
    private static func model(_ name: String, of provider: String) -> String {
        let route = provider + "/"
        guard name.utf8.starts(with: route.utf8), name.utf8.count > route.utf8.count
        else { return name }
        return String(decoding: name.utf8.dropFirst(route.utf8.count), as: UTF8.self)
    }

    /// Whether one names a version of what the other names without one. Two versions are two models.
    private static func isAlias(_ one: String, _ other: String) -> Bool {
        let (ofOne, ofOther) = (unversioned(one), unversioned(other))
        return ofOne.contains { $0.hasSameBytes(as: other) }
            || ofOther.contains { $0.hasSameBytes(as: one) }
            || ofOther.contains { one.hasSameBytes(as: $0 + latest) }
            || ofOne.contains { other.hasSameBytes(as: $0 + latest) }
    }

    private static let latest = "-latest"

    /// What the names without a day, or without saying that it is the latest, are.
    private static func unversioned(_ model: String) -> [String] {
        guard model.utf8.count > latest.utf8.count,
            model.utf8.suffix(latest.utf8.count).elementsEqual(latest.utf8)
        else { return PriceCatalogue.undatedNames(of: model) }
        return [String(decoding: model.utf8.dropLast(latest.utf8.count), as: UTF8.self)]
    }

    /// `default` and `auto` are what a sender calls the tier of whoever asks for none.
    private static func tier(_ word: String) -> String {
        ["", "default", "auto"].contains(word) ? ModelPrice.standardTier : word
    }

    private static func region(_ word: String) -> String {
        BillCell.noRegion.text.hasSameBytes(as: word) ? "" : word
    }
}
