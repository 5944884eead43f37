import API
import Core
import Domain
import Ledger
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

struct TopModelsTests {
    private static func span() throws -> DaySpan {
        try DaySpan(
            from: API.Date(year: 2026, month: 10, day: 19),
            through: API.Date(year: 2026, month: 11, day: 3))
    }

    /// Millionths, towards zero, by another way than the answer's.
    private static func millionths(of part: Int128, in whole: Int128) -> Int128 {
        part * 1_000_000 / whole
    }

    private static func millionths(_ share: String) throws -> Int128 {
        let digits = share.filter { $0 != "." && $0 != "-" }
        return (share.hasPrefix("-") ? -1 : 1) * (try #require(Int128(digits)))
    }

    /// Beside its share of cost each model has its share of requests, and both are what the rows say.
    @Test(arguments: [1, 2, 3] as [UInt64], [1, 3, 100])
    func sharesAreOfAllModels(seed: UInt64, limit: Int) throws {
        let spend = try RandomSpend(seed: seed, span: Self.span(), zone: .utc).spend(.effective)
        let report = try TopModels.response(spend, limit: limit)
        let rows = spend.report.rows
        let cost = rows.reduce(Int128(0)) { $0 + $1.amount.picos }
        let requests = rows.reduce(Int64(0)) { $0 + $1.requests }
        #expect(report.totalRequests == requests && requests > 0)
        #expect(report.models.reduce(report.otherRequests) { $0 + $1.requests } == requests)
        for model in report.models {
            let own = rows.filter {
                $0.dimensions.provider == model.provider && $0.dimensions.model == model.model
            }
            #expect(
                try Self.millionths(model.costShare)
                    == Self.millionths(
                        of: own.reduce(0) { $0 + $1.amount.picos }, in: cost))
            #expect(
                try Self.millionths(model.requestShare)
                    == Self.millionths(
                        of: Int128(own.reduce(0) { $0 + $1.requests }), in: Int128(requests)))
        }
    }

    @Test func nothingHasNoShare() throws {
        let spend = try RandomSpend(seed: 1, span: Self.span(), zone: .utc).spend(.billed)
        let none = SpendReports.Spend(
            zone: spend.zone, currency: spend.currency,
            report: SpendReport(
                rows: spend.report.rows.prefix(1).map {
                    var row = $0
                    row.requests = 0
                    row.amount = Money(picos: 0, currency: .usd)
                    return row
                }, completeness: spend.report.completeness))
        let report = try TopModels.response(none, limit: 1)
        #expect(report.models.map(\.costShare) == [""])
        #expect(report.models.map(\.requestShare) == [""])
    }

    /// Trend and models take the filters of a summary, and come to its total.
    @Test func filtersAreThoseOfASummary() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = (0..<12).map { index in
                LedgerEventWireTests.event {
                    $0.id = "\(index)"
                    $0.team = ["search", "ads", ""][index % 3]
                    $0.model = ["gpt-99", "gpt-6-sol", "gpt-4o", "gpt-4o"][index % 4]
                    $0.quantities[0].amount = Int64(index) * 1_000
                    $0.totalTokens = 0
                }
            }
            _ = try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
            let from = API.Date(year: 2026, month: 11, day: 1)
            let through = API.Date(year: 2026, month: 11, day: 30)
            for filters in [
                [], [UsageFilter(dimension: "team", values: ["search"])],
                [UsageFilter(dimension: "team", values: ["ads"], orAbsent: true)],
                [UsageFilter(dimension: "model", values: ["gpt-4o"])],
                [UsageFilter(dimension: "model", values: ["gpt-98"])],
            ] {
                let summary = try await fixture.summary.answer(
                    UsageSummaryRequest(
                        from: from, through: through, breakdowns: ["model"], filters: filters),
                    call)
                let trend = try await fixture.trend.answer(
                    UsageTrendRequest(from: from, through: through, filters: filters), call)
                let models = try await fixture.models.answer(
                    TopModelsRequest(from: from, through: through, filters: filters), call)
                #expect(trend.total == summary.total?.cost)
                #expect(trend.points.reduce(0) { $0 + $1.requests } == summary.total?.requests)
                #expect(models.total == summary.total?.cost)
                #expect(models.totalRequests == summary.total?.requests)
                #expect(models.models.map(\.cost) == summary.rows.map(\.figures?.cost))
                for completeness in [trend.completeness, models.completeness] {
                    #expect(
                        completeness?.unpricedEntries == summary.completeness?.unpricedEntries)
                }
            }
            let wrong = [UsageFilter(dimension: "day", values: ["1"])]
            let refused = ServiceError(.invalidArgument, "DIMENSION_UNKNOWN", "")
            await #expect(throws: refused) {
                try await fixture.trend.answer(
                    UsageTrendRequest(from: from, through: through, filters: wrong), call)
            }
            await #expect(throws: refused) {
                try await fixture.models.answer(
                    TopModelsRequest(from: from, through: through, filters: wrong), call)
            }
        }
    }
}
