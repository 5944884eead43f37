import Core
import Domain
import Testing

@testable import AllocationService

@Suite struct AllocationRuleTests {
    private let connection = ConnectionID(UUIDv7(high: 1, low: 2))

    private var row: DimensionSet {
        DimensionSet(
            provider: "openai", model: "gpt-5", operation: "chat", project: "proj-1",
            apiKeyID: "key-1", user: "ann", feature: "search", customer: "acme", team: "core",
            environment: "production", connectionID: connection,
            tags: [.init(key: "team", value: "blue")])
    }

    @Test(arguments: [
        ("provider", "openai"), ("model", "gpt-5"), ("project", "proj-1"),
        ("api_key_id", "key-1"), ("user", "ann"), ("feature", "search"), ("customer", "acme"),
        ("team", "core"), ("environment", "production"),
        ("connection", "00000000-0000-0001-0000-000000000002"), ("operation", "chat"),
        ("tag:team", "blue"),
    ])
    func everyDimensionIsCompared(name: String, value: String) throws {
        let dimension = try AllocationDimension(name)
        #expect(dimension.text == name)
        #expect(AllocationCondition(dimension: dimension, value: value).holds(for: row))
        #expect(!AllocationCondition(dimension: dimension, value: value + "x").holds(for: row))
        #expect(!AllocationCondition(dimension: dimension, value: "").holds(for: row))
        let empty = DimensionSet(provider: "", model: "")
        #expect(AllocationCondition(dimension: dimension, value: "").holds(for: empty))
    }

    @Test(arguments: [
        ("gpt-5", true), ("gpt-*", true), ("gpt-5*", true), ("*", true), ("gpt-4*", false),
        ("gpt-5**", false), ("*pt-5", false), ("GPT-5", false), ("gpt", false), ("", false),
    ])
    func valuesAreExactOrPrefixes(value: String, holds: Bool) {
        #expect(AllocationCondition(dimension: .model, value: value).holds(for: row) == holds)
    }

    @Test func lettersThatLookAlikeAreNotEqual() {
        let composed = DimensionSet(provider: "p", model: "m", user: "caf\u{e9}")
        let condition = AllocationCondition(dimension: .user, value: "cafe\u{301}")
        #expect(!condition.holds(for: composed))
    }

    @Test(arguments: [
        ("", "DIMENSION_UNKNOWN"), ("Provider", "DIMENSION_UNKNOWN"),
        ("region", "DIMENSION_UNKNOWN"), ("tag", "DIMENSION_UNKNOWN"),
        ("tag:", "TAG_KEY_MALFORMED"),
        ("tag:" + String(repeating: "k", count: 129), "TAG_KEY_MALFORMED"),
    ])
    func otherDimensionsAreRefused(name: String, reason: String) {
        let error = #expect(throws: ServiceError.self) { try AllocationDimension(name) }
        #expect(error?.reason.rawValue == reason)
    }

    @Test func theFirstRuleWhoseConditionsAllHoldDecides() throws {
        let rules = [
            try rule("a", [(.provider, "openai"), (.model, "other")], to: "one"),
            try rule("b", [(.provider, "openai"), (.model, "gpt-*")], to: "two"),
            try rule("c", [], to: "three"),
        ]
        var matcher = RuleMatcher(rules)
        #expect(matcher.rule(for: row) == 1)
        #expect(matcher.rule(for: row) == 1, "the remembered answer is the same")
        #expect(matcher.rule(for: DimensionSet(provider: "x", model: "y")) == 2)
        var none = RuleMatcher(Array(rules.prefix(1)))
        #expect(none.rule(for: row) == nil)
        #expect(none.rule(for: row) == nil)
    }

    private func rule(
        _ id: String, _ conditions: [(AllocationDimension, String)], to unit: String
    ) throws -> AllocationRule {
        AllocationRule(
            id: id, conditions: conditions.map { .init(dimension: $0, value: $1) },
            target: .unit(try BusinessUnitCode(unit)))
    }
}
