import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

struct IsolationTests {
    private static func events(_ prefix: String, count: Int, team: String) -> [Event] {
        (0..<count).map { index in
            LedgerEventWireTests.event {
                $0.id = "\(prefix)\(index)"
                $0.team = team
                $0.quantities[0].amount = Int64(index)
                $0.totalTokens = 0
            }
        }
    }

    private static func answers(_ fixture: ServiceFixture, _ call: Call) async throws -> [String] {
        let from = API.Date(year: 2026, month: 11, day: 1)
        let through = API.Date(year: 2026, month: 11, day: 30)
        let trend = try await fixture.trend.answer(
            UsageTrendRequest(from: from, through: through), call)
        let models = try await fixture.models.answer(
            TopModelsRequest(from: from, through: through), call)
        return ["\(trend)", "\(models)"]
    }

    /// Row 20: what another organization records alters nothing here, ids, sources and
    /// connections of the same name included.
    @Test func otherOrganizationsChangeNothing() async throws {
        try await ServiceFixture.with { fixture in
            let ours = try await fixture.makeCall("ours")
            let theirs = try await fixture.makeCall("theirs")
            let mine = Self.events("e", count: 20, team: "ours")
            let first = try await fixture.ingest.answer(IngestEventsRequest(events: mine), ours)
            #expect(first.results.allSatisfy { $0.outcome == .accepted })
            let before = try await Self.answers(fixture, ours)
            let other = Self.events("e", count: 30, team: "theirs")
            let foreign = try await fixture.ingest.answer(
                IngestEventsRequest(events: other), theirs)
            #expect(foreign.results.allSatisfy { $0.outcome == .accepted })
            #expect(try await Self.answers(fixture, ours) == before)
            let again = try await fixture.ingest.answer(IngestEventsRequest(events: mine), ours)
            #expect(again.results.allSatisfy { $0.outcome == .duplicate })
            let empty = try await fixture.makeCall("empty")
            #expect(try await Self.answers(fixture, empty) != before)
        }
    }
}
