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
    /// where nobody does, or where who answered on that day, or answers on the last, is not shown.
    func unitOnLastDay(for code: BusinessUnitCode, on day: CivilDate) -> BusinessUnitCode? {
        let last = calendar.trees.count - 1
        guard let unit = calendar.trees[last].answering(for: code) else { return nil }
        if isWhole { return unit }
        let stretch = calendar.stretch(on: day)
        guard shows(unit, in: last),
            let then = calendar.trees[stretch].answering(for: code), shows(then, in: stretch)
        else { return nil }
        return unit
    }
}
