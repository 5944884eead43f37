import API
import Core
import Domain
import TestSupport
import Testing

@testable import IngestionService

/// Corrections, reversals and explanations as callers see them.
@Suite struct ChangeEventsTests {
    private typealias Fixture = ServiceFixture

    /// Each item is answered by itself, with the field at fault.
    @Test func itemsAreAnsweredByThemselves() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = ["a", "b"].map { id in LedgerEventWireTests.event { $0.id = id } }
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: events), call)
            let source = events[0].source
            func correction(
                _ id: String, _ amount: Int64 = 1, reason: String = "r"
            ) -> EventCorrection {
                EventCorrection(
                    source: source, id: id,
                    quantities: [API.Quantity(quantityClass: "input", amount: amount)],
                    reason: reason)
            }
            let changes = ChangeEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
            let answer = try await changes.correct(
                CorrectEventsRequest(corrections: [
                    correction("a"), correction("none"), correction("b", -1),
                    correction("b", reason: ""), correction("b", 2),
                ]), call)
            #expect(
                answer.results.map(\.outcome)
                    == [.changed, .rejected, .rejected, .rejected, .changed])
            #expect(
                answer.results.map(\.reason)
                    == ["", "EVENT_NOT_FOUND", "NEGATIVE_QUANTITY", "FIELD_MISSING", ""])
            #expect(
                answer.results.map(\.field) == [
                    "", "corrections[1].id", "corrections[2].quantities[0].amount",
                    "corrections[3].reason", "",
                ])
            let explain = ExplainEvent(catalogues: fixture.catalogues)
            let explained = try await explain.answer(
                ExplainEventRequest(source: source, id: "b"), call)
            #expect(explained.entries.map(\.kind) == [.usage, .correction])
            #expect(explained.entries.last?.reason == "r")
            #expect(explained.amount == answer.results.last?.amount)
            #expect(explained.event?.id == "b")
            await #expect(throws: ServiceError.self) {
                _ = try await explain.answer(
                    ExplainEventRequest(source: source, id: "none"), call)
            }
            for count in [0, ChangeEvents.changesMax + 1] {
                await #expect(throws: ServiceError.self) {
                    _ = try await changes.reverse(
                        ReverseEventsRequest(
                            reversals: [EventReversal](
                                repeating: EventReversal(source: source, id: "a", reason: "r"),
                                count: count)), call)
                }
            }
        }
    }
}
