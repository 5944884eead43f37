import API
import Core
import Domain
import Testing

@testable import AllocationService

@Suite struct AllocationRulesTests {
    private func wire(
        _ id: String = "r", conditions: [API.Condition] = [],
        target: API.AllocationRule.Target? = .unit("core")
    ) -> API.AllocationRule {
        API.AllocationRule(id: id, conditions: conditions, target: target)
    }

    private func split(
        _ method: API.Split.Method, _ units: [String]
    ) -> API.AllocationRule.Target {
        .split(API.Split(method: method, units: units))
    }

    private var valid: [API.AllocationRule] {
        [
            wire(
                "by-key", conditions: [.init(dimension: "api_key_id", value: "key-\"1\"/*")]),
            wire("by-tag", conditions: [.init(dimension: "tag:täm", value: "")]),
            wire("shared", target: split(.proportional, ["b", "a"])),
            wire("rest", target: split(.even, ["core"])),
        ]
    }

    @Test func validRulesAreTakenAndUnitsOfSplitsAreSorted() throws {
        let rules = try AllocationRules(wire: valid)
        #expect(rules.list.map(\.id) == ["by-key", "by-tag", "shared", "rest"])
        #expect(rules.list[2].units.map(\.text) == ["a", "b"])
        var expected = valid
        expected[2].target = split(.proportional, ["a", "b"])
        #expect(rules.list.map(\.wire) == expected)
        #expect(try AllocationRules(wire: []).list.isEmpty)
    }

    @Test func storedRulesReadBackTheSame() throws {
        let rules = try AllocationRules(wire: valid)
        #expect(try AllocationRules(json: try rules.json) == rules)
        #expect(
            try AllocationRules(wire: [wire("u", target: split(.even, ["a"]))]).json
                == #"[{"conditions":[],"id":"u","split":{"method":"even","units":["a"]}}]"#)
    }

    /// Checks in their documented order, each with the field that it names.
    @Test func eachFaultHasItsReasonAndField() {
        let long = String(repeating: "v", count: 1025)
        let condition = API.Condition(dimension: "model", value: "m")
        let table: [([API.AllocationRule], String, String)] = [
            ((0...500).map { wire("r\($0)") }, "TOO_MANY_RULES", "rules"),
            ([wire("")], "RULE_ID_MALFORMED", "rules[0].id"),
            ([wire("A")], "RULE_ID_MALFORMED", "rules[0].id"),
            (
                [wire(String(repeating: "a", count: 64))], "RULE_ID_MALFORMED", "rules[0].id"
            ),
            (
                [wire(conditions: [API.Condition](repeating: condition, count: 17))],
                "TOO_MANY_CONDITIONS", "rules[0].conditions"
            ),
            (
                [wire("a"), wire("b", conditions: [condition, .init(dimension: "colour")])],
                "DIMENSION_UNKNOWN", "rules[1].conditions[1].dimension"
            ),
            (
                [wire(conditions: [.init(dimension: "model", value: long)])],
                "CONDITION_VALUE_TOO_LONG", "rules[0].conditions[0].value"
            ),
            ([wire(target: nil)], "RULE_TARGET_MISSING", "rules[0].unit"),
            (
                [wire(target: .unit("Core"))], "BUSINESS_UNIT_CODE_MALFORMED", "rules[0].unit"
            ),
            (
                [wire(target: split(.unspecified, ["a"]))], "SPLIT_METHOD_UNKNOWN",
                "rules[0].split.method"
            ),
            (
                [wire(target: split(.init(rawValue: 7), ["a"]))], "SPLIT_METHOD_UNKNOWN",
                "rules[0].split.method"
            ),
            ([wire(target: split(.even, []))], "SPLIT_UNITS_MISSING", "rules[0].split.units"),
            (
                [wire(target: split(.even, (0...1000).map { "u\($0)" }))],
                "TOO_MANY_SPLIT_UNITS", "rules[0].split.units"
            ),
            (
                [wire(target: split(.even, ["a", "?"]))], "BUSINESS_UNIT_CODE_MALFORMED",
                "rules[0].split.units[1]"
            ),
            (
                [wire(target: split(.even, ["a", "b", "a"]))], "SPLIT_UNIT_DUPLICATE",
                "rules[0].split.units[2]"
            ),
            ([wire("a"), wire("b"), wire("a")], "RULE_ID_DUPLICATE", "rules[2].id"),
        ]
        for (rules, reason, field) in table {
            let error = #expect(throws: ServiceError.self) { try AllocationRules(wire: rules) }
            #expect(error?.reason.rawValue == reason)
            #expect(error?.field == field)
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test func unknownUnitsAreRefusedWithTheirField() throws {
        let rules = try AllocationRules(wire: valid)
        let code = { (text: String) in try BusinessUnitCode(text) }
        try rules.check(units: [code("a"), code("b"), code("core")])
        let inSplit = #expect(throws: ServiceError.self) {
            try rules.check(units: [code("a"), code("core")])
        }
        #expect(inSplit?.reason == "BUSINESS_UNIT_UNKNOWN")
        #expect(inSplit?.field == "rules[2].split.units[1]")
        let direct = #expect(throws: ServiceError.self) { try rules.check(units: []) }
        #expect(direct?.field == "rules[0].unit")
    }
}
