import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import AllocationService

/// Months in which units come, move and end.
@Suite struct DatedAllocationTests {
    private typealias Row = (stretch: Int, dimensions: DimensionSet, picos: Int128)

    private static let first = CivilDate(dayNumber: 20_000)
    private static let dayCount = 30

    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    private func day(_ offset: Int) -> CivilDate { Self.first.advanced(byDays: offset) }

    private func calendar(_ history: UnitHistory) -> UnitCalendar {
        UnitCalendar(history, days: Self.first..<day(Self.dayCount), zone: .utc)
    }

    private func units(
        _ calendar: UnitCalendar
    ) throws -> [(code: BusinessUnitCode, details: UnitDetails)] {
        try UnitView(calendar, scope: .wholeOrganization, today: Self.first).units
    }

    private func history(_ units: [(String, String?)]) throws -> UnitHistory {
        var history = UnitHistory()
        for (unit, parent) in units {
            history.begin(
                try code(unit), UnitDetails(displayName: unit, parent: try parent.map(code)),
                from: UnitHistory.beginning)
        }
        return history
    }

    private func rule(_ project: String, _ target: AllocationRule.Target) -> AllocationRule {
        AllocationRule(
            id: project, conditions: [.init(dimension: .project, value: project)], target: target)
    }

    private func row(
        _ offset: Int, _ project: String, _ picos: Int128, _ calendar: UnitCalendar
    ) -> Row {
        let noon = OrganizationZone.utc.dayBounds(day(offset)).lowerBound
            .advanced(bySeconds: 43_200)
        return (
            calendar.stretch(of: noon), DimensionSet(provider: "p", model: "m", project: project),
            picos
        )
    }

    @Test func spendOfADayCountsUnderTheTreeOfThatDay() throws {
        var history = try history([("old", nil), ("new", nil), ("team", "old"), ("gone", "old")])
        history.change(
            try code("team"), from: day(10), UnitChange(parent: .some(try code("new"))))
        history.change(
            try code("gone"), from: day(20),
            UnitChange(status: .retired(successor: try code("team"))))
        history.change(try code("team"), from: day(25), UnitChange(displayName: "Renamed"))
        let calendar = calendar(history)
        #expect(calendar.trees.count == 3, "a name makes no stretch of its own")
        let rules = [
            rule("t", .unit(try code("team"))), rule("g", .unit(try code("gone"))),
            rule("s", .split(.even, units: [try code("gone"), try code("new")])),
        ]
        let allocation = try Allocation(
            rows: [
                row(0, "t", 1, calendar), row(9, "t", 2, calendar), row(10, "t", 4, calendar),
                row(19, "g", 8, calendar), row(20, "g", 16, calendar), row(29, "s", 64, calendar),
            ], rules: rules, trees: calendar.trees)
        #expect(try allocation.direct == [try code("team"): 23, try code("gone"): 8])
        #expect(try allocation.shared == [try code("team"): 32, try code("new"): 32])
        #expect(
            try allocation.totals(in: calendar.trees) == [
                try code("team"): 55, try code("gone"): 8, try code("old"): 11,
                try code("new"): 84,
            ])
        let units = try units(calendar)
        let shown = units.map { "\($0.code) \($0.details.displayName)" }
        #expect(shown == ["gone gone", "new new", "old old", "team Renamed"])
        #expect(
            units.map(\.details.parent) == [try code("old"), nil, nil, try code("new")])
    }

    @Test func whatNobodyAnswersForIsUnallocated() throws {
        var history = try history([("top", nil)])
        history.begin(try code("late"), UnitDetails(displayName: "late"), from: day(5))
        history.change(
            try code("top"), from: day(6), UnitChange(status: .retired(successor: nil)))
        let calendar = calendar(history)
        let rules = [rule("l", .unit(try code("late"))), rule("t", .unit(try code("top")))]
        let allocation = try Allocation(
            rows: [
                row(4, "l", 1, calendar), row(5, "l", 2, calendar), row(5, "t", 4, calendar),
                row(6, "t", 8, calendar),
            ], rules: rules, trees: calendar.trees)
        #expect(try allocation.direct == [try code("late"): 2, try code("top"): 4])
        #expect(allocation.unallocated == 9)
    }

    /// Whatever changes on whatever day: nothing is lost, the tops hold all that is allocated, and
    /// changes after the month change nothing of it.
    @Test(arguments: 0..<200)
    func changesLoseNothing(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var history = UnitHistory()
        let codes = try (0..<Int.random(in: 1...9, using: &random)).map { try code("u\($0)") }
        for (index, code) in codes.enumerated() {
            // Below an earlier unit only, so that no cycle can arise.
            let parent = index == 0 ? nil : codes[..<index].randomElement(using: &random)
            let from = Int.random(in: 0..<4, using: &random) == 0 ? day(3) : UnitHistory.beginning
            history.begin(code, UnitDetails(displayName: "A", parent: parent), from: from)
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            change(&history, codes, from: 0..<Self.dayCount, &random)
        }
        let calendar = calendar(history)
        let rules = (0..<8).map { index in
            let units = codes.filter { _ in Bool.random(using: &random) }
            let one = codes[Int.random(in: 0..<codes.count, using: &random)]
            let target: AllocationRule.Target =
                units.isEmpty || index < 4
                ? .unit(one) : .split(index < 6 ? .even : .proportional, units: units)
            return rule("p\(index)", target)
        }
        let rows = (0..<60).map { _ in
            row(
                Int.random(in: 0..<Self.dayCount, using: &random),
                "p\(Int.random(in: 0...8, using: &random))",
                Int128.random(in: -1000...1_000_000, using: &random), calendar)
        }
        let allocation = try Allocation(rows: rows, rules: rules, trees: calendar.trees)
        let input = rows.reduce(0) { $0 + $1.picos }
        #expect(allocation.total == input)
        #expect(try allocation.own.values.reduce(allocation.unallocated, +) == input)
        let shown = Set(try units(calendar).map(\.code))
        #expect(try Set(allocation.own.keys).isSubset(of: shown))
        let shuffled = try Allocation(
            rows: rows.shuffled(using: &random), rules: rules, trees: calendar.trees)
        #expect(shuffled == allocation)

        var later = history
        for _ in 0..<6 { change(&later, codes, from: Self.dayCount..<60, &random) }
        let calendarLater = self.calendar(later)
        let after = try Allocation(rows: rows, rules: rules, trees: calendarLater.trees)
        #expect(after == allocation)
        #expect(try units(calendarLater).map(\.details) == units(calendar).map(\.details))
        #expect(
            try after.totals(in: calendarLater.trees) == allocation.totals(in: calendar.trees))
    }

    private func change(
        _ history: inout UnitHistory, _ codes: [BusinessUnitCode], from days: Range<Int>,
        _ random: inout SeededRandom
    ) {
        let unit = Int.random(in: 0..<codes.count, using: &random)
        let other = Int.random(in: 0..<codes.count, using: &random)
        let day = day(Int.random(in: days, using: &random))
        switch Int.random(in: 0..<3, using: &random) {
        case 0: history.change(codes[unit], from: day, UnitChange(displayName: "N\(other)"))
        case 1 where other < unit:
            history.change(codes[unit], from: day, UnitChange(parent: .some(codes[other])))
        case 2 where other < unit:
            history.change(
                codes[unit], from: day, UnitChange(status: .retired(successor: codes[other])))
        default: break
        }
    }
}
