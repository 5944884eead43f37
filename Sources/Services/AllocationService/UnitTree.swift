import Core
import Domain

/// The organization's business units as a tree.
struct UnitTree: Sendable {
    struct Unit: Hashable, Sendable {
        let code: BusinessUnitCode
        let displayName: String
        let parent: BusinessUnitCode?
    }

    /// By code.
    let units: [Unit]
    private let parents: [BusinessUnitCode: BusinessUnitCode]

    init(_ units: [Unit]) {
        self.units = units.sorted { $0.code < $1.code }
        parents = units.reduce(into: [:]) { parents, unit in parents[unit.code] = unit.parent }
    }

    /// The unit and all above it, upwards. `UNIT_TREE_HAS_A_CYCLE` where it never ends.
    func lineage(of code: BusinessUnitCode) throws(ServiceError) -> [BusinessUnitCode] {
        var line = [code]
        while let last = line.last, let parent = parents[last] {
            guard line.count <= units.count else {
                throw ServiceError(
                    .dataLoss, "UNIT_TREE_HAS_A_CYCLE",
                    "A business unit stands above itself; reports need a tree.")
            }
            line.append(parent)
        }
        return line
    }

    /// Own amounts summed upwards: each unit's with those of all units below it.
    func totals(
        of own: [BusinessUnitCode: Int128]
    ) throws(ServiceError) -> [BusinessUnitCode: Int128] {
        var totals: [BusinessUnitCode: Int128] = [:]
        for (code, amount) in own {
            for unit in try lineage(of: code) {
                try Allocation.add(amount, to: &totals[unit, default: 0])
            }
        }
        return totals
    }
}
