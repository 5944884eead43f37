import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Ranks of sources: set and shown.
@Suite struct SourceRankMethodsTests {
    private static func reason(
        _ request: SetSourceRanksRequest, _ call: Call
    ) async -> String {
        do {
            _ = try await SourceRankMethods().set(request, call)
            return "accepted"
        } catch let error as ServiceError {
            return "\(error.reason.rawValue) \(error.field ?? "")"
        } catch {
            return "\(error)"
        }
    }

    /// The same ranks again are no version; whoever read others is told.
    @Test func ranksAreWhatWasSetLast() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let other = try await fixture.makeCall("other")
            let methods = SourceRankMethods()
            #expect(try await methods.get(GetSourceRanksRequest(), call) == API.SourceRanks())
            let first = try await methods.set(
                SetSourceRanksRequest(sources: ["gateway", "sdk"]), call)
            #expect(
                first
                    == API.SourceRanks(
                        version: 1, sources: ["gateway", "sdk"],
                        updateTime: Timestamp(ServiceFixture.now)))
            let again = SetSourceRanksRequest(sources: ["gateway", "sdk"], expectedVersion: 1)
            let later = fixture.call(
                of: try call.organizationID, now: ServiceFixture.now.advanced(bySeconds: 60))
            #expect(try await methods.set(again, later) == first)
            let turned = try await methods.set(
                SetSourceRanksRequest(sources: ["sdk", "gateway"], expectedVersion: 1), call)
            #expect(turned.version == 2 && turned.sources == ["sdk", "gateway"])
            #expect(await Self.reason(again, call) == "SOURCE_RANKS_CHANGED expected_version")
            // A letter and its accent are other bytes than both in one, and another source.
            let accents = ["e\u{301}", "\u{e9}"]
            #expect(
                try await methods.set(SetSourceRanksRequest(sources: accents), call).sources.map {
                    Array($0.utf8)
                } == accents.map { Array($0.utf8) })
            #expect(
                try await methods.set(SetSourceRanksRequest(sources: accents.reversed()), call)
                    .version == 4)
            #expect(try await methods.set(SetSourceRanksRequest(), call).version == 5)
            #expect(try await methods.get(GetSourceRanksRequest(), call).sources == [])
            #expect(try await methods.get(GetSourceRanksRequest(), other) == API.SourceRanks())
        }
    }

    @Test func requestsAreChecked() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let many = (0...100).map { "\($0)" }
            let cases: [(SetSourceRanksRequest, String)] = [
                (SetSourceRanksRequest(sources: many), "SOURCES_TOO_MANY sources"),
                (SetSourceRanksRequest(sources: ["a", ""]), "FIELD_MISSING sources[1]"),
                (
                    SetSourceRanksRequest(sources: [String(repeating: "x", count: 101)]),
                    "FIELD_TOO_LONG sources[0]"
                ),
                (
                    SetSourceRanksRequest(sources: ["a\u{0}"]),
                    "FIELD_HAS_CONTROL_CHARACTERS sources[0]"
                ),
                (SetSourceRanksRequest(sources: ["a", "tally:x"]), "SOURCE_RESERVED sources[1]"),
                (SetSourceRanksRequest(sources: ["a", "b", "a"]), "SOURCE_REPEATED sources[2]"),
                (
                    SetSourceRanksRequest(expectedVersion: -1),
                    "EXPECTED_VERSION_NEGATIVE expected_version"
                ),
                (
                    SetSourceRanksRequest(expectedVersion: 1),
                    "SOURCE_RANKS_CHANGED expected_version"
                ),
            ]
            for (request, expected) in cases {
                #expect(await Self.reason(request, call) == expected)
            }
            #expect(try await fixture.count("source_ranks") == 0)
            #expect(
                await Self.reason(SetSourceRanksRequest(sources: Array(many.dropLast())), call)
                    == "accepted")
        }
    }

    /// Of those who rank at the same time, having read the same, one does.
    @Test func callsAtOnceAreToldOfEachOther() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            _ = try await SourceRankMethods().set(SetSourceRanksRequest(sources: ["a"]), call)
            let reasons = await withTaskGroup(of: String.self) { tasks in
                for index in 0..<6 {
                    tasks.addTask {
                        await Self.reason(
                            SetSourceRanksRequest(sources: ["b\(index)"], expectedVersion: 1), call)
                    }
                }
                return await tasks.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(reasons.count { $0 == "accepted" } == 1)
            #expect(reasons.count { $0 == "SOURCE_RANKS_CHANGED expected_version" } == 5)
        }
    }

    /// A reason by which the server would take an event for one that may count again is refused.
    @Test func nobodyGivesTheServersReasons() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: [LedgerEventWireTests.event()]), call)
            let changes = ChangeEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
            let reasons = ["A higher-ranked source tells of the same call", "It was a test"]
            let reversed = try await changes.reverse(
                ReverseEventsRequest(
                    reversals: reasons.map {
                        EventReversal(source: "gateway", id: "1", reason: $0)
                    }), call)
            #expect(reversed.results.map(\.reason) == ["REASON_RESERVED", ""])
            #expect(reversed.results[0].field == "reversals[0].reason")
            #expect(reversed.results[1].outcome == .changed)
        }
    }
}
