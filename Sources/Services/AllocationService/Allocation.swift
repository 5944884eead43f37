import Core
import Domain

/// What one month's rows of one currency come to by business unit. Pure and exact: the direct and
/// shared amounts and the unallocated rest sum to the total, whatever the order of the rows.
///
/// A month in which units move or end is cut into stretches, each with a tree of its own: what a rule
/// gives to a unit goes to the one that answers for it in the stretch.
struct Allocation: Equatable, Sendable {
    /// What units answer for in one stretch, in picos.
    private struct Stretch: Equatable, Sendable {
        /// By rules that name one unit.
        var direct: [BusinessUnitCode: Int128] = [:]
        /// Shares of what rules split.
        var shared: [BusinessUnitCode: Int128] = [:]
    }

    private var stretches: [Stretch]
    /// What no rule took, what could not be split in proportion to nothing, and what no unit
    /// answers for.
    private(set) var unallocated: Int128 = 0
    private(set) var total: Int128 = 0

    /// Direct amounts come first, because splits may be in proportion to them. The weights are what
    /// the rules give to each unit by its own code in the whole month, before anyone takes over from
    /// it: so no change of units on a day changes what the days before it come to.
    /// Throws `AMOUNT_OUT_OF_RANGE` where a sum is beyond 128 bits.
    /// - Parameter rows: each with the stretch that it lies in, an index of `trees`.
    init(
        rows: some Sequence<(stretch: Int, dimensions: DimensionSet, picos: Int128)>,
        rules: [AllocationRule], trees: [UnitTree]
    ) throws(ServiceError) {
        stretches = Array(repeating: Stretch(), count: trees.count)
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
        var named: [BusinessUnitCode: Int128] = [:]
        for (rule, amounts) in zip(rules, byRule) {
            guard case .unit(let code) = rule.target else { continue }
            for (stretch, amount) in amounts.enumerated() where amount != 0 {
                try Self.add(amount, to: &named[code, default: 0])
                try give(amount, to: code, in: stretch, trees, \.direct)
            }
        }
        for (rule, amounts) in zip(rules, byRule) {
            guard case .split(let method, let units) = rule.target else { continue }
            let weights = Self.weights(method, units, named: named)
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

    /// By rules that name one unit, in picos.
    var direct: [BusinessUnitCode: Int128] {
        get throws(ServiceError) { try sum(\.direct) }
    }

    /// Shares of what rules split, in picos.
    var shared: [BusinessUnitCode: Int128] {
        get throws(ServiceError) { try sum(\.shared) }
    }

    /// Direct and shared.
    var own: [BusinessUnitCode: Int128] {
        get throws(ServiceError) {
            var own: [BusinessUnitCode: Int128] = [:]
            for stretch in stretches { try Self.add(stretch, to: &own) }
            return own
        }
    }

    /// Own amounts and those of all units below, each stretch in its own tree.
    /// - Parameter trees: those of the allocation.
    func totals(
        in trees: [UnitTree], where isShown: (BusinessUnitCode, Int) -> Bool = { _, _ in true }
    ) throws(ServiceError) -> [BusinessUnitCode: Int128] {
        var totals: [BusinessUnitCode: Int128] = [:]
        for (index, tree) in trees.enumerated() {
            var own: [BusinessUnitCode: Int128] = [:]
            try Self.add(stretches[index], to: &own)
            try tree.add(own, to: &totals) { isShown($0, index) }
        }
        return totals
    }

    /// What of it is a caller's: that of units in stretches that are shown. Nothing of it is
    /// unallocated, for what is nobody's is not the caller's.
    func part(
        where isShown: (BusinessUnitCode, Int) -> Bool
    ) throws(ServiceError) -> Allocation {
        var part = self
        part.unallocated = 0
        part.total = 0
        for index in stretches.indices {
            let stretch = stretches[index]
            part.stretches[index] = Stretch(
                direct: stretch.direct.filter { isShown($0.key, index) },
                shared: stretch.shared.filter { isShown($0.key, index) })
        }
        for amount in try part.own.values { try Self.add(amount, to: &part.total) }
        return part
    }

    private func sum(
        _ kind: KeyPath<Stretch, [BusinessUnitCode: Int128]>
    ) throws(ServiceError) -> [BusinessUnitCode: Int128] {
        var sum: [BusinessUnitCode: Int128] = [:]
        for stretch in stretches {
            for (code, amount) in stretch[keyPath: kind] {
                try Self.add(amount, to: &sum[code, default: 0])
            }
        }
        return sum
    }

    private static func add(
        _ stretch: Stretch, to own: inout [BusinessUnitCode: Int128]
    ) throws(ServiceError) {
        for (code, amount) in stretch.direct { try add(amount, to: &own[code, default: 0]) }
        for (code, amount) in stretch.shared { try add(amount, to: &own[code, default: 0]) }
    }

    private mutating func give(
        _ amount: Int128, to code: BusinessUnitCode, in stretch: Int, _ trees: [UnitTree],
        _ kind: WritableKeyPath<Stretch, [BusinessUnitCode: Int128]>
    ) throws(ServiceError) {
        guard let unit = trees[stretch].answering(for: code) else {
            try Self.add(amount, to: &unallocated)
            return
        }
        try Self.add(amount, to: &stretches[stretch][keyPath: kind][unit, default: 0])
    }

    /// Weights of a split; a unit whose amount is negative has none.
    /// - Parameter named: what rules give to each unit by its own code.
    static func weights(
        _ method: AllocationRule.SplitMethod, _ units: [BusinessUnitCode],
        named: [BusinessUnitCode: Int128]
    ) -> [UInt128] {
        switch method {
        case .even: units.map { _ in 1 }
        case .proportional: units.map { UInt128(max(0, named[$0] ?? 0)) }
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
