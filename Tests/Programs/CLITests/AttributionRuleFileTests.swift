import API
import Core
import Domain
import Testing

@testable import CLI

@Suite struct AttributionRuleFileTests {
    private static func file(_ text: String) throws -> AttributionRuleFile {
        try AttributionRuleFile(Array(text.utf8), name: "file")
    }

    private static func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            let failure = Failure(error)
            return [failure?.problem, failure?.field].compactMap { $0 }.joined(separator: " | ")
        }
    }

    private static let rule = AttributionRule(
        name: "production",
        conditions: [
            AttributionCondition(dimension: "api_key_id", prefixes: ["prod-"], orAbsent: true)
        ], target: "environment", value: .constant("prod"), replace: true)

    /// A list of rules, or what `show` prints: what is shown can be set again.
    @Test func rulesAreReadAsTheyAreShown() throws {
        let list = """
             [{"name": "production", "target": "environment", "constant": "prod", "replace": true,
               "conditions": [{"dimension": "api_key_id", "prefixes": ["prod-"], "or_absent": true}]}]
            """
        #expect(try Self.file(list) == .rules([Self.rule]))
        let table = AttributionRule(
            name: "teams", target: "team",
            value: .mapping(
                AttributionMapping(
                    dimension: "project", lines: [AttributionMappingLine(from: "a", to: "b")])))
        let shown = AttributionRuleSet(version: 3, rules: [Self.rule, table], ruleCount: 2)
        #expect(try Self.file(shown.json(isIndented: true)) == .rules([Self.rule, table]))
        #expect(try Self.file(#"{"rules": []}"#) == .rules([]))
    }

    @Test func tablesAreOfOneRule() throws {
        let file = try Self.file("\u{FEFF}project,team\r\nproj_1,\"a, b\"\n\nproj_2,c")
        let lines = [
            AttributionMappingLine(from: "proj_1", to: "a, b"),
            AttributionMappingLine(from: "proj_2", to: "c"),
        ]
        #expect(file == .table(dimension: "project", target: "team", lines))
        let value = AttributionRule.Value.mapping(
            AttributionMapping(dimension: "project", lines: lines))
        let added = AttributionRule(name: "project to team", target: "team", value: value)
        #expect(try file.rules(beside: [Self.rule], ruleName: nil) == [Self.rule, added])
        var teams = AttributionRule(
            name: "teams", conditions: Self.rule.conditions, target: "team",
            value: .constant("x"), replace: true)
        let changed = try file.rules(beside: [teams, Self.rule], ruleName: "teams")
        teams.value = value
        #expect(changed == [teams, Self.rule])
    }

    @Test func whatIsNoFileOfRulesIsNamed() throws {
        let cases = [
            ("", "file is empty."), ("[", "file is not JSON"),
            ("project,team,x\n", "file line 1 has 3 cells, not 2."),
            ("project,team\na\n", "file line 2 has 1 cells, not 2."),
            (#"[{"name": "a", "colour": "x"}]"#, "AttributionRule has no such field"),
            (#"{"rules": [{"constant": "a", "copy_of": "b"}]}"#, "excludes constant"),
        ]
        for (text, expected) in cases {
            let failure = Self.failure { _ = try Self.file(text) }
            #expect(failure.contains(expected), "\(failure)")
        }
        let named = Self.failure { _ = try Self.file("[]").rules(beside: [], ruleName: "a") }
        #expect(named.hasPrefix("--rule is for a table"))
        let table = try Self.file("project,team\na,b")
        let other = Self.failure {
            _ = try table.rules(beside: [Self.rule], ruleName: "production")
        }
        #expect(other == "The rule production derives environment, the table team.")
    }

    @Test func rulesAreShownInWords() {
        let set = AttributionRuleSet(
            version: 3, rules: [Self.rule], effectiveTime: Timestamp(seconds: 0), ruleCount: 1)
        let text = AttributionRuleText.table(set)
        #expect(text.contains("Version 3 for events from 1970-01-01T00:00:00Z on"))
        #expect(text.contains("api_key_id begins with \"prod-\" or is absent"))
        #expect(AttributionRuleText.table(AttributionRuleSet()) == "No rules were ever set.")
    }

    /// What has no value is told from an empty one, and each row carries its completeness.
    @Test func previewsShowEveryMove() {
        let figures = UsageFigures(cost: Money(amount: "1.500000000000", currencyCode: "USD"))
        let report = PreviewAttributionRulesResponse(
            dimensions: [
                AttributionEffect(
                    dimension: "tag:env",
                    moves: [
                        AttributionMove(
                            before: DimensionValue(absent: true), after: DimensionValue(),
                            figures: figures)
                    ], other: figures, otherMoves: 7, moved: figures, unchanged: figures)
            ], rules: [AttributionRuleEffect(name: "a rule", figures: figures)], total: figures,
            notOfEvents: figures, completeness: Completeness(basis: .metered))
        let text = AttributionPreviewText.table(report, span: "span")
        #expect(text.contains("(none)") && text.contains("(empty)"))
        #expect(text.contains("7 others") && text.contains("a rule"))
        let rows = AttributionPreviewText.rows(report)
        #expect(
            rows.map(\.[0]) == [
                "row", "move", "other", "moved", "unchanged", "rule", "total", "not_of_events",
            ])
        #expect(Array(rows[1][2...5]) == ["", "true", "", "false"])
        #expect(Set(rows.map(\.count)).count == 1)
    }

    @Test(arguments: ["2026-12-01", "2026-12-01T00:00:00+01:00"])
    func rulesBeginOnADayOrAtAnInstant(text: String) async throws {
        let start = try #require(StartArgument(argument: text))
        let instant = try await start.instant { try OrganizationZone("Europe/Berlin") }
        #expect(instant == Instant(seconds: 1_796_079_600))
        #expect(StartArgument(argument: "soon") == nil)
    }
}
