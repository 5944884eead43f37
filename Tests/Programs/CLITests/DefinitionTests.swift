import API
import Testing

@testable import CLI

@Suite struct DefinitionTests {
    @Test func definitionsGiveUnitsRulesAndBudgets() throws {
        let json = try JSONValue(
            parsing: """
                {"organization": {"slug": "acme", "display_name": "Acme", "time_zone": "UTC"},
                 "units": [{"code": "team", "display_name": "Team", "parent_code": "top"},
                           {"code": "top", "display_name": "Top", "kind": "cost-center",
                            "cost_center_code": "4711", "effective_date": "2026-01-31"}],
                 "rules": [{"id": "r1", "conditions": [{"dimension": "team", "value": ""}],
                            "unit": "team"},
                           {"id": "r2", "split": {"method": "even", "units": ["team", "top"]}}],
                 "budgets": [{"unit": "top", "monthly_amount": "10.50"}]}
                """)
        let definition = try OrganizationDefinition(json: json)
        #expect(definition.organization?.slug == "acme")
        #expect(definition.units.map(\.code) == ["top", "team"])
        #expect(definition.units.map(\.kind) == [.costCenter, .unspecified])
        #expect(definition.units.map(\.costCenterCode) == ["4711", ""])
        #expect(
            definition.units.map(\.effectiveDate) == [
                API.Date(year: 2026, month: 1, day: 31), nil,
            ])
        #expect(
            definition.rules == [
                AllocationRule(
                    id: "r1", conditions: [Condition(dimension: "team")], target: .unit("team")),
                AllocationRule(
                    id: "r2", target: .split(Split(method: .even, units: ["team", "top"]))),
            ])
        #expect(definition.budgets.map(\.unit) == ["top"])
        // What is shown can be set again.
        let rules = try #require(definition.rules)
        guard case .array(let elements) = RuleDefinition.json(rules) else { return }
        #expect(try RuleDefinition.rules(elements.map { ($0, "") }) == rules)
    }

    @Test func definitionsSayWhatHoldsOfTheOrganization() throws {
        let json = try JSONValue(
            parsing: """
                {"organization": {"slug": "acme", "display_name": "Acme", "time_zone": "UTC",
                    "fiscal_year_start_month": 4, "retention_months": 24,
                    "limits": {"events_per_day_max": 5000000000}}}
                """)
        let organization = try #require(OrganizationDefinition(json: json).organization)
        #expect(organization.fiscalYearStartMonth == 4 && organization.retentionMonths == 24)
        #expect(organization.limits == PlanLimits(eventsPerDayMax: 5_000_000_000))
        for wrong in [#""x""#, "1.5", "3000000000", "true"] {
            let json = try JSONValue(
                parsing: """
                    {"organization": {"slug": "a", "display_name": "A", "time_zone": "UTC",
                        "retention_months": \(wrong)}}
                    """)
            let failure = #expect(throws: Failure.self) { try OrganizationDefinition(json: json) }
            #expect(failure?.field == "organization.retention_months")
        }
    }

    @Test func whatWasAppliedIsToldToPeopleAndPrograms() throws {
        var outcome = DefinitionOutcome(organization: "acme", unitCount: 3, budgetCount: 1)
        #expect(
            outcome.text == "acme: 3 units (0 created), rules untouched, 1 budgets (0 set)")
        #expect(outcome.json["rules_version"] == nil)
        outcome.unitsCreated = 1
        outcome.unitsLeftAsTheyAre = ["ads", "search"]
        outcome.rules = .init(count: 2, version: 5, isChanged: false)
        outcome.budgetsSet = 1
        #expect(
            outcome.text == """
                unit ads exists with other details and stays as it is
                unit search exists with other details and stays as it is
                acme: 3 units (1 created), 2 rules (version 5, unchanged), 1 budgets (1 set)
                """)
        #expect(
            outcome.json.text()
                == #"{"organization":"acme","unit_count":3,"units_created":1,"#
                + #""units_left_as_they_are":["ads","search"],"budget_count":1,"budgets_set":1,"#
                + #""rule_count":2,"rules_version":"5","rules_changed":false}"#)
        #expect(outcome.rows[0].count == outcome.rows[1].count)
    }

    /// Else every `tally org apply` would make a new version of the same rules.
    @Test func theOrderOfASplitsUnitsSaysNothing() {
        let rules = { (units: [String]) in
            [
                AllocationRule(id: "r1", target: .unit("a")),
                AllocationRule(id: "r2", target: .split(Split(method: .even, units: units))),
            ]
        }
        #expect(RuleDefinition.areEqual(rules(["a", "b"]), rules(["b", "a"])))
        #expect(!RuleDefinition.areEqual(rules(["a", "b"]), rules(["a", "c"])))
        #expect(!RuleDefinition.areEqual(rules(["a", "b"]), rules(["a", "b"]).reversed()))
    }

    @Test(arguments: [
        (#"{"unit": []}"#, "unit"),
        (#"{"units": [{"code": "a"}]}"#, "units[0].display_name"),
        (#"{"units": [{"code": "a", "display_name": "A", "owner": "x"}]}"#, "units[0].owner"),
        (#"{"units": [{"code": "a", "display_name": "A", "kind": "tribe"}]}"#, "units[0].kind"),
        (
            #"{"units": [{"code": "a", "display_name": "A", "effective_date": "2026-02-30"}]}"#,
            "units[0].effective_date"
        ),
        (#"{"rules": [{"id": "r"}]}"#, "rules[0]"),
        (#"{"rules": [{"id": "r", "unit": "a", "split": {}}]}"#, "rules[0]"),
        (#"{"rules": [{"id": "r", "split": {"method": "odd"}}]}"#, "rules[0].split.method"),
        (#"{"budgets": [{"unit": "a", "monthly_amount": 5}]}"#, "budgets[0].monthly_amount"),
        (#"{"units": [{"code": "a", "display_name": "A", "parent_code": "a"}]}"#, "units"),
    ])
    func whatADefinitionMayNotSayIsRefusedAtItsPlace(text: String, field: String) throws {
        let json = try JSONValue(parsing: text)
        let failure = #expect(throws: Failure.self) { try OrganizationDefinition(json: json) }
        #expect(failure?.field == field)
    }
}
