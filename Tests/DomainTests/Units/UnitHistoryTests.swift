import Core
import TestSupport
import Testing

@testable import Domain

@Suite struct UnitHistoryTests {
    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    private func day(_ number: Int) -> CivilDate { CivilDate(dayNumber: number) }

    /// One unit, "A" from day 10 on.
    private func history() throws -> UnitHistory {
        var history = UnitHistory()
        history.begin(try code("u"), UnitDetails(displayName: "A"), from: day(10))
        return history
    }

    private func names(_ history: UnitHistory, _ days: [Int]) throws -> [String] {
        let unit = try code("u")
        return days.map { history.details(of: unit, on: day($0))?.displayName ?? "-" }
    }

    @Test func aVersionHoldsUntilTheNext() throws {
        var history = try history()
        history.change(try code("u"), from: day(20), UnitChange(displayName: "B"))
        #expect(try names(history, [0, 9, 10, 19, 20, 3_000]) == ["-", "-", "A", "A", "B", "B"])
        history.change(try code("u"), from: day(20), UnitChange(displayName: "C"))
        #expect(try names(history, [19, 20]) == ["A", "C"])
        #expect(history.versions[try code("u")]?.count == 2)
        history.change(try code("u"), from: day(30), UnitChange(displayName: "C"))
        #expect(history.versions[try code("u")]?.count == 2, "a day without a change is no version")
    }

    /// What is planned for a later day stays planned, detail by detail.
    @Test func aChangeHoldsUntilTheNextOfTheSameDetail() throws {
        let unit = try code("u")
        var history = try history()
        history.change(unit, from: day(30), UnitChange(ownerEmail: "o@example.com"))
        history.change(unit, from: day(40), UnitChange(displayName: "D"))
        history.change(unit, from: day(20), UnitChange(displayName: "B", ownerEmail: "x@y.zz"))
        #expect(
            try names(history, [19, 20, 29, 30, 39, 40]) == ["A", "B", "B", "B", "B", "D"])
        let owners = [19, 20, 29, 30, 40].map {
            history.details(of: unit, on: day($0))?.ownerEmail
        }
        #expect(owners == ["", "x@y.zz", "x@y.zz", "o@example.com", "o@example.com"])
    }

    @Test func faultsAreFoundOnTheirDay() throws {
        let unit = try code("u")
        let child = try code("child")
        var history = try history()
        history.begin(
            child, UnitDetails(displayName: "Child", parent: unit), from: UnitHistory.beginning)
        #expect(
            history.fault(from: day(0)) == .parentNotActive(child, parent: unit, day(0)))
        #expect(history.fault(from: day(10)) == nil)

        var ended = history
        ended.change(unit, from: day(50), UnitChange(status: .retired(successor: nil)))
        #expect(ended.fault(from: day(20)) == .parentNotActive(child, parent: unit, day(50)))

        var round = history
        round.change(unit, from: day(60), UnitChange(parent: .some(child)))
        #expect(round.fault(from: day(20)) == .cycle(child, day(60)))

        var deep = UnitHistory()
        for level in 0...UnitHistory.levelCountMax {
            deep.begin(
                try code("l\(level)"),
                UnitDetails(
                    displayName: "L", parent: level == 0 ? nil : try code("l\(level - 1)")),
                from: day(level == UnitHistory.levelCountMax ? 70 : 0))
        }
        #expect(
            deep.fault(from: day(0)) == .tooDeep(try code("l\(UnitHistory.levelCountMax)"), day(70))
        )

        var succession = UnitHistory()
        for (unit, heir) in [("a", "b"), ("b", "a")] {
            succession.begin(try code(unit), UnitDetails(displayName: "S"), from: day(0))
            succession.change(
                try code(unit), from: day(5), UnitChange(status: .merged(into: try code(heir))))
        }
        #expect(succession.fault(from: day(0)) == .successionCycle(try code("a"), day(5)))
    }

    /// Random changes against a list of what each unit is on each day: a change sets the day's
    /// details and those of the days behind it as long as they are what the day's were.
    @Test(arguments: 0..<100)
    func changesEqualThoseOfACalendar(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let codes = try ["a", "b", "c"].map(code)
        var history = UnitHistory()
        var calendar: [BusinessUnitCode: [UnitDetails?]] = [:]
        for code in codes {
            let first = Int.random(in: 0..<10, using: &random)
            let details = UnitDetails(displayName: "0")
            history.begin(code, details, from: day(first))
            calendar[code] = (0..<40).map { $0 < first ? nil : details }
        }
        for _ in 0..<30 {
            let code = codes[Int.random(in: 0..<3, using: &random)]
            let first = Int.random(in: 10..<40, using: &random)
            var change = UnitChange()
            if Bool.random(using: &random) {
                change.displayName = "\(Int.random(in: 0..<3, using: &random))"
            }
            if Bool.random(using: &random) {
                change.parent = .some(Bool.random(using: &random) ? nil : codes[0])
            }
            history.change(code, from: day(first), change)
            let before = try #require(calendar[code]?[first])
            if let name = change.displayName {
                for day in first..<40 {
                    guard calendar[code]?[day]?.displayName == before.displayName else { break }
                    calendar[code]?[day]?.displayName = name
                }
            }
            if case .some(let parent) = change.parent {
                for day in first..<40 {
                    guard calendar[code]?[day]?.parent == before.parent else { break }
                    calendar[code]?[day]?.parent = parent
                }
            }
        }
        for (code, days) in calendar {
            for (number, details) in days.enumerated() {
                #expect(history.details(of: code, on: day(number)) == details, "\(code) \(number)")
            }
        }
        let versions = history.versions(notIn: UnitHistory())
        #expect(UnitHistory(versions) == history)
    }

    /// A check that would take too long says so, and one that nobody waits for ends.
    @Test func checksOfTheTreeHaveAnEnd() async throws {
        var history = UnitHistory()
        for unit in ["a", "b", "u"] {
            history.begin(try code(unit), UnitDetails(displayName: unit), from: day(0))
        }
        for number in 1...4 {
            let parent = try code(number.isMultiple(of: 2) ? "a" : "b")
            history.change(
                try code("u"), from: day(number * 10), UnitChange(parent: .some(parent)))
        }
        // The day itself, and three after it; three units.
        #expect(history.fault(from: day(10), checkedPlaceCountMax: 12) == nil)
        #expect(history.fault(from: day(10), checkedPlaceCountMax: 11) == .tooManyDays(4))
        #expect(history.fault(from: day(40), checkedPlaceCountMax: 0) == nil)
        let checked = history
        let fault = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return checked.fault(from: CivilDate(dayNumber: 0))
        }.value
        #expect(fault == .interrupted)
    }

    /// By walking up: a unit stands inside those that it reaches.
    @Test func unitsStandInsideThoseAboveThemOnTheirDay() throws {
        var history = UnitHistory()
        for (unit, parent) in [("top", nil), ("a", "top"), ("b", "top"), ("u", "a")] {
            history.begin(
                try code(unit), UnitDetails(displayName: unit, parent: try parent.map(code)),
                from: day(10))
        }
        history.change(try code("u"), from: day(20), UnitChange(parent: .some(try code("b"))))
        let stands = { (unit: String, inside: [String], on: Int) in
            history.stands(
                try code(unit), inside: try inside.map(code), on: day(on))
        }
        #expect(try stands("u", ["u"], 10))
        #expect(try stands("u", ["a", "x"], 19))
        #expect(try !stands("u", ["a"], 20))
        #expect(try stands("u", ["b"], 20))
        #expect(try stands("u", ["top"], 30))
        #expect(try !stands("a", ["u"], 10))
        #expect(try !stands("u", ["u"], 9), "it does not exist yet")
        #expect(try !stands("x", ["x"], 10))
    }
}
