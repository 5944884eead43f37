import API
import Core
import Domain
import TestSupport
import Testing

@testable import IngestionService

struct AttributionRulesTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4]

    /// Random rules over random events against an evaluator that knows only the contract's words; what was
    /// sent comes back from what is stored, and different derivations are different sets.
    @Test(arguments: seeds)
    func rulesDeriveWhatTheContractSays(seed: UInt64) throws {
        var random = RandomAttribution(random: SeededRandom(seed: seed))
        var derivedCount = 0
        var replacedCount = 0
        for round in 0..<300 {
            let wire = random.rules()
            let rules = try AttributionRules(wire: wire)
            for _ in 0..<20 {
                let sent = random.sent()
                let expected = PlainAttribution(sent, wire)
                let made = rules.attribute(sent, version: 7)
                let place: Comment = "seed \(seed) round \(round): \(wire) of \(sent)"
                #expect(PlainAttribution.values(of: made) == expected.values, place)
                let derived = made.attribution?.derived ?? []
                #expect(
                    Dictionary(
                        uniqueKeysWithValues: derived.map {
                            (ExactText($0.target.text), $0.rule.text)
                        }) == expected.rules, place)
                #expect(made.asSent == sent && sent.asSent == sent, place)
                #expect((made == sent) == derived.isEmpty, place)
                #expect((made.canonicalText == sent.canonicalText) == derived.isEmpty, place)
                derivedCount += derived.count
                replacedCount += derived.count { $0.sent != nil }
            }
        }
        #expect(
            derivedCount > 3_000 && replacedCount > 300, "the rules hardly ever meet the events")
    }

    /// Later rules see what earlier ones derived; the first that has a value decides.
    @Test func laterRulesSeeWhatEarlierOnesDerived() throws {
        let rules = try AttributionRules(wire: [
            AttributionRule(
                name: "teams", target: "team",
                value: .mapping(
                    AttributionMapping(
                        dimension: "project",
                        lines: [AttributionMappingLine(from: "proj_1", to: "search")]))),
            AttributionRule(
                name: "customers",
                conditions: [AttributionCondition(dimension: "team", values: ["search"])],
                target: "customer", value: .constant("internal")),
            AttributionRule(name: "rest", target: "team", value: .constant("unknown")),
            AttributionRule(
                name: "too late", target: "team", value: .constant("other"), replace: true),
        ])
        let first = rules.attribute(
            DimensionSet(provider: "p", model: "m", project: "proj_1"), version: 1)
        #expect(first.team == "search" && first.customer == "internal")
        let second = rules.attribute(
            DimensionSet(provider: "p", model: "m", project: "proj_2"), version: 1)
        #expect(second.team == "unknown" && second.customer == "")
        let sent = rules.attribute(
            DimensionSet(provider: "p", model: "m", project: "proj_1", team: "mine"), version: 1)
        #expect(sent.team == "other", "only the rule that replaces may")
        #expect(sent.attribution?.derived.map(\.sent?.text) == ["mine"])
    }

    /// Each check in the order of the fields, with its reason and field.
    @Test func rulesAreChecked() {
        let good = AttributionRule(name: "a", target: "team", value: .constant("x"))
        func changed(_ change: (inout API.AttributionRule) -> Void) -> [API.AttributionRule] {
            var rule = good
            change(&rule)
            return [good, rule]
        }
        func condition(_ change: (inout AttributionCondition) -> Void) -> [API.AttributionRule] {
            var condition = AttributionCondition(dimension: "project", values: ["x"])
            change(&condition)
            return changed {
                $0.name = "b"
                $0.conditions = [
                    AttributionCondition(dimension: "user", orAbsent: true), condition,
                ]
            }
        }
        func value(_ value: API.AttributionRule.Value?, target: String = "team")
            -> [API.AttributionRule]
        {
            changed {
                $0.name = "b"
                $0.target = target
                $0.value = value
            }
        }
        func mapping(_ lines: [(String, String)]) -> [API.AttributionRule] {
            value(
                .mapping(
                    AttributionMapping(
                        dimension: "project",
                        lines: lines.map { AttributionMappingLine(from: $0.0, to: $0.1) })))
        }
        let long = String(repeating: "x", count: 257)
        let numbered = { (count: Int) in (0..<count).map { "v\($0)" } }
        let tags = (0..<33).map {
            AttributionRule(name: "t\($0)", target: "tag:k\($0)", value: .constant("x"))
        }
        let second = "rules[1].conditions[1]"
        let cases: [([API.AttributionRule], String)] = [
            ([], "accepted"),
            (
                (0..<500).map {
                    AttributionRule(name: "\($0)", target: "team", value: .constant("x"))
                },
                "accepted"
            ),
            (
                (0...500).map {
                    AttributionRule(name: "\($0)", target: "team", value: .constant("x"))
                },
                "RULES_TOO_MANY rules"
            ),
            (changed { $0.name = "" }, "FIELD_MISSING rules[1].name"),
            (changed { $0.name = String(long.prefix(101)) }, "FIELD_TOO_LONG rules[1].name"),
            (changed { _ in }, "DUPLICATE_RULE_NAME rules[1].name"),
            (
                changed {
                    $0.conditions = Array(
                        repeating: AttributionCondition(dimension: "user", orAbsent: true),
                        count: 17)
                }, "CONDITIONS_TOO_MANY rules[1].conditions"
            ),
            (condition { $0.dimension = "planet" }, "DIMENSION_UNKNOWN \(second).dimension"),
            (condition { $0.dimension = "day" }, "DIMENSION_UNKNOWN \(second).dimension"),
            (condition { $0.dimension = "tag:" }, "TAG_KEY_MALFORMED \(second).dimension"),
            (
                condition { $0.dimension = "tag:a\u{202E}" },
                "FIELD_HAS_INVISIBLE_CHARACTERS \(second).dimension"
            ),
            (condition { $0.values = numbered(1_000) }, "accepted"),
            (
                condition { $0.values = numbered(1_001) },
                "CONDITION_VALUES_TOO_MANY \(second).values"
            ),
            (condition { $0.values = ["", long] }, "FIELD_TOO_LONG \(second).values[1]"),
            (
                condition { $0.prefixes = numbered(101) },
                "CONDITION_PREFIXES_TOO_MANY \(second).prefixes"
            ),
            (condition { $0.prefixes = ["a", ""] }, "FIELD_MISSING \(second).prefixes[1]"),
            (condition { $0.values = [] }, "CONDITION_DEMANDS_NOTHING \(second).values"),
            (value(.constant("x"), target: "planet"), "DIMENSION_UNKNOWN rules[1].target"),
            (value(.constant("x"), target: "provider"), "DIMENSION_NOT_DERIVABLE rules[1].target"),
            (value(.constant("x"), target: "model"), "DIMENSION_NOT_DERIVABLE rules[1].target"),
            // Events are matched with their provider's bill by it.
            (value(.constant("x"), target: "project"), "DIMENSION_NOT_DERIVABLE rules[1].target"),
            (
                value(.constant("x"), target: "connection"),
                "DIMENSION_NOT_DERIVABLE rules[1].target"
            ),
            (value(.constant("x"), target: "source"), "DIMENSION_NOT_DERIVABLE rules[1].target"),
            (
                value(.constant("x"), target: "tag:a\nb"),
                "FIELD_HAS_CONTROL_CHARACTERS rules[1].target"
            ),
            (value(nil), "RULE_VALUE_MISSING rules[1].value"),
            (value(.constant("")), "FIELD_MISSING rules[1].constant"),
            (value(.constant(String(long.prefix(201)))), "FIELD_TOO_LONG rules[1].constant"),
            (value(.constant(String(long.prefix(256))), target: "tag:a"), "accepted"),
            (value(.copyOf("planet")), "DIMENSION_UNKNOWN rules[1].copy_of"),
            (
                value(.part(AttributionPart(dimension: "planet", after: "a"))),
                "DIMENSION_UNKNOWN rules[1].part.dimension"
            ),
            (
                value(.part(AttributionPart(dimension: "project", before: long))),
                "FIELD_TOO_LONG rules[1].part.before"
            ),
            (
                value(.part(AttributionPart(dimension: "project"))),
                "PART_IS_WHOLE rules[1].part.after"
            ),
            (mapping([]), "MAPPING_LINES_OUT_OF_RANGE rules[1].mapping.lines"),
            (mapping(numbered(10_000).map { ($0, "x") }), "accepted"),
            (
                mapping(numbered(10_001).map { ($0, "x") }),
                "MAPPING_LINES_OUT_OF_RANGE rules[1].mapping.lines"
            ),
            (mapping([("a", "x"), ("b", "")]), "FIELD_MISSING rules[1].mapping.lines[1].to"),
            (
                mapping([("a", "x"), ("a", "y")]),
                "DUPLICATE_MAPPING_VALUE rules[1].mapping.lines[1].from"
            ),
            // By bytes, as the database tells them apart.
            (mapping([("caf\u{E9}", "x"), ("cafe\u{301}", "y")]), "accepted"),
            (Array(tags.dropLast()), "accepted"),
            (tags, "TAG_TARGETS_TOO_MANY rules[32].target"),
        ]
        for (rules, expected) in cases {
            do throws(ServiceError) {
                _ = try AttributionRules(wire: rules)
                #expect(expected == "accepted")
            } catch {
                #expect("\(error.reason.rawValue) \(error.field ?? "")" == expected)
            }
        }
    }

    /// Of the versions that have begun, the newest holds: told by a look at all of them.
    @Test(arguments: seeds)
    func theNewestVersionThatHasBegunHolds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let versions = (1...Int64.random(in: 1...12, using: &random)).map {
                AttributionTimeline.Entry(
                    version: $0, from: Instant(seconds: Int64.random(in: 0...20, using: &random)))
            }
            let timeline = AttributionTimeline(versions.shuffled(using: &random))
            for second in Int64(-1)...22 {
                let time = Instant(seconds: second)
                let expected = versions.filter { $0.from <= time }.map(\.version).max()
                #expect(timeline.version(at: time) == expected, "seed \(seed) \(versions)")
            }
        }
        #expect(AttributionTimeline([]).version(at: Instant(seconds: 0)) == nil)
    }
}
