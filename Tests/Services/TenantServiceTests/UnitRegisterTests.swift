import API
import Core
import Domain
import TestSupport
import Testing

@testable import TenantService

/// Changes of units, without a database.
@Suite struct UnitRegisterTests {
    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    private func day(_ number: Int) -> CivilDate { CivilDate(dayNumber: number) }

    private var identity: UnitRegister.Identity {
        UnitRegister.Identity(
            id: BusinessUnitID(UUIDv7(high: 0, low: 0)), createTime: Instant(seconds: 0),
            revision: 1)
    }

    private func register(
        _ units: [(String, String?)] = [("company", nil), ("sales", "company"), ("emea", "sales")],
        today: Int = 100, firstOpenDay: Int = 0
    ) throws -> UnitRegister {
        var history = UnitHistory()
        var identities: [BusinessUnitCode: UnitRegister.Identity] = [:]
        for (unit, parent) in units {
            history.begin(
                try code(unit), UnitDetails(displayName: unit, parent: try parent.map(code)),
                from: UnitHistory.beginning)
            identities[try code(unit)] = identity
        }
        return UnitRegister(
            history, identities: identities, today: day(today), firstOpenDay: day(firstOpenDay))
    }

    private func parent(_ register: UnitRegister, _ unit: String, _ number: Int) throws -> String? {
        register.history.details(of: try code(unit), on: day(number))?.parent?.text
    }

    @Test func movesHoldFromTheirDayOn() throws {
        var register = try register()
        let moved = try register.update(
            code("emea"), UnitChange(parent: .some(code("company"))), from: day(50))
        #expect(moved == day(50))
        #expect(try parent(register, "emea", 49) == "sales")
        #expect(try parent(register, "emea", 50) == "company")
        #expect(try register.update(code("emea"), UnitChange(), from: nil) == day(100))
        let revisions = register.countRevisions()
        #expect(revisions.map(\.code) == [try code("emea")])
        #expect(revisions.first?.before.first?.parentCode == "sales")
        #expect(revisions.first?.before.first?.etag == "1")
        #expect(revisions.first?.after.first?.parentCode == "company")
        #expect(register.identities[try code("emea")]?.etag == "2")
        #expect(register.identities[try code("sales")]?.etag == "1")
    }

    @Test func whatWouldBreakTheTreeIsRefused() throws {
        var register = try register()
        let move = { (unit: String, parent: String, number: Int) in
            reason {
                _ = try register.update(
                    code(unit), UnitChange(parent: .some(code(parent))), from: day(number))
            }
        }
        #expect(move("company", "emea", 100) == "UNIT_MOVE_MAKES_A_CYCLE parent_code")
        #expect(move("emea", "nowhere", 100) == "PARENT_UNIT_NOT_FOUND parent_code")
        #expect(move("nowhere", "emea", 100) == "BUSINESS_UNIT_NOT_FOUND code")
        let retire = { (unit: String, successor: String?, number: Int) in
            reason {
                _ = try register.retire(
                    code(unit), successor: successor.map(code), from: day(number))
            }
        }
        #expect(retire("sales", nil, 100) == "UNIT_HAS_UNITS_BELOW code")
        #expect(retire("emea", "emea", 100) == "UNIT_SUCCEEDS_ITSELF successor_code")
        #expect(retire("emea", "nowhere", 100) == "SUCCESSOR_UNIT_NOT_FOUND successor_code")
        register = try self.register()
        #expect(retire("emea", "sales", 100) == "")
        #expect(retire("emea", nil, 100) == "BUSINESS_UNIT_NOT_ACTIVE code")
        #expect(retire("sales", "emea", 100) == "SUCCESSOR_UNIT_NOT_ACTIVE successor_code")
        #expect(retire("sales", nil, 100) == "")
        #expect(retire("company", nil, 99) == "UNIT_HAS_UNITS_BELOW code")
        register = try self.register()
        #expect(retire("emea", nil, 100) == "")
        #expect(move("sales", "emea", 100) == "PARENT_UNIT_NOT_ACTIVE parent_code")
        // Before it ended it stood below sales.
        #expect(move("sales", "emea", 99) == "UNIT_MOVE_MAKES_A_CYCLE parent_code")
    }

    /// Each move is fine on its own day; together they would go round.
    @Test func aMoveMayMeetAnotherThatIsPlanned() throws {
        var register = try register([("a", nil), ("b", nil)])
        _ = try register.update(
            code("a"), UnitChange(parent: .some(code("b"))), from: day(200))
        let other = reason {
            _ = try register.update(
                code("b"), UnitChange(parent: .some(code("a"))), from: day(150))
        }
        #expect(other == "UNIT_MOVE_MAKES_A_CYCLE parent_code")
    }

    /// Who takes over on a day may be going to hand it back on a later one.
    @Test func aSuccessionMayMeetAnotherThatIsPlanned() throws {
        var register = try register([("a", nil), ("b", nil)])
        _ = try register.merge(code("b"), into: code("a"), from: day(200))
        var other = register
        let merged = reason {
            _ = try register.merge(code("a"), into: code("b"), from: day(150))
        }
        #expect(merged == "UNIT_SUCCESSION_MAKES_A_CYCLE into_code")
        let retired = reason {
            _ = try other.retire(code("a"), successor: code("b"), from: day(150))
        }
        #expect(retired == "UNIT_SUCCESSION_MAKES_A_CYCLE successor_code")
    }

    @Test func unitsThatMergeHandOverWhatStandsBelowThem() throws {
        var register = try register([
            ("company", nil), ("sales", "company"), ("emea", "sales"), ("apac", "sales"),
            ("growth", "company"),
        ])
        let below = reason { _ = try register.merge(code("sales"), into: code("emea"), from: nil) }
        #expect(below == "MERGE_INTO_OWN_SUBTREE into_code")
        _ = try register.merge(code("sales"), into: code("growth"), from: day(120))
        #expect(try parent(register, "emea", 119) == "sales")
        #expect(try parent(register, "emea", 120) == "growth")
        #expect(try parent(register, "apac", 120) == "growth")
        let sales = register.message(try code("sales"), on: day(120))
        #expect(sales?.state == .merged)
        #expect(sales?.successorCode == "growth")
        #expect(sales?.effectiveDate == Date(day(120)))
        #expect(register.message(try code("sales"), on: day(119))?.endDate == Date(day(120)))
        _ = try register.restore(code("sales"), from: day(130))
        #expect(register.message(try code("sales"), on: day(130))?.state == .active)
        let twice = reason { _ = try register.restore(code("sales"), from: day(130)) }
        #expect(twice == "BUSINESS_UNIT_ACTIVE code")
    }

    @Test func closedMonthsKeepTheirTree() throws {
        var register = try register(firstOpenDay: 60)
        let closed = "PERIOD_CLOSED effective_date"
        let early = day(59)
        let changes: [() throws -> Void] = [
            { _ = try register.update(code("emea"), UnitChange(displayName: "E"), from: early) },
            { _ = try register.retire(code("emea"), successor: nil, from: early) },
            { _ = try register.merge(code("emea"), into: code("sales"), from: early) },
            { _ = try register.restore(code("emea"), from: early) },
            {
                _ = try register.create(
                    code("new"), UnitDetails(displayName: "New"), from: early, identity: identity)
            },
        ]
        for change in changes { #expect(reason(change) == closed) }
        #expect(register.history == register.stored)
        _ = try register.update(code("emea"), UnitChange(displayName: "E"), from: day(60))
        let first = try register.create(
            code("new"), UnitDetails(displayName: "New"), from: nil, identity: identity)
        #expect(first == day(100))
        var ahead = try self.register(today: 59, firstOpenDay: 60)
        let none = reason {
            _ = try ahead.create(
                code("new"), UnitDetails(displayName: "New"), from: nil, identity: identity)
        }
        #expect(none == closed)
    }

    @Test func newUnitsChangeNoDayThatHasPassedUnlessAsked() throws {
        var register = try register()
        let create = { (unit: String, parent: String?, asked: Int?) in
            try register.create(
                code(unit), UnitDetails(displayName: unit, parent: parent.map(code)),
                from: asked.map(day), identity: identity)
        }
        #expect(try create("top", nil, nil) == day(100), "today")
        #expect(try create("always", nil, 0) == UnitHistory.beginning)
        #expect(try create("late", "company", 70) == day(70))
        #expect(try create("below", "late", nil) == day(100))
        #expect(try create("planned", "late", 130) == day(130))
        #expect(try create("with", "planned", nil) == day(130))
        let early = reason { _ = try create("early", "late", 69) }
        #expect(early == "PARENT_UNIT_NOT_ACTIVE parent_code")
        let twice = reason { _ = try create("top", nil, nil) }
        #expect(twice == "BUSINESS_UNIT_CODE_TAKEN code")
        let before = reason {
            _ = try register.update(code("late"), UnitChange(displayName: "L"), from: day(69))
        }
        #expect(before == "BUSINESS_UNIT_BEGINS_LATER effective_date")
    }

    @Test func aUnitHasNoMoreVersionsThanMayBe() throws {
        var register = try register([("a", nil)])
        for number in 1..<UnitRegister.versionCountMax {
            _ = try register.update(
                code("a"), UnitChange(displayName: "n\(number)"), from: day(number))
        }
        let more = reason {
            _ = try register.update(code("a"), UnitChange(displayName: "x"), from: day(5000))
        }
        #expect(more == "TOO_MANY_VERSIONS effective_date")
    }

    @Test func allUnitsTogetherHaveNoMoreVersionsThanMayBe() throws {
        let rows = try (0..<250).flatMap { unit in
            let code = try code("u\(unit)")
            return (0..<1000).map { number in
                (
                    code: code,
                    version: UnitVersion(
                        day: day(number), details: UnitDetails(displayName: "n\(number)"))
                )
            }
        }
        let history = UnitHistory(rows)
        var register = UnitRegister(
            history, identities: history.versions.mapValues { _ in identity }, today: day(100))
        let more = reason {
            _ = try register.create(
                code("new"), UnitDetails(displayName: "N"), from: nil, identity: identity)
        }
        #expect(more == "TOO_MANY_UNIT_VERSIONS effective_date")
        var other = UnitRegister(
            history, identities: register.identities, today: day(100))
        _ = try other.update(code("u0"), UnitChange(displayName: "x"), from: day(100))
    }

    /// A change from a day on reaches later versions, too: the record has all of them.
    @Test func everyChangedVersionIsRecorded() throws {
        var register = try register()
        _ = try register.update(
            code("emea"), UnitChange(parent: .some(code("company"))), from: day(200))
        _ = try register.update(
            code("emea"), UnitChange(costCenterCode: "7"), from: day(300))
        var planned = UnitRegister(
            register.history, identities: register.identities, today: day(100))
        _ = try planned.update(code("emea"), UnitChange(displayName: "Europe"), from: day(150))
        let revisions = planned.countRevisions()
        #expect(revisions.map(\.code) == [try code("emea")])
        let text = { (units: [BusinessUnit]) in
            units.map { unit in
                let date = unit.effectiveDate.map { "\($0.day).\($0.month)." } ?? "ever"
                return "\(date) \(unit.displayName) \(unit.parentCode) \(unit.costCenterCode)"
            }
        }
        #expect(
            revisions.map { text($0.before) } == [
                ["ever emea sales ", "20.7. emea company ", "28.10. emea company 7"]
            ])
        #expect(
            revisions.map { text($0.after) } == [
                ["31.5. Europe sales ", "20.7. Europe company ", "28.10. Europe company 7"]
            ])
        let new = try self.register()
        var created = new
        _ = try created.create(
            code("new"), UnitDetails(displayName: "N"), from: nil, identity: identity)
        #expect(created.countRevisions().map(\.before) == [[]])
    }

    /// Random changes on random days: whatever is accepted leaves a tree on every day and days before
    /// it as they were; a move that is refused for going round would go round on some day.
    @Test(arguments: 0..<150)
    func everyDayKeepsATree(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var register = try register(
            [("u0", nil), ("u1", "u0"), ("u2", "u1"), ("u3", nil)], firstOpenDay: 10)
        var acceptedCount = 0
        for step in 0..<60 {
            let unit = try code("u\(Int.random(in: 0..<6, using: &random))")
            let other = try code("u\(Int.random(in: 0..<6, using: &random))")
            let asked = day(Int.random(in: 5..<60, using: &random))
            var next = register
            do throws(ServiceError) {
                let first = try change(
                    &next, Int.random(in: 0..<6, using: &random), unit, other, step, asked)
                acceptedCount += 1
                #expect(first >= register.firstOpenDay)
                #expect(Self.isSame(next.history, register.history, before: first))
                #expect((0..<61).allSatisfy { Self.isTree(next.history, on: day($0)) })
                register = next
            } catch {
                guard error.reason == "UNIT_MOVE_MAKES_A_CYCLE" else { continue }
                var moved = register.history
                moved.change(unit, from: asked, UnitChange(parent: .some(other)))
                let isTree = (0..<61).allSatisfy { Self.isTree(moved, on: day($0)) }
                #expect(!isTree, "\(unit) below \(other) from \(asked) on goes round nowhere")
            }
        }
        #expect(acceptedCount > 0)
    }

    private func change(
        _ register: inout UnitRegister, _ kind: Int, _ unit: BusinessUnitCode,
        _ other: BusinessUnitCode, _ step: Int, _ asked: CivilDate
    ) throws(ServiceError) -> CivilDate {
        switch kind {
        case 0:
            try register.create(
                unit, UnitDetails(displayName: "N", parent: other), from: asked,
                identity: identity)
        case 1: try register.update(unit, UnitChange(displayName: "n\(step)"), from: asked)
        case 2: try register.update(unit, UnitChange(parent: .some(other)), from: asked)
        case 3: try register.retire(unit, successor: other, from: asked)
        case 4: try register.merge(unit, into: other, from: asked)
        default: try register.restore(unit, from: asked)
        }
    }

    private static func isSame(
        _ one: UnitHistory, _ other: UnitHistory, before day: CivilDate
    ) -> Bool {
        let days = (0..<60).map { CivilDate(dayNumber: $0) }.filter { $0 < day }
        return Set(one.versions.keys).union(other.versions.keys).allSatisfy { code in
            days.allSatisfy { one.details(of: code, on: $0) == other.details(of: code, on: $0) }
        }
    }

    /// The simplest definition: from every active unit the way up ends, over active units.
    private static func isTree(_ history: UnitHistory, on day: CivilDate) -> Bool {
        history.versions.keys.filter { history.isActive($0, on: day) }.allSatisfy { code in
            var seen: Set<BusinessUnitCode> = []
            var next: BusinessUnitCode? = code
            while let unit = next {
                guard history.isActive(unit, on: day), seen.insert(unit).inserted else {
                    return false
                }
                next = history.details(of: unit, on: day)?.parent
            }
            return true
        }
    }
}
