import Core
import Domain
import TestSupport

@testable import AllocationService

/// A month of units that come, move, merge and end on random days, with rules and spend.
struct RandomMonth {
    static let first = CivilDate(dayNumber: 20_000)
    static let dayCount = 30

    /// The first three are never changed and always at the top.
    let codes: [BusinessUnitCode]
    let rules: [AllocationRule]
    let rows: [(day: Int, dimensions: DimensionSet, picos: Int128)]
    private(set) var history = UnitHistory()

    /// - Parameter spendDays: on which there is spend.
    init(_ random: inout SeededRandom, spendDays: Range<Int> = 0..<dayCount) throws {
        codes = try (0..<Int.random(in: 4...12, using: &random)).map {
            try BusinessUnitCode("u\($0)")
        }
        for (index, code) in codes.enumerated() {
            // Below an earlier unit only, so that no cycle can arise.
            let parent = index < 3 ? nil : codes[..<index].randomElement(using: &random)
            var isLate = index >= 3 && Int.random(in: 0..<4, using: &random) == 0
            if let parent, history.firstDay(of: parent) != UnitHistory.beginning { isLate = true }
            history.begin(
                code, UnitDetails(displayName: code.text, parent: parent),
                from: isLate ? Self.day(5) : UnitHistory.beginning)
        }
        let codes = codes
        rules = (0..<8).map { index in
            let units = codes.filter { _ in Bool.random(using: &random) }
            let one = codes[Int.random(in: 0..<codes.count, using: &random)]
            let target: AllocationRule.Target =
                units.isEmpty || index < 4
                ? .unit(one) : .split(index < 6 ? .even : .proportional, units: units)
            return AllocationRule(
                id: "p\(index)", conditions: [.init(dimension: .project, value: "p\(index)")],
                target: target)
        }
        rows = (0..<80).map { _ in
            (
                Int.random(in: spendDays, using: &random),
                DimensionSet(
                    provider: "p", model: "m",
                    project: "p\(Int.random(in: 0...8, using: &random))"),
                Int128.random(in: -1000...1_000_000, using: &random)
            )
        }
    }

    static func day(_ offset: Int) -> CivilDate { first.advanced(byDays: offset) }

    /// The history with some more changes on some of the month's days.
    func changed(
        on days: Range<Int>, _ random: inout SeededRandom, count: Int = 6
    ) -> UnitHistory {
        var history = history
        for _ in 0..<count {
            let unit = Int.random(in: 3..<codes.count, using: &random)
            let other = codes[Int.random(in: 0..<unit, using: &random)]
            let change =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: UnitChange(parent: .some(other))
                case 1: UnitChange(status: .merged(into: other))
                case 2: UnitChange(status: .retired(successor: nil))
                default: UnitChange(status: .active)
                }
            let day = Self.day(Int.random(in: days, using: &random))
            // No unit stands below one that does not exist yet.
            guard history.details(of: other, on: day) != nil else { continue }
            history.change(codes[unit], from: day, change)
        }
        return history
    }

    mutating func change(on days: Range<Int>, _ random: inout SeededRandom) {
        history = changed(on: days, &random)
    }

    static func calendar(_ history: UnitHistory) -> UnitCalendar {
        UnitCalendar(history, days: first..<day(dayCount), zone: .utc)
    }

    /// - Parameter trees: those of the calendar's stretches, if not its own.
    func allocation(
        _ calendar: UnitCalendar, trees: [UnitTree]? = nil
    ) throws(ServiceError) -> Allocation {
        try Allocation(
            rows: rows.map { row in
                (calendar.stretch(on: Self.day(row.day)), row.dimensions, row.picos)
            }, rules: rules, trees: trees ?? calendar.trees)
    }
}
