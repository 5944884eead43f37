import Core
import Domain

/// What a provider's report tells the calls of a connection's day apart by, and which of that an event means
/// whose sender has other words for the same call: an alias of the model, no project, no service tier.
///
/// A word that the report has means itself. One that it does not have means any of them, unless it is known to
/// mean something else: a model that has a price of its own, a service tier, or any project, since projects'
/// names are not resolved.
struct ProviderWords {
    /// What an event means whose words are none of the report's; the same for all that mean the same.
    struct Meaning: Hashable {
        /// Nil: of any project.
        fileprivate(set) var project: ExactText?
        /// Without a route. Nil: any.
        let model: ExactText?
        /// Nil for one that the report does not have; so for the region.
        let tier: ExactText?
        let isTierKnown: Bool
        let contextTier: ExactText
        let region: ExactText?
        let isRegionKnown: Bool
    }

    /// Those that the report has, as the cells of a bill name them, and usage that is of them.
    private var words: [BillCell: DimensionSet] = [:]
    private var ofAll = ModelWords()
    private var ofProject: [ExactText: ModelWords] = [:]
    private var tiers: Set<ExactText> = []
    private var regions: Set<ExactText> = []
    /// What was looked up before.
    private var cellsOfMeanings: [Meaning: [BillCell]] = [:]
    private let calculator: CostCalculator
    /// The day's first instant and its last.
    private let day: [Instant]

    /// Cells are told apart by words alone here: each is as if of this class.
    private static let anyClass = QuantityClass.input
    private static let knownTiers = [ModelPrice.standardTier] + PublishedRates.serviceTiers

    /// - Parameter usage: of one connection and UTC day.
    init(of usage: [RollupRow], calculator: CostCalculator) {
        self.calculator = calculator
        day =
            (usage.first?.utcDay).map {
                [UTCDay.start(of: $0), UTCDay.start(of: $0 + 1).advanced(byMicroseconds: -1)]
            } ?? []
        for row in usage {
            let cell = BillCell(usage: row.dimensions, quantityClass: Self.anyClass)
            let known = words[cell]
            guard known.map({ row.dimensions.provider < $0.provider }) ?? true else { continue }
            words[cell] = row.dimensions
        }
        for cell in words.keys.sorted(by: { $0.precedes($1) }) {
            ofAll.append(cell)
            ofProject[cell.project, default: ModelWords()].append(cell)
            tiers.insert(ExactText(Self.tier(cell.serviceTier.text)))
            regions.insert(ExactText(Self.region(cell.region.text)))
        }
    }

    /// The report's own words, where it has those of the event: of several that hold it, those that name most.
    /// What the report has of no model is of no event that names one.
    func exact(_ event: DimensionSet) -> BillCell? {
        let named = ofProject[ExactText(event.project)]?.named(event.model) ?? []
        return BillCell.naming(most: named.filter { $0.holds(event) })
    }

    /// The event's dimensions in these words of the provider; what they do not name stays the event's.
    func saying(_ event: DimensionSet, as cell: BillCell) -> DimensionSet {
        guard let usage = words[cell] else { return event }
        var said = event
        said.provider = usage.provider
        said.project = usage.project
        said.model = usage.model
        guard BillCell.isDetailed(usage) else { return said }
        said.serviceTier = usage.serviceTier
        said.contextTier = usage.contextTier
        said.region = usage.region
        return said
    }

    /// Usage of these words.
    func dimensions(of cell: BillCell) -> DimensionSet? { words[cell] }

    /// What an event means whose words are none of the report's; nil where it is none of its calls.
    mutating func meaning(of event: DimensionSet) -> Meaning? {
        let project = ExactText(event.project)
        if let ofThis = meaning(of: event, in: project) { return ofThis }
        return event.project.isEmpty ? meaning(of: event, in: nil) : nil
    }

    /// In an order that does not depend on that of rows.
    mutating func cells(of meaning: Meaning) -> [BillCell] {
        if let known = cellsOfMeanings[meaning] { return known }
        let found = matching(meaning)
        cellsOfMeanings[meaning] = found
        return found
    }

    private mutating func meaning(of event: DimensionSet, in project: ExactText?) -> Meaning? {
        guard let known = project.map({ ofProject[$0] }) ?? ofAll else { return nil }
        let names = names(of: event)
        let model = names.first { known.knows($0) } ?? event.model
        let isNamed = known.knows(model)
        guard isNamed || !hasPrice(event) else { return nil }
        let tier = ExactText(Self.tier(event.serviceTier))
        let isTierKnown = Self.knownTiers.contains(event.serviceTier)
        let region = ExactText(Self.region(event.region))
        let meaning = Meaning(
            project: project, model: isNamed ? ExactText(model) : nil,
            tier: isTierKnown || tiers.contains(tier) ? tier : nil, isTierKnown: isTierKnown,
            // Which tier a prompt's length is in is not a sender's word.
            contextTier: ExactText(ContextTier(event.contextTier).reported),
            region: regions.contains(region) || event.region.isEmpty ? region : nil,
            isRegionKnown: !event.region.isEmpty && regions.contains(region))
        return cells(of: meaning).isEmpty ? nil : meaning
    }

    /// What the event's model is called: as it says, without what stands before that, and as the model that the
    /// catalogue knows it as an alias of.
    private func names(of event: DimensionSet) -> [String] {
        ProviderModelName.forms(of: event.model, provider: event.provider)
            + day.flatMap {
                calculator.catalogue.aliased(event.model, provider: event.provider, at: $0)
            }
    }

    /// Whether the model is known as one of its own, by any name, to the catalogue or to a contract.
    private func hasPrice(_ event: DimensionSet) -> Bool {
        day.contains {
            calculator.catalogue.price(
                provider: event.provider, region: event.region, model: event.model, at: $0) != nil
                || calculator.overrides.nameModel(event.model, of: event.provider, at: $0)
        }
    }

    private func matching(_ meaning: Meaning) -> [BillCell] {
        guard let known = meaning.project.map({ ofProject[$0] }) ?? ofAll else { return [] }
        var found = Self.ofModel(meaning, among: known)
        found = Self.narrowed(found, isKnown: meaning.isTierKnown) {
            $0.serviceTier.text.isEmpty
                || ExactText(Self.tier($0.serviceTier.text)) == meaning.tier
        }
        found = Self.narrowed(found, isKnown: meaning.isRegionKnown) {
            $0.region.text.isEmpty || ExactText(Self.region($0.region.text)) == meaning.region
        }
        return found.filter {
            $0.contextTier.text.isEmpty || $0.contextTier == meaning.contextTier
        }
    }

    private static func ofModel(_ meaning: Meaning, among known: ModelWords) -> [BillCell] {
        guard let model = meaning.model?.text else {
            return known.cells.filter { !$0.model.text.isEmpty }
        }
        let same = known.named(model)
        return same.isEmpty ? known.aliases(of: model) : same
    }

    /// Those that agree; where none does all, unless the word is known to mean none of them.
    private static func narrowed(
        _ cells: [BillCell], isKnown: Bool, _ agrees: (BillCell) -> Bool
    ) -> [BillCell] {
        let found = cells.filter(agrees)
        return found.isEmpty && !isKnown ? cells : found
    }

    // MARK: - Words for the same

    /// `default` and `auto` are what a sender calls the tier of whoever asks for none.
    private static func tier(_ word: String) -> String {
        ["", "default", "auto"].contains(word) ? ModelPrice.standardTier : word
    }

    private static func region(_ word: String) -> String {
        BillCell.noRegion.text.hasSameBytes(as: word) ? "" : word
    }
}

extension ProviderWords.Meaning {
    /// An order that does not depend on that of rows.
    func precedes(_ other: Self) -> Bool { order.lexicographicallyPrecedes(other.order) }

    private var order: [ExactText] {
        let words = [project, model, tier, contextTier, region].flatMap {
            [ExactText($0 == nil ? "" : "1"), $0 ?? ExactText("")]
        }
        return words + [isTierKnown, isRegionKnown].map { ExactText($0 ? "1" : "") }
    }
}
