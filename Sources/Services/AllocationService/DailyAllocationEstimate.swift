import Core
import Domain

/// What each business unit came to day by day, for forecasts alone: a split of a month has no
/// days, so each day is split by the weights of the whole window. All days count under one tree. An
/// estimate in exact picos.
struct DailyAllocationEstimate: Sendable {
    /// Own amounts by day; units without any are absent.
    private(set) var own: [BusinessUnitCode: [Int128]] = [:]
    private let dayCount: Int
    private let tree: UnitTree

    /// `day` counts from the first of `dayCount` days.
    init(
        rows: some Sequence<(day: Int, dimensions: DimensionSet, picos: Int128)>, dayCount: Int,
        rules: [AllocationRule], tree: UnitTree
    ) throws(ServiceError) {
        self.dayCount = dayCount
        self.tree = tree
        var matcher = RuleMatcher(rules)
        var byRule = [[Int128]?](repeating: nil, count: rules.count)
        for row in rows {
            guard let index = matcher.rule(for: row.dimensions) else { continue }
            var days = byRule[index] ?? [Int128](repeating: 0, count: dayCount)
            byRule[index] = nil
            try Allocation.add(row.picos, to: &days[row.day])
            byRule[index] = days
        }
        var direct: [BusinessUnitCode: Int128] = [:]
        for (rule, days) in zip(rules, byRule) {
            guard case .unit(let code) = rule.target, let days else { continue }
            guard let unit = tree.answering(for: code) else { continue }
            try add(days, to: unit)
            for amount in days { try Allocation.add(amount, to: &direct[unit, default: 0]) }
        }
        for (rule, days) in zip(rules, byRule) {
            guard case .split(let method, let units) = rule.target, let days else { continue }
            let weights = Allocation.weights(method, units, direct: direct)
            guard weights.contains(where: { $0 > 0 }) else { continue }
            for (day, amount) in days.enumerated() where amount != 0 {
                for (code, part) in zip(units, LargestRemainder.split(amount, weights: weights)) {
                    guard let unit = tree.answering(for: code) else { continue }
                    try add(part, onDay: day, to: unit)
                }
            }
        }
    }

    /// Each unit's own days with those of all units below it.
    func totals() throws(ServiceError) -> [BusinessUnitCode: [Int128]] {
        var sums = self
        sums.own = [:]
        for (code, days) in own {
            for unit in try tree.lineage(of: code) { try sums.add(days, to: unit) }
        }
        return sums.own
    }

    private mutating func add(
        _ days: [Int128], to code: BusinessUnitCode
    ) throws(ServiceError) {
        for (day, amount) in days.enumerated() where amount != 0 {
            try add(amount, onDay: day, to: code)
        }
    }

    private mutating func add(
        _ amount: Int128, onDay day: Int, to code: BusinessUnitCode
    ) throws(ServiceError) {
        try Allocation.add(
            amount, to: &own[code, default: [Int128](repeating: 0, count: dayCount)][day])
    }
}
