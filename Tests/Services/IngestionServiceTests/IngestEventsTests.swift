import API
import Core
import Domain
import Foundation
import Ledger
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

struct IngestEventsTests {
    private static func event(
        _ id: String, _ change: (inout Event) -> Void = { _ in }
    ) -> Event {
        LedgerEventWireTests.event {
            $0.id = id
            change(&$0)
        }
    }

    @Test func badEventsNeverFailTheirNeighbours() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(
                    events: [
                        Self.event("a"), Self.event("b") { $0.model = "" },
                        Self.event("c") { $0.connection = ConnectionID.make().text },
                        Self.event("d") { $0.totalTokens = 99 }, Self.event("e"),
                    ]), call)
            #expect(
                response.results.map(\.outcome)
                    == [.accepted, .rejected, .rejected, .rejected, .accepted])
            #expect(
                response.results.map { "\($0.reason) \($0.field)" } == [
                    " ", "FIELD_MISSING events[1].model",
                    "CONNECTION_NOT_FOUND events[2].connection",
                    "QUANTITIES_CONTRADICT_TOTAL events[3].total_tokens", " ",
                ])
            #expect(response.results[1].description != "")
            #expect(try await fixture.count("ledger_entries") == 2)
            let nothing = try await fixture.ingest.answer(
                IngestEventsRequest(events: [Self.event("f") { $0.id = "" }]), call)
            #expect(nothing.results.map(\.outcome) == [.rejected])
        }
    }

    /// Prices hold for what happens from their import on, also on a server that has just looked for prices: for
    /// events that come after it, and for those that wait for their commit meanwhile.
    @Test func eventsCostWhatIsNewest() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let ingest = { (id: String, time: Instant) in
                let response = try await fixture.ingest.answer(
                    IngestEventsRequest(events: [
                        Self.event(id) { $0.time = Timestamp(time) }
                    ]), call)
                #expect(response.results.map(\.outcome) == [.accepted])
            }
            let earlier = ServiceFixture.now.advanced(bySeconds: -2)
            let imported = ServiceFixture.now.advanced(bySeconds: -1)
            try await ingest("1", ServiceFixture.now)
            try await fixture.importPrices(solInput: "4", now: imported)
            try await ingest("2", ServiceFixture.now)
            try await ingest("3", earlier)
            let session = try await fixture.database.session()
            let costs = try await session.texts(
                "SELECT amount_picos FROM ledger_entries ORDER BY entry_id")
            await session.close()
            // 10 of input at 2 USD per million, then at 4, and 5 of output at 10.
            #expect(costs.map(\.first) == ["70000000", "90000000", "70000000"])
        }
    }

    /// An event is compared with its connection's bill: both are of one provider.
    @Test func connectionsOfOtherProvidersAreRefused() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let connection = try await fixture.makeConnection(provider: "anthropic", call)
            let other = try await fixture.makeConnection(
                provider: "openai", try await fixture.makeCall("other"))
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(
                    events: [
                        Self.event("a") { $0.connection = connection },
                        Self.event("b") {
                            $0.connection = connection
                            $0.provider = "anthropic"
                        },
                        Self.event("c") { $0.connection = other }, Self.event("d"),
                    ]), call)
            #expect(
                response.results.map(\.outcome) == [.rejected, .accepted, .rejected, .accepted])
            #expect(
                response.results.map { "\($0.reason) \($0.field)" } == [
                    "CONNECTION_PROVIDER_MISMATCH events[0].connection", " ",
                    "CONNECTION_NOT_FOUND events[2].connection", " ",
                ])
            #expect(try await fixture.count("ledger_entries") == 2)
        }
    }

    /// A large call is read piece by piece: what is wrong with an event is told by its place in the whole.
    @Test func eventsOfALargeCallAreAnsweredByTheirPlaces() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let known = try await fixture.makeConnection(provider: "anthropic", call)
            let unknown = try await fixture.makeConnection(
                provider: "anthropic", try await fixture.makeCall("other"))
            let connections = [3: known, 4: unknown, 597: known, 598: unknown]
            let events = (0..<600).map { place in
                Self.event([5, 300, 599].contains(place) ? "" : "e\(place)") {
                    if place == 596 { $0.user = "somebody" }
                    guard let connection = connections[place] else { return }
                    $0.connection = connection
                    $0.provider = "anthropic"
                }
            }
            let results = try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
                .results
            let refused = results.filter { $0.outcome != .accepted }
            #expect(
                refused.map(\.field) == [
                    "events[4].connection", "events[5].id", "events[300].id",
                    "events[598].connection", "events[599].id",
                ])
            let places = results.indices.filter { results[$0].outcome != .accepted }
            #expect(places == [4, 5, 300, 598, 599])
            #expect(try await fixture.count("ledger_entries") == 595)
        }
    }

    /// An outcome that the ledger leaves out is our fault, never the sender's conflict.
    @Test func missingOutcomesAreInternalErrors() throws {
        let event = try LedgerEvent(wire: Self.event("a"), now: ServiceFixture.now)
        let priced = try PricedEvent(
            event, calculator: CostCalculator(catalogue: PriceCatalogue(version: 0, versions: [])),
            keys: AwayKeys())
        var checked = CheckedEvents(countMax: 5)
        let refused = ServiceError(.invalidArgument, "FIELD_MISSING", field: "id", "")
        for isValid in [false, true, false, false, true, false] {
            if isValid { checked.append(priced) } else { checked.refuse(refused) }
        }
        #expect(throws: ServiceError(.internal, "EVENT_OUTCOME_MISSING", "")) {
            try checked.results([.duplicate])
        }
        let results = try checked.results([.conflict, .accepted(isUnpriced: true)])
        #expect(
            results.map(\.outcome)
                == [.rejected, .conflict, .rejected, .rejected, .accepted, .rejected])
        #expect(results.map(\.field) == ["id", "events[1].id", "id", "id", "", "id"])
    }

    /// Row 12: when the answer is there, the entries are.
    @Test func answersFollowTheCommit() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let request = IngestEventsRequest(events: [Self.event("a"), Self.event("b")])
            let first = try await fixture.ingest.answer(request, call)
            #expect(first.results.map(\.outcome) == [.accepted, .accepted])
            #expect(try await fixture.count("ledger_entries") == 2)
            let again = try await fixture.ingest.answer(request, call)
            #expect(again.results.map(\.outcome) == [.duplicate, .duplicate])
            let changed = try await fixture.ingest.answer(
                IngestEventsRequest(events: [Self.event("b") { $0.team = "x" }]), call)
            #expect(changed.results.map(\.reason) == ["EVENT_ID_CONFLICT"])
            #expect(changed.results.map(\.field) == ["events[0].id"])
            #expect(try await fixture.count("ledger_entries") == 2)
        }
    }

    /// Row 7: accepted, flagged, and never priced at zero.
    @Test func unknownModelsAreFlagged() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(
                    events: [Self.event("a") { $0.model = "gpt-99" }, Self.event("b")]), call)
            #expect(response.results.map(\.unpriced) == [true, false])
            #expect(response.results.map(\.outcome) == [.accepted, .accepted])
        }
    }

    /// The price is of the quantity classes: what providers come to offer costs what its classes do, and is unpriced,
    /// never free or guessed, where one has no rate.
    @Test func operationsThatNobodyListedArePriced() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let seconds = API.Quantity(quantityClass: "video_seconds", amount: 8)
            let response = try await fixture.ingest.answer(
                IngestEventsRequest(events: [
                    Self.event("a"), Self.event("b") { $0.operation = "realtime" },
                    Self.event("c") {
                        $0.operation = "video"
                        $0.quantities.append(seconds)
                    },
                    Self.event("d") { $0.operation = "Video" },
                ]), call)
            #expect(
                response.results.map(\.outcome) == [.accepted, .accepted, .accepted, .rejected])
            #expect(response.results.map(\.unpriced) == [false, false, true, false])
            #expect(response.results[3].reason == "OPERATION_MALFORMED")
            let summary = try await fixture.summary.answer(
                UsageSummaryRequest(
                    from: API.Date(year: 2026, month: 11, day: 1),
                    through: API.Date(year: 2026, month: 11, day: 30), basis: .metered,
                    breakdowns: ["operation"]), call)
            let costs = Dictionary(
                uniqueKeysWithValues: summary.rows.map {
                    ($0.values[0].value, $0.figures?.cost?.amount)
                })
            #expect(Set(costs.keys) == ["chat", "realtime", "video"])
            #expect(costs["realtime"] == costs["chat"])
            #expect(costs["chat"] == "0.000070000000")
            #expect(summary.completeness?.unpricedEntries == 1)
        }
    }

    @Test func callsHoldOneToTenThousandEvents() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            for (count, reason) in [(0, "EVENTS_MISSING"), (10_001, "EVENTS_TOO_MANY")] {
                let events = [Event](repeating: Self.event("a"), count: count)
                await #expect(
                    throws: ServiceError(.invalidArgument, .init(rawValue: reason), "")
                ) {
                    _ = try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
                }
            }
        }
    }

    /// Row 15: calls of one organization that hit the same roll-ups in any order all count, none
    /// fails. Prints the rate, which a debug build and a shared machine make a lower bound.
    @Test func concurrentCallsAllCount() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let clock = ContinuousClock()
            let elapsed = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for batch in 0..<8 {
                        group.addTask {
                            let events = (0..<1_000).map { index in
                                Self.event("\(batch)/\(index)") {
                                    $0.feature = "f\((index * 31 + batch) % 40)"
                                }
                            }
                            let response = try await fixture.ingest.answer(
                                IngestEventsRequest(events: events), call)
                            #expect(response.results.allSatisfy { $0.outcome == .accepted })
                        }
                    }
                    try await group.waitForAll()
                }
            }
            print("8 calls of 1,000 events took \(elapsed)")
            #expect(try await fixture.count("ledger_entries") == 8_000)
        }
    }
}
