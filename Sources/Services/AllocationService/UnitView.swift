import Domain
import ServiceRuntime

/// What one caller is shown of the units of a window of days: each unit in the stretches in which it
/// stands in the caller's part of the organization.
struct UnitView: Sendable {
    let calendar: UnitCalendar
    private let scope: UnitScope
    private let today: CivilDate

    /// - Parameter today: days behind it are seen as it is, for a change that is planned opens
    ///   nothing before its day.
    init(_ calendar: UnitCalendar, scope: UnitScope, today: CivilDate) {
        self.calendar = calendar
        self.scope = scope
        self.today = today
    }

    var isWhole: Bool { scope.isWholeOrganization }

    /// Whether a unit's figures of a stretch, an index of the calendar's trees, are shown.
    func shows(_ code: BusinessUnitCode, in stretch: Int) -> Bool {
        scope.isWholeOrganization
            || calendar.history.stands(
                code, inside: scope.units, on: min(calendar.firstDay(of: stretch), today))
    }

    /// What each unit that is active in some shown stretch is on the last day of the last of them,
    /// by code. A unit above that is not shown is not named.
    var units: [(code: BusinessUnitCode, details: UnitDetails)] {
        get throws(CancellationError) {
            var units: [(code: BusinessUnitCode, details: UnitDetails)] = []
            for (index, code) in calendar.history.versions.keys.sorted().enumerated() {
                if index % 1024 == 0, Task.isCancelled { throw CancellationError() }
                if let details = details(of: code) { units.append((code, details)) }
            }
            return units
        }
    }

    /// Units whose figures of the window are cut, since on some of its days they stood outside of what
    /// is shown: their sums are not what the units spent.
    var partlyShown: Set<BusinessUnitCode> {
        get throws(CancellationError) {
            guard !isWhole else { return [] }
            var partly: Set<BusinessUnitCode> = []
            for (index, code) in calendar.history.versions.keys.enumerated() {
                if index % 1024 == 0, Task.isCancelled { throw CancellationError() }
                let isCut = calendar.trees.indices.contains { stretch in
                    let day = min(calendar.firstDay(of: stretch), today)
                    return calendar.history.details(of: code, on: day)?.status == .active
                        && !shows(code, in: stretch)
                }
                if isCut { partly.insert(code) }
            }
            return partly
        }
    }

    private func details(of code: BusinessUnitCode) -> UnitDetails? {
        for stretch in calendar.trees.indices.reversed() {
            let last = calendar.lastDay(of: stretch)
            let day = isWhole ? last : min(last, today)
            guard var details = calendar.history.details(of: code, on: day),
                details.status == .active, shows(code, in: stretch)
            else { continue }
            if let parent = details.parent, !shows(parent, in: stretch) { details.parent = nil }
            return details
        }
        return nil
    }

    /// Who answers on the window's last day for what rules give to a unit on one of its days; nil
    /// where nobody does, or where who does is not shown. What who answered on that day came to may
    /// not be shown: then the figures of who answers now are cut.
    func unitOnLastDay(
        for code: BusinessUnitCode, on day: CivilDate
    ) -> (unit: BusinessUnitCode, isShown: Bool)? {
        let last = calendar.trees.count - 1
        guard let unit = calendar.trees[last].answering(for: code) else { return nil }
        if isWhole { return (unit, true) }
        guard shows(unit, in: last) else { return nil }
        let stretch = calendar.stretch(on: day)
        let then = calendar.trees[stretch].answering(for: code)
        return (unit, then.map { shows($0, in: stretch) } ?? false)
    }
}
