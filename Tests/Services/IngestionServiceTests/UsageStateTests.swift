import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService
@testable import Ledger

/// Row 13: reported, partial, missing and pending usage stay what they are, and none of them becomes a cost
/// of 0 by itself.
@Suite struct UsageStateTests {
    private typealias Fixture = ServiceFixture

    private static func event(
        _ id: String, _ state: API.UsageState, _ change: (inout Event) -> Void = { _ in }
    ) -> Event {
        LedgerEventWireTests.event {
            $0.id = id
            $0.usageState = state
            $0.quantities = []
            $0.totalTokens = 0
            change(&$0)
        }
    }

    private static let some = [API.Quantity(quantityClass: "input", amount: 1_000_000)]

    private static func summary(
        _ fixture: Fixture, _ call: Call
    ) async throws -> UsageSummaryResponse {
        let day = Date(year: 2026, month: 11, day: 21)
        return try await fixture.summary.answer(
            UsageSummaryRequest(from: day, through: day, basis: .metered), call)
    }

    private static func explain(
        _ id: String, _ fixture: Fixture, _ call: Call
    ) async throws -> ExplainEventResponse {
        try await ExplainEvent(catalogues: fixture.catalogues).answer(
            ExplainEventRequest(source: "gateway", id: id), call)
    }

    /// Partial, explicit zero, missing and pending: what costs nothing is known, what is unknown is
    /// counted, and stays so however much later one looks.
    @Test func unknownUsageIsCountedAndNeverZero() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(events: [
                    Self.event("zero", .reported), Self.event("missing", .missing),
                    Self.event("pending", .pending) { $0.status = .aborted },
                    Self.event("part", .partial) { $0.quantities = Self.some },
                    Self.event("null", .unspecified) {
                        $0.usageObject = "null"
                        $0.usageFormat = .openaiChat
                    },
                ]), call)
            #expect(
                response.results.map(\.outcome)
                    == [EventResult.Outcome](
                        repeating: .accepted, count: 5))
            #expect(
                response.results.map(\.unpriced) == [false, true, true, false, true])
            let later = fixture.call(
                of: try call.organizationID, now: Fixture.now.advanced(bySeconds: 700 * 86_400))
            for call in [call, later] {
                let summary = try await Self.summary(fixture, call)
                #expect(summary.total?.cost?.amount == "2.000000000000")
                #expect(summary.total?.requests == 5)
                #expect(summary.completeness?.unpricedEntries == 3)
                for (id, state, amount) in [
                    ("zero", API.UsageState.reported, "0.000000000000"), ("missing", .missing, nil),
                    ("pending", .pending, nil), ("part", .partial, "2.000000000000"),
                    ("null", .missing, nil),
                ] {
                    let explained = try await Self.explain(id, fixture, call)
                    #expect(explained.event?.usageState == state, "\(id)")
                    #expect(explained.entries.map(\.usageState) == [state], "\(id)")
                    #expect(explained.amount?.amount == amount, "\(id)")
                    #expect(explained.unpriced == (amount == nil), "\(id)")
                    #expect(
                        explained.completeness?.unpricedEntries == (amount == nil ? 1 : 0), "\(id)")
                }
            }
        }
    }

    /// A stream that is settled later: as reported, partial, missing or an explicit zero. What nobody
    /// settles stays unpriced, and the event sent again with its usage is a conflict, not a second one.
    @Test func pendingUsageIsSettledByCorrections() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let ids = ["object", "part", "missing", "zero", "never"]
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: ids.map { Self.event($0, .pending) }), call)
            #expect(
                try await Self.summary(fixture, call).completeness?.unpricedEntries == 5)
            let again = try await fixture.ingest.answer(
                IngestEventsRequest(events: [
                    Self.event("never", .reported) { $0.quantities = Self.some },
                    Self.event("never", .pending),
                ]), call)
            #expect(again.results.map(\.outcome) == [.conflict, .duplicate])
            func correction(
                _ id: String, _ change: (inout EventCorrection) -> Void
            ) -> EventCorrection {
                var correction = EventCorrection(source: "gateway", id: id, reason: "Stream ended")
                change(&correction)
                return correction
            }
            let corrections = [
                correction("object") {
                    $0.usageObject = #"{"prompt_tokens":1000000,"total_tokens":1000000}"#
                    $0.usageFormat = .openaiEmbeddings
                },
                correction("part") {
                    $0.quantities = Self.some
                    $0.usageState = .partial
                },
                correction("missing") {
                    $0.usageObject = "null"
                    $0.usageFormat = .openaiChat
                },
                correction("zero") { $0.usageState = .reported },
                correction("never") { $0.usageObject = "{" },
                correction("never") {
                    $0.usageObject = #"{"prompt_tokens":1,"completion_tokens":1,"total_tokens":3}"#
                    $0.usageFormat = .openaiChat
                },
            ]
            let changes = ChangeEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
            for (outcome, round) in [(EventChangeResult.Outcome.changed, 1), (.unchanged, 2)] {
                let settled = try await changes.correct(
                    CorrectEventsRequest(corrections: corrections), call)
                #expect(
                    settled.results.map(\.outcome)
                        == [outcome, outcome, outcome, outcome, .rejected, .rejected],
                    "round \(round)")
                #expect(
                    settled.results.suffix(2).map { "\($0.reason) \($0.field)" } == [
                        "USAGE_FORMAT_MISSING corrections[4].usage_format",
                        "USAGE_CONTRADICTORY corrections[5].usage_object.total_tokens",
                    ])
            }
            let summary = try await Self.summary(fixture, call)
            #expect(summary.completeness?.unpricedEntries == 2)
            #expect(summary.total?.cost?.amount == "4.000000000000")
            #expect(summary.total?.requests == 5)
            for (id, states, amount) in [
                ("object", [API.UsageState.pending, .reported], "2.000000000000"),
                ("part", [.pending, .partial], "2.000000000000"),
                ("missing", [.pending, .missing], nil),
                ("zero", [.pending, .reported], "0.000000000000"), ("never", [.pending], nil),
            ] {
                let explained = try await Self.explain(id, fixture, call)
                #expect(explained.entries.map(\.usageState) == states, "\(id)")
                #expect(explained.amount?.amount == amount, "\(id)")
            }
        }
    }
}
