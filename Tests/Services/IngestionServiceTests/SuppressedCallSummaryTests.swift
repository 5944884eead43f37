import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Row 10: a summary says what overlapping sources told of twice.
struct SuppressedCallSummaryTests {
    @Test func overlappingSourcesReportTheSuppressedAmount() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = ["gateway", "sdk"].flatMap { source in
                (0..<3).map { number in
                    LedgerEventWireTests.event {
                        $0.id = "\(source)-\(number)"
                        $0.source = source
                        $0.team = number == 0 ? "ads" : "search"
                        $0.providerRequestID = number == 2 ? "" : "req_\(number)"
                    }
                }
            }
            let ingested = try await fixture.ingest.answer(
                IngestEventsRequest(events: events), call)
            #expect(ingested.results.allSatisfy { $0.outcome == .accepted })
            #expect(
                ingested.results.map(\.suppressed) == [false, false, false, true, true, false])
            var request = UsageSummaryRequest(
                from: API.Date(year: 2026, month: 11, day: 1),
                through: API.Date(year: 2026, month: 11, day: 30), breakdowns: ["source"])
            // Each event: 10 × 2 and 5 × 10 USD a million.
            let whole = try await fixture.summary.answer(request, call)
            #expect(whole.total?.requests == 4)
            #expect(whole.total?.cost?.amount == "0.000280000000")
            #expect(whole.suppressed?.requests == 2)
            #expect(whole.suppressed?.cost?.amount == "0.000140000000")
            #expect(whole.suppressed?.tokens == 30)
            request.filters = [UsageFilter(dimension: "team", values: ["ads"])]
            let ads = try await fixture.summary.answer(request, call)
            #expect(ads.total?.requests == 1 && ads.suppressed?.requests == 1)
            let long = LedgerEventWireTests.event {
                $0.providerRequestID = String(repeating: "x", count: 201)
            }
            let refused = try await fixture.ingest.answer(
                IngestEventsRequest(events: [long]), call)
            #expect(refused.results.map(\.reason) == ["FIELD_TOO_LONG"])
            #expect(refused.results.map(\.field) == ["events[0].provider_request_id"])
        }
    }
}
