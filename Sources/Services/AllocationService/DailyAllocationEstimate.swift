import Core
import Domain

/// What each business unit came to day by day, for forecasts alone: a split of a month has no
/// days, so each day is split by the weights of the whole window. All days count under the tree of
/// the last, but for those on which the unit was not the caller's. An estimate in exact picos.
struct DailyAllocationEstimate: Sendable {
    /// Own amounts by day; units without any are absent.
    private(set) var own: [BusinessUnitCode: [Int128]] = [:]
    /// Units whose own amounts lack days that are not shown, and all units above them: what will come
    /// cannot be told from the others.
    private(set) var partlyShown: Set<BusinessUnitCode> = []
    private let view: UnitView
    private let dayCount: Int

    /// - Parameter rows: each with its day, counted from the first of the view's window.
    init(
        rows: some Sequence<(day: Int, dimensions: DimensionSet, picos: Int128)>,
        rules: [AllocationRule], view: UnitView
    ) throws(ServiceError) {
        self.view = view
        let days = view.calendar.days
        dayCount = days.upperBound.dayNumber - days.lowerBound.dayNumber
        var matcher = RuleMatcher(rules)
        var byRule = [[Int128]?](repeating: nil, count: rules.count)
        for row in rows {
            guard let index = matcher.rule(for: row.dimensions) else { continue }
            var days = byRule[index] ?? [Int128](repeating: 0, count: dayCount)
            byRule[index] = nil
            try Allocation.add(row.picos, to: &days[row.day])
            byRule[index] = days
        }
        var named: [BusinessUnitCode: Int128] = [:]
        for (rule, days) in zip(rules, byRule) {
            guard case .unit(let code) = rule.target, let days else { continue }
            for (day, amount) in days.enumerated() where amount != 0 {
                try Allocation.add(amount, to: &named[code, default: 0])
                try give(amount, onDay: day, to: code)
            }
        }
        for (rule, days) in zip(rules, byRule) {
            guard case .split(let method, let units) = rule.target, let days else { continue }
            let weights = Allocation.weights(method, units, named: named)
            guard weights.contains(where: { $0 > 0 }) else { continue }
            for (day, amount) in days.enumerated() where amount != 0 {
                for (code, part) in zip(units, LargestRemainder.split(amount, weights: weights)) {
                    try give(part, onDay: day, to: code)
                }
            }
        }
    }

    /// Each unit's own days with those of all units below it.
    var totals: [BusinessUnitCode: [Int128]] {
        get throws(ServiceError) {
            let last = view.calendar.trees.count - 1
            var totals: [BusinessUnitCode: [Int128]] = [:]
            for (code, days) in own {
                for unit in try view.calendar.trees[last].lineage(of: code)
                where view.shows(unit, in: last) {
                    var sum = totals[unit] ?? [Int128](repeating: 0, count: dayCount)
                    totals[unit] = nil
                    for day in days.indices { try Allocation.add(days[day], to: &sum[day]) }
                    totals[unit] = sum
                }
            }
            return totals
        }
    }

    /// All units' own amounts together, by day.
    var total: [Int128] {
        get throws(ServiceError) {
            var total = [Int128](repeating: 0, count: dayCount)
            for days in own.values {
                for day in days.indices { try Allocation.add(days[day], to: &total[day]) }
            }
            return total
        }
    }

    private mutating func give(
        _ amount: Int128, onDay day: Int, to code: BusinessUnitCode
    ) throws(ServiceError) {
        let date = view.calendar.days.lowerBound.advanced(byDays: day)
        guard let (unit, isShown) = view.unitOnLastDay(for: code, on: date) else { return }
        guard isShown else {
            if !partlyShown.contains(unit), let tree = view.calendar.trees.last {
                try partlyShown.formUnion(tree.lineage(of: unit))
            }
            return
        }
        try Allocation.add(
            amount, to: &own[unit, default: [Int128](repeating: 0, count: dayCount)][day])
    }
}
