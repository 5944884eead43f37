import Domain

/// The cells that a bill of a provider's reported usage would have: each class of a usage row is in one of them,
/// and each class of an event in one at most.
struct MeteredCells {
    private var all: Set<BillCell> = []
    private var byModel: [ProjectModel: [BillCell]] = [:]

    init(of usage: [RollupRow]) {
        for row in usage {
            for cell in Self.own(row.quantities, as: row.dimensions)
            where all.insert(cell).inserted {
                byModel[ProjectModel(cell), default: []].append(cell)
            }
        }
    }

    /// The cells of a usage row.
    static func own(_ quantities: UsageQuantities, as words: DimensionSet) -> Set<BillCell> {
        var cells: Set<BillCell> = []
        quantities.forEach { quantityClass, amount in
            guard amount > 0 else { return }
            cells.insert(BillCell(usage: words, quantityClass: quantityClass))
        }
        return cells
    }

    /// The cell that usage of these words is in: of those that hold them the one that names most; nil where the
    /// report has none of the class.
    func cell(of words: DimensionSet, _ quantityClass: QuantityClass) -> BillCell? {
        let own = BillCell(usage: words, quantityClass: quantityClass)
        if all.contains(own) { return own }
        return BillCell.naming(
            most: byModel.holding(words).filter { $0.classes.contains(quantityClass) })
    }

    /// Those of all classes of an event.
    func cells(of quantities: UsageQuantities, as words: DimensionSet) -> Set<BillCell> {
        var cells: Set<BillCell> = []
        quantities.forEach { quantityClass, amount in
            guard amount > 0, let cell = cell(of: words, quantityClass) else { return }
            cells.insert(cell)
        }
        return cells
    }
}

extension [ProjectModel: [BillCell]] {
    /// Those that hold the words, with and without their model.
    func holding(_ words: DimensionSet) -> [BillCell] {
        let named = ProjectModel(words)
        var found = self[named] ?? []
        if !named.model.text.isEmpty {
            found += self[ProjectModel(project: named.project, model: ExactText(""))] ?? []
        }
        return found.filter { $0.holds(words) }
    }
}

extension BillCell {
    /// Of cells the one that names most of model, tiers and region; of as many, the first by their words.
    static func naming(most cells: [BillCell]) -> BillCell? {
        cells.max {
            $0.namesCount == $1.namesCount ? $1.precedes($0) : $0.namesCount < $1.namesCount
        }
    }

    private var namesCount: Int {
        [model, serviceTier, contextTier, region].count { !$0.text.isEmpty }
    }

    /// An order that does not depend on that of rows.
    func precedes(_ other: BillCell) -> Bool { order.lexicographicallyPrecedes(other.order) }

    private var order: [ExactText] {
        [project, model, serviceTier, contextTier, region]
            + classes.map { ExactText($0.rawValue) }
    }
}
