import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Events with a provider's usage object, and with what the provider says they cost.
@Suite struct UsageObjectEventTests {
    private typealias Fixture = ServiceFixture

    private static func event(
        _ id: String, _ object: String, _ format: API.UsageFormat = .openaiChat,
        _ change: (inout Event) -> Void = { _ in }
    ) -> Event {
        LedgerEventWireTests.event {
            $0.id = id
            $0.quantities = []
            $0.totalTokens = 0
            $0.usageObject = object
            $0.usageFormat = format
            change(&$0)
        }
    }

    private static func explain(
        _ id: String, _ fixture: Fixture, _ call: Call
    ) async throws -> ExplainEventResponse {
        try await ExplainEvent(catalogues: fixture.catalogues).answer(
            ExplainEventRequest(source: "gateway", id: id), call)
    }

    /// Rows 5 and 6: the same usage costs the same as OpenAI says it in either of its APIs, as Anthropic, Google and
    /// Bedrock do; a contradiction is refused for its item alone, with the field named.
    @Test func theSameUsageInEveryShapeCostsTheSame() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let objects: [(String, String, API.UsageFormat)] = [
                (
                    "chat",
                    #"""
                    {"prompt_tokens":1000,"completion_tokens":300,"total_tokens":1300,
                    "prompt_tokens_details":{"cached_tokens":400},
                    "completion_tokens_details":{"reasoning_tokens":100}}
                    """#, .openaiChat
                ),
                (
                    "messages",
                    #"{"input_tokens":600,"cache_read_input_tokens":400,"output_tokens":300}"#,
                    .anthropicMessages
                ),
                (
                    "gemini",
                    #"""
                    {"promptTokenCount":1000,"cachedContentTokenCount":400,"thoughtsTokenCount":100,
                    "candidatesTokenCount":200,"totalTokenCount":1300}
                    """#, .gemini
                ),
                (
                    "responses",
                    #"""
                    {"input_tokens":1000,"input_tokens_details":{"cached_tokens":400},
                    "output_tokens":300,"output_tokens_details":{"reasoning_tokens":100},
                    "total_tokens":1300}
                    """#, .openaiResponses
                ),
                (
                    "converse",
                    #"""
                    {"inputTokens":600,"cacheReadInputTokens":400,"outputTokens":300,
                    "totalTokens":1300}
                    """#, .bedrockConverse
                ),
            ]
            let wrong =
                #"{"prompt_tokens":9,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":10}}"#
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(
                    events: objects.map { id, object, format in
                        Self.event(id, object, format) {
                            // Nobody else answers as Bedrock does; the price is the same.
                            guard format == .bedrockConverse else { return }
                            $0.provider = "aws-bedrock"
                            $0.model = "openai.gpt-6-sol"
                        }
                    }
                        + [Self.event("wrong", wrong)]), call)
            #expect(
                response.results.map(\.outcome)
                    == objects.map { _ in .accepted } + [.rejected])
            #expect(response.results.last?.reason == "USAGE_CONTRADICTORY")
            #expect(
                response.results.last?.field
                    == "events[5].usage_object.prompt_tokens_details.cached_tokens")
            for (id, _, _) in objects {
                // 600 at 2, 400 at 0.2 and 300 at 10 dollars a million.
                let explained = try await Self.explain(id, fixture, call)
                #expect(explained.amount?.amount == "0.004280000000", "\(id)")
                #expect(
                    explained.event?.quantities.reduce(0) { $0 + $1.amount } == 1_300, "\(id)")
            }
            #expect(try await fixture.count("ledger_entries") == objects.count)
        }
    }

    /// An event keeps the name that its sender gave the model; its explanation says of which model the price is, and
    /// by which alias.
    @Test func explanationsNameTheAlias() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let object = #"{"prompt_tokens":1000,"completion_tokens":300}"#
            let names = [
                ("gpt-6-sol", ""), ("openai/gpt-6-sol", ""), ("sol-latest", "sol-latest"),
                ("openai/sol-latest-2026-10-01", "sol-latest"),
            ]
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(
                    events: names.map { name, _ in Self.event(name, object) { $0.model = name } }
                        + [Self.event("unknown", object) { $0.model = "sol" }]), call)
            #expect(response.results.allSatisfy { $0.outcome == .accepted })
            for (name, alias) in names {
                let explained = try await Self.explain(name, fixture, call)
                #expect(explained.event?.model == name)
                #expect(explained.amount?.amount == "0.005000000000", "\(name)")
                let price = try #require(explained.entries.first?.price)
                #expect(price.model == "gpt-6-sol" && price.alias == alias, "\(name)")
            }
            #expect(try await Self.explain("unknown", fixture, call).unpriced)
        }
    }

    /// What the object says is the event's content, not how it is written, nor whether it came as one. A
    /// total or cost that is sent beside it is content, as for any event.
    @Test func anObjectAndItsQuantitiesAreTheSameEvent() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let first = Self.event("a", #"{"prompt_tokens":10,"completion_tokens":0}"#)
            let versions: [(Event, EventResult.Outcome)] = [
                (first, .accepted), (first, .duplicate),
                (
                    Self.event("a", #"{ "completion_tokens":0, "prompt_tokens":1e1, "x":1 }"#),
                    .duplicate
                ),
                (
                    Self.event("a", "", .unspecified) {
                        $0.quantities = [API.Quantity(quantityClass: "input", amount: 10)]
                    }, .duplicate
                ),
                (Self.event("a", #"{"prompt_tokens":11,"completion_tokens":0}"#), .conflict),
                (Self.event("a", #"{"prompt_tokens":10,"completion_tokens":1}"#), .conflict),
                (Self.event("a", "null"), .conflict),
            ]
            for (event, outcome) in versions {
                let response = try await fixture.ingest.answer(
                    IngestEventsRequest(events: [event]), call)
                #expect(response.results.map(\.outcome) == [outcome], "\(event.usageObject)")
            }
        }
    }

    /// The provider's own cost stands beside ours, is content of the event, and counts in no total.
    @Test func whatTheProviderSaysIsShownBesideOurPrice() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            func event(_ id: String, _ cost: API.Money?, model: String = "gpt-6-sol") -> Event {
                LedgerEventWireTests.event {
                    $0.id = id
                    $0.model = model
                    $0.providerCost = cost
                }
            }
            func money(_ amount: String, _ currency: String = "USD") -> API.Money {
                API.Money(amount: amount, currencyCode: currency)
            }
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(events: [
                    event("less", money("0.00005")), event("none", nil),
                    event("euro", money("0.00005", "EUR")), event("zero", money("0")),
                    event("unknown", money("0.5"), model: "gpt-99"),
                ]), call)
            #expect(response.results.allSatisfy { $0.outcome == .accepted })
            // Ours: 10 at 2 and 5 at 10 dollars a million.
            for (id, cost, difference) in [
                ("less", "0.000050000000 USD", "0.000020000000"), ("none", nil, nil),
                ("euro", "0.000050000000 EUR", nil),
                ("zero", "0.000000000000 USD", "0.000070000000"),
                ("unknown", "0.500000000000 USD", nil),
            ] {
                let explained = try await Self.explain(id, fixture, call)
                let said = explained.event?.providerCost
                #expect(said.map { "\($0.amount) \($0.currencyCode)" } == cost, "\(id)")
                #expect(explained.providerCostDifference?.amount == difference, "\(id)")
            }
            let day = Date(year: 2026, month: 11, day: 21)
            let total = try await fixture.summary.answer(
                UsageSummaryRequest(from: day, through: day, basis: .metered), call
            ).total
            #expect(total?.cost?.amount == "0.000280000000")
            #expect(total?.unpricedEntries == 1)
            let again = try await fixture.ingest.answer(
                IngestEventsRequest(events: [
                    event("less", money("0.000050")), event("less", money("0.00006")),
                    event("less", money("0.00005", "EUR")), event("less", nil),
                    event("none", money("0")),
                ]), call)
            #expect(
                again.results.map(\.outcome)
                    == [.duplicate, .conflict, .conflict, .conflict, .conflict])
            let reversed = try await ChangeEvents(
                ledger: fixture.ledger, catalogues: fixture.catalogues
            ).reverse(
                ReverseEventsRequest(reversals: [
                    EventReversal(source: "gateway", id: "less", reason: "r")
                ]), call)
            #expect(reversed.results.map(\.outcome) == [.changed])
            #expect(try await Self.explain("less", fixture, call).providerCostDifference == nil)
        }
    }
}
