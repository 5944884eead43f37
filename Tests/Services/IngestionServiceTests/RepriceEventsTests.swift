import API
import Core
import Domain
import Logging
import RPC
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// What `RepriceEvents` refuses, and what it answers; `RepriceTests` of Ledger has the arithmetic.
@Suite struct RepriceEventsTests {
    private typealias Fixture = ServiceFixture

    private static let day = API.Date(year: 2026, month: 11, day: 21)
    private static let request = RepriceEventsRequest(from: day, through: day, reason: "Came late")

    private static func changed(
        _ change: (inout RepriceEventsRequest) -> Void
    ) -> RepriceEventsRequest {
        var request = request
        change(&request)
        return request
    }

    /// In the order of the checks: each row has what the rows after it check wrong, too.
    @Test func requestsAreCheckedInTheirOrder() async throws {
        let long = String(repeating: "x", count: EventLimits.textBytesMax + 1)
        let rows: [(String, @Sendable (inout RepriceEventsRequest) -> Void)] = [
            ("DATE_MISSING from", { $0.from = nil }),
            ("DATE_INVALID from", { $0.from = API.Date(year: 2026, month: 13, day: 1) }),
            ("DATE_MISSING through", { $0.through = nil }),
            (
                "DAYS_REVERSED through",
                { $0.through = API.Date(year: 2026, month: 11, day: 20) }
            ),
            ("DAYS_TOO_MANY through", { $0.through = API.Date(year: 2027, month: 11, day: 23) }),
            ("FIELD_TOO_LONG provider", { $0.provider = long }),
            ("FIELD_HAS_CONTROL_CHARACTERS model", { $0.model = "a\nb" }),
            ("FIELD_MISSING reason", { $0.reason = "" }),
            ("FIELD_TOO_LONG reason", { $0.reason = long }),
            ("PAGE_TOKEN_INVALID page_token", { $0.pageToken = "zz" }),
            (
                "PAGE_TOKEN_INVALID page_token",
                { $0.pageToken = PageToken(.priceOverrides, after: "1").text }
            ),
            (
                "PAGE_TOKEN_INVALID page_token",
                { $0.pageToken = PageToken(.repricing, after: "-2").text }
            ),
            (
                "PAGE_TOKEN_INVALID page_token",
                { $0.pageToken = PageToken(.repricing, after: "x").text }
            ),
        ]
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            for (index, row) in rows.enumerated() {
                var wrong = Self.request
                for (_, change) in rows[index...].reversed() { change(&wrong) }
                let request = wrong
                let error = await #expect(throws: ServiceError.self) {
                    try await fixture.repricing.answer(request, call)
                }
                #expect(
                    "\(error?.reason.rawValue ?? "") \(error?.field ?? "")" == row.0, "\(index)")
            }
            // Whoever only looks need not say why.
            let looked = try await fixture.repricing.answer(
                Self.changed {
                    $0.reason = ""
                    $0.dryRun = true
                }, call)
            #expect(looked.total?.events == 0 && looked.nextPageToken.isEmpty)
        }
    }

    /// A dry run stores nothing and says what the same request then does; that goes on where its token
    /// says, and done again it changes nothing. The reason stands with what it made.
    @Test func aDryRunComesTrue() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = ["gpt-6-sol", "gpt-99", "gpt-4o"].map { model in
                LedgerEventWireTests.event {
                    $0.id = model
                    $0.model = model
                }
            }
            for event in events {
                _ = try await fixture.ingest.answer(IngestEventsRequest(events: [event]), call)
            }
            let overrides = PriceOverrideMethods(catalogues: fixture.catalogues)
            let terms: [(String, API.PriceOverride.Terms)] = [
                ("gpt-6-sol", .multiplier("0.5")),
                (
                    "gpt-99",
                    .fixed(
                        FixedPrices(prices: [
                            FixedPrice(quantityClass: "input", rate: "3"),
                            FixedPrice(quantityClass: "output", rate: "1"),
                        ]))
                ),
            ]
            for (pattern, terms) in terms {
                _ = try await overrides.create(
                    CreatePriceOverrideRequest(
                        priceOverride: API.PriceOverride(
                            provider: "openai", modelPattern: pattern, terms: terms,
                            effectiveTime: Timestamp(Instant(seconds: 0)))), call)
            }
            let corrections = try await fixture.count("usage_entries")
            let late = Self.changed { $0.unpricedOnly = true }
            for (request, models) in [(late, ["gpt-99"]), (Self.request, ["gpt-6-sol"])] {
                var dryRun = request
                dryRun.dryRun = true
                let looked = try await fixture.repricing.answer(dryRun, call)
                let before = try await fixture.count("usage_entries")
                let done = try await fixture.repricing.answer(request, call)
                #expect(done == looked)
                #expect(done.models.map(\.model) == models)
                #expect(try await fixture.count("usage_entries") == before + 1)
                var next = request
                next.pageToken = done.nextPageToken
                #expect(!next.pageToken.isEmpty)
                let rest = try await fixture.repricing.answer(next, call)
                #expect(rest.total?.events == 0 && rest.nextPageToken.isEmpty)
                #expect(
                    try await fixture.repricing.answer(request, call).total?.events == 0,
                    "done again it changes nothing")
            }
            #expect(try await fixture.count("usage_entries") == corrections + 2)
            let explained = try await ExplainEvent(catalogues: fixture.catalogues).answer(
                ExplainEventRequest(source: "gateway", id: "gpt-99"), call)
            #expect(explained.entries.map(\.reason) == ["", "Came late"])
            // 10 × 3 + 5 × 1 of a millionth.
            #expect(explained.amount?.amount == "0.000035000000" && !explained.unpriced)
        }
    }

    /// What an organization does not want kept any more keeps its cost.
    @Test func whatIsNotKeptIsLeftAlone() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let old = Fixture.now.advanced(bySeconds: -500 * 86_400)
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: [
                    LedgerEventWireTests.event { $0.time = Timestamp(old) }
                ]), call)
            _ = try await PriceOverrideMethods(catalogues: fixture.catalogues).create(
                CreatePriceOverrideRequest(
                    priceOverride: API.PriceOverride(
                        provider: "openai", modelPattern: "*", terms: .multiplier("0.5"),
                        effectiveTime: Timestamp(Instant(seconds: 0)))), call)
            let organization = try call.organizationID
            let asked = { (months: Int?) in
                let kept = months.map { UsageRetention(months: $0) }
                return try await fixture.repricing.answer(
                    Self.changed {
                        $0.from = API.Date(year: 2025, month: 6, day: 1)
                        $0.through = API.Date(year: 2025, month: 12, day: 31)
                        $0.dryRun = true
                    },
                    Call(
                        caller: Caller(
                            tokenID: "test", roles: .owner, organizationID: organization,
                            standing: OrganizationStanding(retention: kept)),
                        context: RPCContext(method: "test", logger: Logger(label: "test")),
                        environment: CallEnvironment(
                            pool: fixture.pool, clock: .fixed(Fixture.now)))
                ).total?.events
            }
            #expect(try await asked(nil) == 1)
            #expect(try await asked(24) == 1)
            #expect(try await asked(13) == 0)
        }
    }
}

extension ServiceFixture {
    fileprivate var repricing: RepriceEvents {
        RepriceEvents(ledger: ledger, catalogues: catalogues)
    }
}
