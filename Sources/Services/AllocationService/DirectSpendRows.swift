package import Core
import Domain
package import Ledger

/// Which rows of a window rules give whole to single units that a caller is shown: what the chargeback report
/// calls direct, row by row. What is split is shared out by the month and has no rows.
package struct DirectSpendRows: Sendable {
    private struct Place: Hashable {
        let rule: Int
        let stretch: Int
    }

    private let rules: [AllocationRule]
    private let view: UnitView
    private var matcher: RuleMatcher
    private var shown: [Place: Bool] = [:]

    init(rules: [AllocationRule], view: UnitView) {
        self.rules = rules
        self.view = view
        matcher = RuleMatcher(rules)
    }

    /// First instants of the stretches of days between which units come, move or end.
    package var cuts: [Instant] { view.calendar.starts }

    package mutating func shows(_ row: SpendRow) -> Bool {
        guard let index = matcher.rule(for: row.shared.set) else { return false }
        let place = Place(rule: index, stretch: view.calendar.stretch(of: row.start))
        if let known = shown[place] { return known }
        let isShown = shows(rules[index], in: place.stretch)
        shown[place] = isShown
        return isShown
    }

    private func shows(_ rule: AllocationRule, in stretch: Int) -> Bool {
        guard case .unit(let code) = rule.target,
            let unit = view.calendar.trees[stretch].answering(for: code)
        else { return false }
        return view.shows(unit, in: stretch)
    }
}
