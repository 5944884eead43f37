import API
import Core
import Domain
import Ledger
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Reports by what only single events tell. That their figures are right is seen by `SameMoneyTests` of `Server`.
struct CallSpendTests {
    private static let day = API.Date(year: 2026, month: 11, day: 20)

    private static func events(_ count: Int) throws -> [Event] {
        let noon = Timestamp(try Instant(rfc3339: "2026-11-20T12:00:00Z"))
        return (0..<count).map { number in
            LedgerEventWireTests.event {
                $0.id = "\(number)"
                $0.time = noon
                $0.session = "s\(number)"
            }
        }
    }

    private static func ask(
        _ fixture: ServiceFixture, _ call: Call, callsMax: Int = SpendReader.callsMaxDefault,
        basis: API.Basis = .unspecified, breakdowns: [String] = ["session"],
        filters: [UsageFilter] = []
    ) async throws -> UsageSummaryResponse {
        let reader = SpendReader(catalogues: fixture.catalogues, callsMax: callsMax)
        return try await UsageSummary(
            reports: SpendReports(reader: reader, unitRowSource: NoUnitRows())
        ).answer(
            UsageSummaryRequest(
                from: day, through: day, basis: basis, breakdowns: breakdowns, filters: filters),
            call)
    }

    @Test func whatIsTooMuchOrOfBillsIsRefused() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: try Self.events(5)), call)
            let all = try await Self.ask(fixture, call, callsMax: 5)
            #expect(all.rows.map { $0.values.first?.value } == ["s0", "s1", "s2", "s3", "s4"])
            #expect(all.completeness?.sources.map(\.source) == ["gateway"])
            let one = try await Self.ask(
                fixture, call, basis: .metered, breakdowns: [],
                filters: [UsageFilter(dimension: "session", values: ["s3"])])
            #expect(one.total?.requests == 1)

            let tooMany = await #expect(throws: ServiceError.self) {
                try await Self.ask(fixture, call, callsMax: 4)
            }
            #expect(tooMany?.reason == "REPORT_EVENTS_TOO_MANY" && tooMany?.field == "through")
            for basis in [API.Basis.effective, .billed] {
                let error = await #expect(throws: ServiceError.self) {
                    try await Self.ask(fixture, call, basis: basis)
                }
                #expect(error?.reason == "BASIS_NOT_OF_CALLS" && error?.field == "basis")
            }
        }
    }

    /// How many events there are, which one may be refused for, is of all units.
    @Test func callersOfSomeUnitsAreRefused() async throws {
        try await ServiceFixture.with { fixture in
            let owner = try await fixture.makeCall()
            let limited = Call(
                caller: Caller(
                    tokenID: "t", roles: .unitOwner,
                    units: UnitScope([try BusinessUnitCode("unit")]),
                    organizationID: try owner.organizationID),
                context: owner.context,
                environment: CallEnvironment(
                    pool: fixture.pool, clock: .fixed(ServiceFixture.now), keys: fixture.keys))
            let error = await #expect(throws: ServiceError.self) {
                try await Self.ask(fixture, limited)
            }
            #expect(error?.reason == "UNIT_SCOPE_NOT_SERVED")
        }
    }

    /// Dimensions of calls are no dimensions elsewhere.
    @Test func otherPlacesTakeNone() throws {
        for attribute in CallAttribute.allCases {
            let name = attribute.rawValue
            #expect(throws: ServiceError(.invalidArgument, "DIMENSION_OF_CALLS", "")) {
                try UsageDimension(name)
            }
            #expect(throws: ServiceError(.invalidArgument, "DIMENSION_OF_CALLS", "")) {
                try SpendFilter(wire: [UsageFilter(dimension: name, values: ["x"])])
            }
            #expect(try UsageDimension(name, ofCalls: true).text == name)
        }
        #expect(throws: ServiceError(.invalidArgument, "DIMENSION_UNKNOWN", "")) {
            try UsageDimension("sessions", ofCalls: true)
        }
    }
}
