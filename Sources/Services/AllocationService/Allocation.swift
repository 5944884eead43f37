import Core
import Domain

/// What one month's rows of one currency come to by business unit. Pure and exact: the direct and
/// shared amounts and the unallocated rest sum to the total, whatever the order of the rows.
///
/// A month in which units move or end is cut into stretches, each with a tree of its own: what a rule
/// gives to a unit goes to the one that answers for it in the stretch.
struct Allocation: Equatable, Sendable {
    /// By rules that name one unit, in picos.
    private(set) var direct: [BusinessUnitCode: Int128] = [:]
    /// Shares of what rules split, in picos.
    private(set) var shared: [BusinessUnitCode: Int128] = [:]
    /// Direct and shared, by stretch.
    private var ownByStretch: [[BusinessUnitCode: Int128]]
    /// What no rule took, what could not be split in proportion to nothing, and what no unit
    /// answers for.
    private(set) var unallocated: Int128 = 0
    private(set) var total: Int128 = 0

    /// Direct amounts come first, because splits may be in proportion to them: to those of the whole
    /// month, whatever the stretch.
    /// Throws `AMOUNT_OUT_OF_RANGE` where a sum is beyond 128 bits.
    /// - Parameter rows: each with the stretch that it lies in, an index of `trees`.
    init(
        rows: some Sequence<(stretch: Int, dimensions: DimensionSet, picos: Int128)>,
        rules: [AllocationRule], trees: [UnitTree]
    ) throws(ServiceError) {
        ownByStretch = Array(repeating: [:], count: trees.count)
        var matcher = RuleMatcher(rules)
        var byRule = rules.map { _ in [Int128](repeating: 0, count: trees.count) }
        for row in rows {
            try Self.add(row.picos, to: &total)
            if let index = matcher.rule(for: row.dimensions) {
                try Self.add(row.picos, to: &byRule[index][row.stretch])
            } else {
                try Self.add(row.picos, to: &unallocated)
            }
        }
        for (rule, amounts) in zip(rules, byRule) {
            guard case .unit(let code) = rule.target else { continue }
            for (stretch, amount) in amounts.enumerated() where amount != 0 {
                try give(amount, to: code, in: stretch, trees, \.direct)
            }
        }
        let weighed = direct
        for (rule, amounts) in zip(rules, byRule) {
            guard case .split(let method, let units) = rule.target else { continue }
            let weights = Self.weights(method, units, direct: weighed)
            for (stretch, amount) in amounts.enumerated() where amount != 0 {
                guard weights.contains(where: { $0 > 0 }) else {
                    try Self.add(amount, to: &unallocated)
                    continue
                }
                for (code, part) in zip(units, LargestRemainder.split(amount, weights: weights)) {
                    try give(part, to: code, in: stretch, trees, \.shared)
                }
            }
        }
    }

    /// Direct and shared.
    var own: [BusinessUnitCode: Int128] {
        get throws(ServiceError) {
            var own = direct
            for (code, amount) in shared { try Self.add(amount, to: &own[code, default: 0]) }
            return own
        }
    }

    /// Own amounts and those of all units below, each stretch in its own tree.
    /// - Parameter trees: those of the allocation.
    func totals(in trees: [UnitTree]) throws(ServiceError) -> [BusinessUnitCode: Int128] {
        var totals: [BusinessUnitCode: Int128] = [:]
        for (tree, own) in zip(trees, ownByStretch) { try tree.add(own, to: &totals) }
        return totals
    }

    private mutating func give(
        _ amount: Int128, to code: BusinessUnitCode, in stretch: Int, _ trees: [UnitTree],
        _ kind: WritableKeyPath<Allocation, [BusinessUnitCode: Int128]>
    ) throws(ServiceError) {
        guard let unit = trees[stretch].answering(for: code) else {
            try Self.add(amount, to: &unallocated)
            return
        }
        try Self.add(amount, to: &self[keyPath: kind][unit, default: 0])
        try Self.add(amount, to: &ownByStretch[stretch][unit, default: 0])
    }

    /// Weights of a split; a unit whose direct amount is negative has none.
    static func weights(
        _ method: AllocationRule.SplitMethod, _ units: [BusinessUnitCode],
        direct: [BusinessUnitCode: Int128]
    ) -> [UInt128] {
        switch method {
        case .even: units.map { _ in 1 }
        case .proportional: units.map { UInt128(max(0, direct[$0] ?? 0)) }
        }
    }

    static func add(_ amount: Int128, to sum: inout Int128) throws(ServiceError) {
        let (result, overflow) = sum.addingReportingOverflow(amount)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "A sum is beyond 128 bits of picos.")
        }
        sum = result
    }
}
