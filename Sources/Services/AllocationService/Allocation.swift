import Core
import Domain

/// What one month's rows of one currency come to by business unit. Pure and exact: the direct and
/// shared amounts and the unallocated rest sum to the total, whatever the order of the rows.
struct Allocation: Equatable, Sendable {
    /// By rules that name one unit, in picos.
    private(set) var direct: [BusinessUnitCode: Int128] = [:]
    /// Shares of what rules split, in picos.
    private(set) var shared: [BusinessUnitCode: Int128] = [:]
    /// What no rule took, and what could not be split in proportion to nothing.
    private(set) var unallocated: Int128 = 0
    private(set) var total: Int128 = 0

    /// Direct amounts come first, because splits may be in proportion to them.
    /// Throws `AMOUNT_OUT_OF_RANGE` where a sum is beyond 128 bits.
    init(
        rows: some Sequence<(dimensions: DimensionSet, picos: Int128)>, rules: [AllocationRule]
    ) throws(ServiceError) {
        var matcher = RuleMatcher(rules)
        var byRule = [Int128](repeating: 0, count: rules.count)
        for row in rows {
            try Self.add(row.picos, to: &total)
            if let index = matcher.rule(for: row.dimensions) {
                try Self.add(row.picos, to: &byRule[index])
            } else {
                try Self.add(row.picos, to: &unallocated)
            }
        }
        for (rule, amount) in zip(rules, byRule) {
            if case .unit(let code) = rule.target, amount != 0 {
                try Self.add(amount, to: &direct[code, default: 0])
            }
        }
        for (rule, amount) in zip(rules, byRule) {
            if case .split(let method, let units) = rule.target, amount != 0 {
                try split(amount, method, units)
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

    private mutating func split(
        _ amount: Int128, _ method: AllocationRule.SplitMethod, _ units: [BusinessUnitCode]
    ) throws(ServiceError) {
        let weights = Self.weights(method, units, direct: direct)
        guard weights.contains(where: { $0 > 0 }) else {
            try Self.add(amount, to: &unallocated)
            return
        }
        for (code, part) in zip(units, LargestRemainder.split(amount, weights: weights)) {
            try Self.add(part, to: &shared[code, default: 0])
        }
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
