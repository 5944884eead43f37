import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Versions of rules: made, shown and listed.
@Suite struct AttributionRuleMethodsTests {
    private static func rules(_ team: String) -> [API.AttributionRule] {
        [AttributionRule(name: "all", target: "team", value: .constant(team))]
    }

    private static func reason(
        _ body: () async throws -> API.AttributionRuleSet
    ) async -> String {
        do {
            _ = try await body()
            return "accepted"
        } catch let error as ServiceError {
            return "\(error.reason.rawValue) \(error.field ?? "")"
        } catch {
            return "\(error)"
        }
    }

    @Test func statementsFitTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                SelectAttributionRuleSet.self, SelectAttributionRuleSetPage.self,
                SelectNewestAttributionVersion.self, SelectAttributionTimeline.self,
                SelectAttributionRules.self, InsertAttributionRuleSet.self,
                SelectProviderNames.self,
            ])
            #expect(faults == [])
        }
    }

    /// The same rules that hold anyway are no version; what is shown is what was set.
    @Test func versionsAreMadeOfWhatChanges() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let methods = fixture.attribution
            let empty = try await methods.get(GetAttributionRulesRequest(), call)
            #expect(empty == API.AttributionRuleSet())
            let request = SetAttributionRulesRequest(rules: Self.rules("a"), note: "first")
            let first = try await methods.set(request, call)
            #expect(first.version == 1 && first.rules.isEmpty && first.ruleCount == 1)
            #expect(first.effectiveTime == Timestamp(ServiceFixture.now))
            #expect(try await methods.set(request, call) == first)
            // From then on they hold already.
            var later = request
            later.effectiveTime = Timestamp(ServiceFixture.now.advanced(bySeconds: 3600))
            #expect(try await methods.set(later, call) == first)
            var earlier = request
            earlier.effectiveTime = Timestamp(ServiceFixture.now.advanced(bySeconds: -3600))
            #expect(try await methods.set(earlier, call).version == 2)
            var noted = request
            noted.note = "second"
            #expect(try await methods.set(noted, call).version == 3)
            let shown = try await methods.get(GetAttributionRulesRequest(version: 2), call)
            #expect(shown.rules == Self.rules("a") && shown.note == "first")
            #expect(shown.endTime == Timestamp(ServiceFixture.now))
            let newest = try await methods.get(GetAttributionRulesRequest(), call)
            #expect(newest.version == 3 && newest.endTime == nil)
            var expecting = SetAttributionRulesRequest(
                rules: Self.rules("b"), expectedVersion: 2)
            #expect(
                await Self.reason { try await methods.set(expecting, call) }
                    == "RULE_SET_CHANGED expected_version")
            expecting.expectedVersion = 3
            #expect(try await methods.set(expecting, call).version == 4)
            let page = try await methods.list(
                ListAttributionRuleSetsRequest(pageSize: 3), call)
            #expect(page.ruleSets.map(\.version) == [4, 3, 2])
            #expect(page.ruleSets.allSatisfy { $0.rules.isEmpty && $0.ruleCount == 1 })
            let rest = try await methods.list(
                ListAttributionRuleSetsRequest(pageSize: 3, pageToken: page.nextPageToken), call)
            #expect(rest.ruleSets.map(\.version) == [1] && rest.nextPageToken == "")
            let other = try await fixture.makeCall("other")
            #expect(
                try await methods.get(GetAttributionRulesRequest(), other)
                    == API.AttributionRuleSet())
            #expect(
                await Self.reason {
                    try await methods.get(GetAttributionRulesRequest(version: 1), other)
                } == "ATTRIBUTION_RULE_SET_NOT_FOUND version")
        }
    }

    @Test func requestsAreChecked() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let now = ServiceFixture.now
            let wide = (0..<5_000).map {
                AttributionMappingLine(
                    from: "\($0)" + String(repeating: "x", count: 195),
                    to: String(repeating: "y", count: 20))
            }
            let large = [
                AttributionRule(
                    name: "table", target: "team",
                    value: .mapping(AttributionMapping(dimension: "project", lines: wide)))
            ]
            let at = { (seconds: Int64) in Timestamp(now.advanced(bySeconds: seconds)) }
            let cases: [(SetAttributionRulesRequest, String)] = [
                (SetAttributionRulesRequest(rules: large), "RULES_TOO_LARGE rules"),
                (
                    SetAttributionRulesRequest(effectiveTime: Timestamp(nanos: -1)),
                    "TIMESTAMP_INVALID effective_time.nanos"
                ),
                (
                    SetAttributionRulesRequest(effectiveTime: at(-3 * 366 * 86_400 - 1)),
                    "EFFECTIVE_TIME_OUT_OF_RANGE effective_time"
                ),
                (
                    SetAttributionRulesRequest(effectiveTime: at(366 * 86_400 + 1)),
                    "EFFECTIVE_TIME_OUT_OF_RANGE effective_time"
                ),
                (
                    SetAttributionRulesRequest(expectedVersion: -1),
                    "EXPECTED_VERSION_NEGATIVE expected_version"
                ),
                (SetAttributionRulesRequest(note: "a\u{0}"), "FIELD_HAS_CONTROL_CHARACTERS note"),
            ]
            for (request, expected) in cases {
                let reason = await Self.reason { try await fixture.attribution.set(request, call) }
                #expect(
                    reason == expected
                        || expected.hasPrefix("TIMESTAMP_INVALID")
                            && reason.contains("effective_time"),
                    "\(expected)")
            }
            #expect(
                await Self.reason {
                    try await fixture.attribution.get(GetAttributionRulesRequest(version: -1), call)
                } == "VERSION_NEGATIVE version")
            #expect(try await fixture.count("attribution_rule_sets") == 0)
            for limit in [-1, 101] as [Int32] {
                await #expect(throws: ServiceError.self) {
                    _ = try await fixture.preview.answer(
                        PreviewAttributionRulesRequest(
                            from: API.Date(year: 2026, month: 11, day: 1),
                            through: API.Date(year: 2026, month: 11, day: 2), limit: limit), call)
                }
            }
        }
    }

    /// Whoever sets rules at the same time makes a version each, or hears of the other.
    @Test func callsAtOnceMakeAVersionEach() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let versions = try await withThrowingTaskGroup(of: Int64.self) { tasks in
                for index in 0..<6 {
                    tasks.addTask {
                        try await fixture.attribution.set(
                            SetAttributionRulesRequest(rules: Self.rules("team \(index)")), call
                        ).version
                    }
                }
                return try await tasks.reduce(into: [Int64]()) { $0.append($1) }
            }
            #expect(versions.sorted() == [1, 2, 3, 4, 5, 6])
        }
    }
}
