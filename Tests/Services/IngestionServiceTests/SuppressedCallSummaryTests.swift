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
    /// Mirrored feeds: every event comes 1 to 5 times, by any feed first, in batches of any size. The total is that of the
    /// higher-ranked feed's single delivery, where it told of the call, whatever the order.
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func overlappingSourcesSumToTheHigherRankedOne(seed: UInt64) async throws {
        try await ServiceFixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let call = try await fixture.makeCall()
            _ = try await SourceRankMethods().set(
                SetSourceRanksRequest(sources: ["gateway", "sdk"]), call)
            // The gateway knows 10 tokens of each of 6 calls, the library 30 of 8, and 2 are the gateway's own.
            let feeds: [(source: String, calls: Range<Int>, input: Int64)] = [
                ("gateway", 2..<8, 10), ("sdk", 0..<8, 30), ("gateway", 8..<10, 10),
            ]
            let events = feeds.flatMap { feed in
                feed.calls.map { number in
                    LedgerEventWireTests.event {
                        $0.id = "\(number)"
                        $0.source = feed.source
                        $0.providerRequestID = number < 8 ? "req_\(number)" : ""
                        $0.quantities = [API.Quantity(quantityClass: "input", amount: feed.input)]
                        $0.totalTokens = 0
                    }
                }
            }
            var sent = events.flatMap { event in
                [Event](repeating: event, count: Int.random(in: 1...5, using: &random))
            }
            sent.shuffle(using: &random)
            var rest = sent[...]
            while !rest.isEmpty {
                let batch = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
                rest = rest.dropFirst(batch.count)
                let answer = try await fixture.ingest.answer(
                    IngestEventsRequest(events: batch), call)
                #expect(
                    answer.results.allSatisfy {
                        $0.outcome == .accepted || $0.outcome == .duplicate
                    })
            }
            let request = UsageSummaryRequest(
                from: API.Date(year: 2026, month: 11, day: 1),
                through: API.Date(year: 2026, month: 11, day: 30), breakdowns: ["source"])
            let summary = try await fixture.summary.answer(request, call)
            // 6 and 2 calls of 10 tokens and 2 of 30 at 2 USD a million; suppressed are 6 of 30.
            #expect(summary.total?.requests == 10 && summary.total?.tokens == 140)
            #expect(summary.total?.cost?.amount == "0.000280000000", "seed \(seed)")
            #expect(summary.suppressed?.requests == 6 && summary.suppressed?.tokens == 180)
            #expect(summary.suppressed?.cost?.amount == "0.000360000000", "seed \(seed)")
            #expect(
                summary.rows.map { $0.figures?.cost?.amount } == [
                    "0.000160000000", "0.000120000000",
                ])
        }
    }
}
