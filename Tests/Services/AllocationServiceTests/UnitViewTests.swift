import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import AllocationService

/// What changes of units leave alone, and what callers who are limited to some units are shown.
@Suite struct UnitViewTests {
    /// Whatever comes, moves, merges or ends from a day on: the days before it come to what they come
    /// to without it, to the pico, and nothing is lost.
    @Test(arguments: 0..<200)
    func changesLeaveTheDaysBeforeThemAsTheyAre(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var month = try RandomMonth(&random)
        month.change(on: 0..<RandomMonth.dayCount, &random)
        let first = Int.random(in: 1..<RandomMonth.dayCount, using: &random)
        let changed = month.changed(on: first..<RandomMonth.dayCount, &random)
        // Both are cut on the same days, for a split is made once a stretch.
        let calendar = RandomMonth.calendar(changed)
        let before = calendar.trees.indices.map {
            UnitTree(month.history, on: calendar.firstDay(of: $0))
        }
        let with = try month.allocation(calendar)
        let without = try month.allocation(calendar, trees: before)
        let cut = calendar.trees.indices.first {
            calendar.firstDay(of: $0) >= RandomMonth.day(first)
        }
        let isBefore = { (_: BusinessUnitCode, stretch: Int) in
            stretch < cut ?? calendar.trees.count
        }
        let (partWith, partWithout) = try (
            with.part(where: isBefore), without.part(where: isBefore)
        )
        #expect(partWith == partWithout)
        let input = month.rows.reduce(0) { $0 + $1.picos }
        for allocation in [with, without] {
            #expect(allocation.total == input)
            #expect(try allocation.own.values.reduce(allocation.unallocated, +) == input)
        }
    }

    /// 30 of a's 60 lie before it merges into c on day 10: the split before weighs a and b as it
    /// would without the merger, and c takes over the share of a from then on.
    @Test func whatASuccessorTakesOverKeepsItsWeight() throws {
        let codes = try ["a", "b", "c"].map { try BusinessUnitCode($0) }
        var history = UnitHistory()
        for code in codes {
            history.begin(code, UnitDetails(displayName: code.text), from: UnitHistory.beginning)
        }
        history.change(
            codes[0], from: RandomMonth.day(10), UnitChange(status: .merged(into: codes[2])))
        let calendar = RandomMonth.calendar(history)
        let rule = { (project: String, target: AllocationRule.Target) in
            AllocationRule(
                id: project, conditions: [.init(dimension: .project, value: project)],
                target: target)
        }
        let row = { (stretch: Int, project: String, picos: Int128) in
            (stretch, DimensionSet(provider: "p", model: "m", project: project), picos)
        }
        let allocation = try Allocation(
            rows: [
                row(0, "a", 30), row(1, "a", 30), row(0, "b", 30), row(0, "s", 90),
                row(1, "s", 900),
            ],
            rules: [
                rule("a", .unit(codes[0])), rule("b", .unit(codes[1])),
                rule("s", .split(.proportional, units: [codes[0], codes[1]])),
            ], trees: calendar.trees)
        #expect(try allocation.direct == [codes[0]: 30, codes[1]: 30, codes[2]: 30])
        #expect(
            try allocation.shared == [codes[0]: 60, codes[1]: 330, codes[2]: 600])
        // The days of a forecast are split in the same way.
        let view = UnitView(calendar, scope: .wholeOrganization, today: RandomMonth.day(29))
        let estimate = try DailyAllocationEstimate(
            rows: [row(0, "a", 60), row(0, "b", 30), row(0, "s", 90)],
            rules: [
                rule("a", .unit(codes[0])), rule("b", .unit(codes[1])),
                rule("s", .split(.proportional, units: [codes[0], codes[1]])),
            ], view: view)
        #expect(estimate.own.mapValues { $0[0] } == [codes[1]: 60, codes[2]: 120])
    }

    /// Whatever changes on whatever day: a caller is shown what units answer for on the days on which
    /// they stand in the caller's part, by walking up from each row's unit; what is shown sums to the
    /// total; and all parts together are the whole.
    @Test(arguments: 0..<200)
    func callersAreShownTheirDaysAndAllOfThem(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var month = try RandomMonth(&random)
        month.change(on: 0..<RandomMonth.dayCount, &random)
        let calendar = RandomMonth.calendar(month.history)
        let whole = try month.allocation(calendar)
        let today = RandomMonth.day(Int.random(in: 29..<40, using: &random))

        let named = month.codes.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let scope = UnitScope(named + [month.codes[Int.random(in: 0..<3, using: &random)]])
        let view = UnitView(calendar, scope: scope, today: today)
        let part = try whole.part(where: view.shows)
        #expect(try part.own.values.reduce(0, +) == part.total)
        #expect(try part.direct.filter { $0.value != 0 } == direct(month, scope))
        let shown = try Set(view.units.map(\.code))
        #expect(try shown.isSuperset(of: part.own.keys))
        for case let (code, details) in try view.units {
            guard let parent = details.parent else { continue }
            let isShown = calendar.trees.indices.contains { view.shows(parent, in: $0) }
            #expect(isShown, "\(parent) is named above \(code)")
        }

        // Each unit stands below one of the first three on each day.
        var own: [BusinessUnitCode: Int128] = [:]
        var total: Int128 = 0
        for top in month.codes.prefix(3) {
            let view = UnitView(calendar, scope: UnitScope([top]), today: today)
            let part = try whole.part(where: view.shows)
            own.merge(try part.own, uniquingKeysWith: +)
            total += part.total
        }
        #expect(try own == whole.own)
        #expect(total == whole.total - whole.unallocated)
    }

    /// What is planned for days ahead shows nothing more, and nothing less, of the days up to today.
    @Test(arguments: 0..<200)
    func plannedChangesShowNothingYet(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let todayOffset = Int.random(in: 0..<RandomMonth.dayCount - 1, using: &random)
        var month = try RandomMonth(&random, spendDays: 0..<todayOffset + 1)
        month.change(on: 0..<todayOffset + 1, &random)
        let planned = month.changed(on: todayOffset + 1..<RandomMonth.dayCount, &random)
        let scope = UnitScope(month.codes.filter { _ in Bool.random(using: &random) })
        guard !scope.isWholeOrganization else { return }
        let views = [month.history, planned].map { history in
            UnitView(
                RandomMonth.calendar(history), scope: scope, today: RandomMonth.day(todayOffset))
        }
        let parts = try views.map { try month.allocation($0.calendar).part(where: $0.shows) }
        let units = try views.map { try $0.units }
        #expect(units[0].map(\.code) == units[1].map(\.code))
        #expect(units[0].map(\.details) == units[1].map(\.details))
        #expect(try parts[0].direct == parts[1].direct)
        #expect(try parts[0].shared == parts[1].shared)
        #expect(parts[0].total == parts[1].total)
    }

    /// By the simplest definition: row by row, who answers on its day, and who stands above.
    private func direct(_ month: RandomMonth, _ scope: UnitScope) -> [BusinessUnitCode: Int128] {
        var direct: [BusinessUnitCode: Int128] = [:]
        for row in month.rows {
            let rule = month.rules.first { $0.takes(row.dimensions) }
            guard case .unit(let named) = rule?.target else { continue }
            let day = RandomMonth.day(row.day)
            var next: BusinessUnitCode? = named
            while let unit = next, let details = month.history.details(of: unit, on: day) {
                if details.status == .active { break }
                next = details.status.successor ?? details.parent
            }
            guard let unit = next, month.history.isActive(unit, on: day) else { continue }
            var above: BusinessUnitCode? = unit
            while let code = above {
                if scope.units.contains(code) {
                    direct[unit, default: 0] += row.picos
                    break
                }
                above = month.history.details(of: code, on: day)?.parent
            }
        }
        return direct.filter { $0.value != 0 }
    }
}
