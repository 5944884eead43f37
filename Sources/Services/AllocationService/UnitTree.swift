import Core
import Domain

/// The organization's business units as a tree, as they are on a day.
struct UnitTree: Sendable {
    private let history: UnitHistory
    private let day: CivilDate

    init(_ history: UnitHistory, on day: CivilDate) {
        self.history = history
        self.day = day
    }

    /// Who answers for what rules give to a unit: itself, or who took over from it, however often;
    /// nil where nobody does, or the unit does not exist yet.
    func answering(for code: BusinessUnitCode) -> BusinessUnitCode? {
        var unit = code
        // Succession ends, for whoever changes units checks it; a count keeps faith with no one.
        for _ in 0...history.versions.count {
            guard let details = history.details(of: unit, on: day) else { return nil }
            if details.status == .active { return unit }
            guard let next = details.status.successor ?? details.parent else { return nil }
            unit = next
        }
        return nil
    }

    /// The unit and all above it, upwards. `UNIT_TREE_HAS_A_CYCLE` where it never ends.
    func lineage(of code: BusinessUnitCode) throws(ServiceError) -> [BusinessUnitCode] {
        var line = [code]
        while let last = line.last, let parent = parent(of: last) {
            guard line.count <= history.versions.count else {
                throw ServiceError(
                    .dataLoss, "UNIT_TREE_HAS_A_CYCLE",
                    "A business unit stands above itself; reports need a tree.")
            }
            line.append(parent)
        }
        return line
    }

    /// Nil at the top, and of units that answer for nothing.
    private func parent(of code: BusinessUnitCode) -> BusinessUnitCode? {
        guard let details = history.details(of: code, on: day), details.status == .active else {
            return nil
        }
        return details.parent
    }

    /// Adds own amounts upwards: each unit's to its total and to those of all units above it that
    /// are shown.
    func add(
        _ own: [BusinessUnitCode: Int128], to totals: inout [BusinessUnitCode: Int128],
        where isShown: (BusinessUnitCode) -> Bool = { _ in true }
    ) throws(ServiceError) {
        for (code, amount) in own {
            for unit in try lineage(of: code) where isShown(unit) {
                try Allocation.add(amount, to: &totals[unit, default: 0])
            }
        }
    }
}
