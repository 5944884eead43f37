import Core
import Domain
import Testing

@testable import AllocationService

@Suite struct UnitTreeTests {
    private static let day = CivilDate(dayNumber: 20_000)

    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    private func tree(
        _ units: [(String, String?)], ended: [(String, UnitStatus)] = []
    ) throws -> UnitTree {
        var history = UnitHistory()
        for (unit, parent) in units {
            history.begin(
                try code(unit), UnitDetails(displayName: unit, parent: try parent.map(code)),
                from: UnitHistory.beginning)
        }
        for (unit, status) in ended {
            history.change(try code(unit), from: Self.day, UnitChange(status: status))
        }
        return UnitTree(history, on: Self.day)
    }

    @Test func totalsSumUpwards() throws {
        let tree = try tree([
            ("company", nil), ("sales", "company"), ("core", "company"), ("emea", "sales"),
            ("other", nil),
        ])
        var totals: [BusinessUnitCode: Int128] = [:]
        try tree.add(
            [code("company"): 1, code("emea"): 10, code("sales"): 100, code("other"): -5],
            to: &totals)
        #expect(
            totals == [
                try code("company"): 111, try code("sales"): 110, try code("emea"): 10,
                try code("other"): -5,
            ])
    }

    @Test func whatUnitsThatEndedAreGivenGoesOn() throws {
        let units = [
            ("company", nil), ("sales", "company"), ("emea", "sales"), ("dach", "emea"),
            ("labs", nil),
        ]
        let retired = UnitStatus.retired(successor: nil)
        for (ended, expected) in [
            ([], "dach"),
            ([("dach", retired)], "emea"),
            ([("dach", retired), ("emea", retired)], "sales"),
            ([("dach", .merged(into: try code("labs")))], "labs"),
            (
                [
                    ("dach", .retired(successor: try code("emea"))),
                    ("emea", .merged(into: try code("labs"))),
                ], "labs"
            ),
            // The successor has ended without one: the unit above it answers.
            ([("dach", .merged(into: try code("emea"))), ("emea", retired)], "sales"),
            ([("dach", .merged(into: try code("labs"))), ("labs", retired)], nil),
        ] as [([(String, UnitStatus)], String?)] {
            let tree = try tree(units, ended: ended)
            #expect(tree.answering(for: try code("dach"))?.text == expected)
        }
        #expect(try tree(units).answering(for: code("nobody")) == nil)
    }

    @Test func aCycleIsAnErrorAndNotAnEndlessLoop() throws {
        let above = try tree([("a", "b"), ("b", "a")])
        let error = #expect(throws: ServiceError.self) { try above.lineage(of: code("a")) }
        #expect(error?.reason == "UNIT_TREE_HAS_A_CYCLE")
        let succession = try tree(
            [("a", nil), ("b", nil)],
            ended: [("a", .merged(into: try code("b"))), ("b", .merged(into: try code("a")))])
        #expect(try succession.answering(for: code("a")) == nil)
    }
}
