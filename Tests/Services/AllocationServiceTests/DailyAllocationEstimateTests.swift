import Domain
import ServiceRuntime
import Testing

@testable import AllocationService

@Suite struct DailyAllocationEstimateTests {
    @Test func daysAreSplitByTheWeightsOfTheWindow() throws {
        let code = { (text: String) in try BusinessUnitCode(text) }
        let onProject = { (project: String) in
            [AllocationCondition(dimension: .project, value: project)]
        }
        let rules = [
            AllocationRule(id: "a", conditions: onProject("a"), target: .unit(try code("a"))),
            AllocationRule(id: "b", conditions: onProject("b"), target: .unit(try code("b"))),
            AllocationRule(
                id: "s", conditions: onProject("s"),
                target: .split(.proportional, units: [try code("a"), try code("b")])),
        ]
        let row = { (day: Int, project: String, picos: Int128) in
            (day, DimensionSet(provider: "p", model: "m", project: project), picos)
        }
        var history = UnitHistory()
        let begin = { (text: String, parent: String?) in
            let details = UnitDetails(displayName: text, parent: try parent.map(code))
            history.begin(try code(text), details, from: UnitHistory.beginning)
        }
        try begin("top", nil)
        try begin("a", "top")
        try begin("b", "top")
        let days = CivilDate(dayNumber: 20_000)..<CivilDate(dayNumber: 20_003)
        let view = UnitView(
            UnitCalendar(history, days: days, zone: .utc), scope: .wholeOrganization,
            today: CivilDate(dayNumber: 20_002))
        let estimate = try DailyAllocationEstimate(
            rows: [
                row(0, "a", 10), row(1, "b", 30), row(2, "s", 100), row(2, "s", 100),
                row(1, "none", 1000),
            ], rules: rules, view: view)
        #expect(estimate.own == [try code("a"): [10, 0, 50], try code("b"): [0, 30, 150]])
        #expect(
            try estimate.totals == [
                try code("top"): [10, 30, 200], try code("a"): [10, 0, 50],
                try code("b"): [0, 30, 150],
            ])
        #expect(try estimate.total == [10, 30, 200])
    }
}
