import Core
import Domain

/// The organization's business units as a tree, as they are on a day.
struct UnitTree: Sendable {
    /// Those that answer for spend, with the units above them.
    private let parents: [BusinessUnitCode: BusinessUnitCode?]
    /// Of units that have ended, who comes next: the successor, else the unit above.
    private let next: [BusinessUnitCode: BusinessUnitCode?]

    init(_ history: UnitHistory, on day: CivilDate) {
        var parents: [BusinessUnitCode: BusinessUnitCode?] = [:]
        var next: [BusinessUnitCode: BusinessUnitCode?] = [:]
        for code in history.versions.keys {
            guard let details = history.details(of: code, on: day) else { continue }
            if details.status == .active {
                parents.updateValue(details.parent, forKey: code)
            } else {
                next.updateValue(details.status.successor ?? details.parent, forKey: code)
            }
        }
        self.parents = parents
        self.next = next
    }

    /// Who answers for what rules give to a unit: itself, or who took over from it, however often;
    /// nil where nobody does, or the unit does not exist yet.
    func answering(for code: BusinessUnitCode) -> BusinessUnitCode? {
        var unit = code
        // Succession ends, for whoever changes units checks it; a count keeps faith with no one.
        for _ in 0...next.count {
            if parents[unit] != nil { return unit }
            guard case .some(.some(let following)) = next[unit] else { return nil }
            unit = following
        }
        return nil
    }

    /// The unit and all above it, upwards. `UNIT_TREE_HAS_A_CYCLE` where it never ends.
    func lineage(of code: BusinessUnitCode) throws(ServiceError) -> [BusinessUnitCode] {
        var line = [code]
        while let last = line.last, case .some(.some(let parent)) = parents[last] {
            guard line.count <= parents.count else {
                throw ServiceError(
                    .dataLoss, "UNIT_TREE_HAS_A_CYCLE",
                    "A business unit stands above itself; reports need a tree.")
            }
            line.append(parent)
        }
        return line
    }

    /// Adds own amounts upwards: each unit's to its total and to those of all units above it.
    func add(
        _ own: [BusinessUnitCode: Int128], to totals: inout [BusinessUnitCode: Int128]
    ) throws(ServiceError) {
        for (code, amount) in own {
            for unit in try lineage(of: code) {
                try Allocation.add(amount, to: &totals[unit, default: 0])
            }
        }
    }
}
