import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Reports by user, who is sealed, with the organization's keys and without.
@Suite struct SealedUserReportTests {
    private typealias Fixture = ServiceFixture

    private static func event(_ id: String, user: String) -> Event {
        LedgerEventWireTests.event {
            $0.id = id
            $0.time = Timestamp(Fixture.now)
            $0.user = user
        }
    }

    private static func outcomes(
        _ events: [Event], _ fixture: Fixture, _ call: Call
    ) async throws -> [EventResult.Outcome] {
        try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
            .results.map(\.outcome)
    }

    private static func requests(
        by breakdowns: [String], of users: [String] = [], _ fixture: Fixture, _ call: Call
    ) async throws -> [String: Int64] {
        let day = API.Date(try CivilDate(year: 2026, month: 11, day: 21))
        let response = try await fixture.summary.answer(
            UsageSummaryRequest(
                from: day, through: day, basis: .effective, breakdowns: breakdowns,
                filters: users.isEmpty ? [] : [UsageFilter(dimension: "user", values: users)]),
            call)
        return Dictionary(
            response.rows.map {
                ($0.values.first?.value ?? "", $0.figures?.requests ?? 0)
            }, uniquingKeysWith: +)
    }

    /// Users are told apart, filtered by and counted as if they stood in clear, by a server too that did
    /// not record them; without keys a report that depends on them is none, and every other one goes on.
    @Test func reportsTellUsersApart() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = (0..<12).map { Self.event("\($0)", user: ["ann", "bob", "café"][$0 % 3]) }
            #expect(
                try await Self.outcomes(events + [Self.event("n", user: "")], fixture, call)
                    .allSatisfy { $0 == .accepted })
            #expect(
                try await Self.requests(by: ["user"], fixture, call)
                    == ["ann": 4, "bob": 4, "café": 4, "": 1])
            #expect(
                try await Self.requests(by: ["user"], of: ["bob", "cafe\u{301}"], fixture, call)
                    == ["bob": 4])
            #expect(try await Self.requests(by: ["provider"], fixture, call).values.sum == 13)
            let day = API.Date(try CivilDate(year: 2026, month: 11, day: 21))
            let coverage = TagCoverageRequest(
                from: day, through: day, basis: .effective, dimensions: ["user"])
            let covered = try await fixture.coverage.answer(coverage, call).dimensions.first?
                .covered
            #expect(covered?.requests == 12)
            // As a server that was started while the keys are away.
            fixture.keySource.leave()
            let late = Call(
                caller: call.caller, context: call.context,
                environment: CallEnvironment(
                    pool: fixture.pool, clock: call.clock,
                    keys: DataKeyStore(source: fixture.keySource, cipher: fixture.cipher)))
            #expect(try await Self.requests(by: ["provider"], fixture, late).values.sum == 13)
            for (breakdowns, users) in [(["user"], []), (["provider"], ["ann"])] {
                let error = await #expect(throws: ServiceError.self) {
                    try await Self.requests(by: breakdowns, of: users, fixture, late)
                }
                #expect(error?.reason == "KEYS_DATABASE_UNAVAILABLE")
            }
        }
    }

    /// Events that would have to be sealed wait for the keys: the call is refused as a whole, to be repeated,
    /// and none of its events is. Those of users that are known go on.
    @Test func withoutKeysUsersThatAreKnownGoOn() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            #expect(
                try await Self.outcomes([Self.event("1", user: "ann")], fixture, call)
                    == [.accepted])
            fixture.keySource.leave()
            let late = Call(
                caller: call.caller, context: call.context,
                environment: CallEnvironment(
                    pool: fixture.pool, clock: call.clock,
                    keys: DataKeyStore(source: fixture.keySource, cipher: fixture.cipher)))
            #expect(
                try await Self.outcomes(
                    [
                        Self.event("2", user: "ann"), Self.event("1", user: "ann"),
                        Self.event("3", user: ""),
                    ], fixture, late) == [.accepted, .duplicate, .accepted])
            let error = await #expect(throws: ServiceError.self) {
                try await Self.outcomes(
                    [Self.event("4", user: ""), Self.event("5", user: "bob")], fixture, late)
            }
            #expect(error?.reason == "KEYS_DATABASE_UNAVAILABLE")
            #expect(error?.code == .unavailable)
            #expect(try await fixture.count("ledger_entries") == 3)
        }
    }
}

extension Sequence<Int64> {
    fileprivate var sum: Int64 { reduce(0, +) }
}
