import API
import Core
import Domain
import TallyClient
import TestSupport
import Testing

/// Attribution rules over the wire.
@Suite struct AttributionRuleTests {
    /// Rules that one server was given hold on another, an event that was recorded under them is known
    /// again under others, and a table of 10,000 lines is taken.
    @Test func rulesHoldOnEveryServer() async throws {
        try await ServerHarness.with { harness in
            let token = try await harness.organization("acme")
            let client = harness.client(token: token)
            let lines = (0..<10_000).map {
                AttributionMappingLine(from: "project-\($0)", to: "team-\($0 % 40)")
            }
            let rules = [
                AttributionRule(
                    name: "teams", target: "team",
                    value: .mapping(AttributionMapping(dimension: "project", lines: lines)))
            ]
            let set = try await client.call(
                IngestionServiceMethods.SetAttributionRules.self,
                SetAttributionRulesRequest(rules: rules, note: "As of today"))
            #expect(set.version == 1 && set.ruleCount == 1)
            let event = Event(
                id: "e", source: "gateway",
                time: Timestamp(try Instant(rfc3339: "2026-11-05T12:00:00Z")), provider: "openai",
                model: "gpt-6-sol", quantities: [API.Quantity(quantityClass: "input", amount: 10)],
                project: "project-4711")
            try await harness.withSecondServer { second in
                let other = second.client(token: token)
                let shown = try await other.call(
                    IngestionServiceMethods.GetAttributionRules.self, GetAttributionRulesRequest())
                #expect(shown.rules == rules)
                let recorded = try await other.call(
                    IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: [event]))
                #expect(recorded.results.map(\.outcome) == [.accepted])
                let explained = try await other.call(
                    IngestionServiceMethods.ExplainEvent.self,
                    ExplainEventRequest(source: "gateway", id: "e"))
                #expect(explained.derived.map(\.value) == ["team-31"])
                #expect(explained.derived.map(\.rule) == ["teams"])
                #expect(explained.event?.team == "")
                await other.close()
            }
            let none = try await client.call(
                IngestionServiceMethods.SetAttributionRules.self,
                SetAttributionRulesRequest(expectedVersion: 1))
            #expect(none.version == 2 && none.ruleCount == 0)
            let again = try await client.call(
                IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: [event]))
            #expect(again.results.map(\.outcome) == [.duplicate])
            let day = API.Date(year: 2026, month: 11, day: 5)
            let preview = try await client.call(
                IngestionServiceMethods.PreviewAttributionRules.self,
                PreviewAttributionRulesRequest(from: day, through: day, basis: .metered))
            #expect(preview.dimensions.map(\.dimension) == ["team"])
            #expect(preview.dimensions.first?.moves.first?.before?.value == "team-31")
            #expect(preview.dimensions.first?.moves.first?.after?.absent == true)
            await client.close()
        }
    }
}
