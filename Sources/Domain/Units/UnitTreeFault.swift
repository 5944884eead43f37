/// Why the business units are no tree on some day.
package enum UnitTreeFault: Hashable, Sendable {
    /// A unit stands above itself.
    case cycle(BusinessUnitCode, CivilDate)
    /// A unit is more than `UnitHistory.levelCountMax` levels down.
    case tooDeep(BusinessUnitCode, CivilDate)
    /// A unit stands below one that has ended, or does not exist yet.
    case parentNotActive(BusinessUnitCode, parent: BusinessUnitCode, CivilDate)
    /// What was given to a unit that has ended goes round for ever.
    case successionCycle(BusinessUnitCode, CivilDate)
    /// Units change their places on so many days that looking would take too long.
    case tooManyDays(Int)
    /// The task was cancelled before the answer was known.
    case interrupted
}

extension UnitHistory {
    /// Levels of the tree, the top included.
    package static let levelCountMax = 64
    /// Units times days that one check looks at: a few seconds' work.
    package static let checkedPlaceCountMax = 50_000_000

    /// What is wrong with the tree, on the earliest day from `day` on on which something is; nil
    /// where it is a tree on each of them. Of several units, the first by code.
    ///
    /// Looks at the days alone on which a unit comes, moves, ends or is restored, and stops when the
    /// task is cancelled.
    package func fault(
        from day: CivilDate, checkedPlaceCountMax: Int = checkedPlaceCountMax
    ) -> UnitTreeFault? {
        var check = UnitTreeCheck(self)
        var days = check.days.filter { $0 > day.dayNumber }
        days.insert(day.dayNumber, at: 0)
        guard days.count == 1 || days.count * versions.count <= checkedPlaceCountMax else {
            return .tooManyDays(days.count)
        }
        for number in days {
            if Task.isCancelled { return .interrupted }
            if let fault = check.fault(on: number) { return fault }
        }
        return nil
    }

    /// First days of the stretches of `window` in which the tree keeps its shape; names may change
    /// within one.
    package func shapeDays(within window: Range<CivilDate>) -> [CivilDate] {
        guard !window.isEmpty else { return [] }
        let later = UnitTreeCheck(self).days.map { CivilDate(dayNumber: $0) }
            .filter { $0 > window.lowerBound && $0 < window.upperBound }
        return [window.lowerBound] + later
    }
}

/// The shape of the tree on one day after another, by numbers instead of codes: an import of
/// thousands of units looks at every unit on every day on which one changes.
private struct UnitTreeCheck {
    private struct Place: Equatable {
        var parent: Int
        var isActive: Bool
        var successor: Int
    }

    private static let none = -1

    private let codes: [BusinessUnitCode]
    private let places: [[(day: Int, place: Place)]]
    /// For each unit, its version on the day that was looked at last; −1 before its first.
    private var current: [Int]
    private var lastDay = Int.min
    /// Day numbers on which the shape changes, ascending.
    let days: [Int]

    init(_ history: UnitHistory) {
        var named = Set(history.versions.keys)
        for version in history.versions.values.joined() {
            if let parent = version.details.parent { named.insert(parent) }
            if let successor = version.details.status.successor { named.insert(successor) }
        }
        let codes = named.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
        let number = { (code: BusinessUnitCode?) in code.flatMap { numbers[$0] } ?? Self.none }
        var days: Set<Int> = []
        places = codes.map { code in
            var places: [(day: Int, place: Place)] = []
            for version in history.versions[code] ?? [] {
                let details = version.details
                let place = Place(
                    parent: number(details.parent), isActive: details.status == .active,
                    successor: number(details.status.successor))
                guard places.last?.place != place else { continue }
                places.append((version.day.dayNumber, place))
                days.insert(version.day.dayNumber)
            }
            return places
        }
        self.codes = codes
        self.days = days.sorted()
        current = Array(repeating: -1, count: codes.count)
    }

    /// - Parameter day: later than that of the call before.
    mutating func fault(on day: Int) -> UnitTreeFault? {
        for unit in codes.indices {
            while current[unit] + 1 < places[unit].count, places[unit][current[unit] + 1].day <= day
            {
                current[unit] += 1
            }
        }
        let date = CivilDate(dayNumber: day)
        for unit in codes.indices {
            guard let place = place(unit), place.isActive, place.parent != Self.none else {
                continue
            }
            guard self.place(place.parent)?.isActive == true else {
                return .parentNotActive(codes[unit], parent: codes[place.parent], date)
            }
        }
        return depthFault(date) ?? successionFault(date)
    }

    private func place(_ unit: Int) -> Place? {
        current[unit] < 0 ? nil : places[unit][current[unit]].place
    }

    private func depthFault(_ date: CivilDate) -> UnitTreeFault? {
        // 0: not looked at yet, −1: on the way that is being followed, else the level from 1.
        var levels = [Int](repeating: 0, count: codes.count)
        for unit in codes.indices where place(unit)?.isActive == true {
            var way: [Int] = []
            var next = unit
            while next >= 0, levels[next] == 0 {
                levels[next] = -1
                way.append(next)
                next = place(next)?.parent ?? Self.none
            }
            if next >= 0, levels[next] == -1 { return .cycle(codes[unit], date) }
            var level = next >= 0 ? levels[next] : 0
            for unit in way.reversed() {
                level += 1
                levels[unit] = level
            }
            if level > UnitHistory.levelCountMax { return .tooDeep(codes[unit], date) }
        }
        return nil
    }

    private func successionFault(_ date: CivilDate) -> UnitTreeFault? {
        // 0: not looked at yet, 1: on the way that is being followed, 2: it ends.
        var marks = [Int](repeating: 0, count: codes.count)
        for unit in codes.indices {
            var way: [Int] = []
            var next = unit
            while next >= 0, marks[next] == 0, let place = place(next), !place.isActive {
                marks[next] = 1
                way.append(next)
                next = place.successor == Self.none ? place.parent : place.successor
            }
            if next >= 0, marks[next] == 1 { return .successionCycle(codes[unit], date) }
            for unit in way { marks[unit] = 2 }
        }
        return nil
    }
}
