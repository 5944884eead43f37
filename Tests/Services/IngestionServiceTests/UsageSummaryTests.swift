import API
import Core
import Domain
import Ledger
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

struct UsageSummaryTests {
    private static let breakdowns: [[String]] =
        [[], ["day"], ["week"], ["month"], ["tag:env"], ["tag:caf\u{E9}"], ["tag:none"]]
        + UsageDimension.Name.allCases.map { [$0.rawValue] }
        + [
            ["team", "model"], ["day", "tag:team"],
            ["month", "provider", "model", "project", "user", "tag:env"],
        ]

    private static func span() throws -> DaySpan {
        try DaySpan(
            from: API.Date(year: 2026, month: 10, day: 19),
            through: API.Date(year: 2026, month: 11, day: 3))
    }

    private static func sum(_ figures: [UsageFigures?]) throws -> SpendSum {
        try figures.reduce(into: SpendSum()) { sum, figures in
            let figures = try #require(figures)
            try sum.add(
                SpendSum(
                    picos: try Domain.Money(wire: try #require(figures.cost)).picos,
                    requests: figures.requests, tokens: figures.tokens,
                    unpricedEntries: figures.unpricedEntries,
                    unpricedTokens: figures.unpricedTokens))
        }
    }

    /// Rows 18 and 19: whatever tells rows apart, on whatever basis and below whatever limit, rows and
    /// the others are the total, which is the sum of all rows of spend. Days of 25 hours included.
    @Test(arguments: [1, 2, 3] as [UInt64], ["UTC", "Asia/Kathmandu", "Europe/Berlin"])
    func rowsAndOthersAreTheTotal(seed: UInt64, zone: String) throws {
        let span = try Self.span()
        let random = RandomSpend(seed: seed, span: span, zone: try OrganizationZone(zone))
        for basis in Domain.Basis.allCases {
            let spend = try random.spend(basis)
            var expected = SpendSum()
            for row in spend.report.rows { try expected.add(row) }
            #expect(expected.picos != 0)
            for names in Self.breakdowns {
                let breakdown = try UsageBreakdown(wire: names)
                let place = "seed \(seed), \(basis), \(names)"
                let all = try UsageSummary.response(span, breakdown, spend, limit: .max)
                #expect(try Self.sum([all.total]) == expected, "\(place)")
                #expect(try Self.sum(all.rows.map(\.figures)) == expected, "\(place)")
                #expect(try Self.sum([all.other]) == SpendSum() && all.otherRows == 0, "\(place)")
                let costs = try all.rows.map { try Self.sum([$0.figures]).picos }
                #expect(costs == costs.sorted(by: >), "\(place)")
                // By bytes: texts that look alike are values of their own.
                let keys = all.rows.map {
                    $0.values.map { ($0.absent ? [1] : [0]) + $0.value.utf8 }
                }
                #expect(Set(keys).count == all.rows.count, "\(place)")
                for limit in [1, 2, 5] {
                    let cut = try UsageSummary.response(span, breakdown, spend, limit: limit)
                    #expect(cut.rows == Array(all.rows.prefix(limit)), "\(place)")
                    #expect(Int(cut.otherRows) == max(0, all.rows.count - limit), "\(place)")
                    #expect(
                        try Self.sum(cut.rows.map(\.figures) + [cut.other]) == expected,
                        "\(place)")
                }
            }
        }
    }

    /// Each row against a sum that goes over the rows of spend by itself; the days against the trend.
    @Test func rowsAreWhatHasTheirValues() throws {
        let span = try Self.span()
        let zone = try OrganizationZone("Europe/Berlin")
        let spend = try RandomSpend(seed: 9, span: span, zone: zone).spend(.effective)
        let teams = try UsageSummary.response(
            span, try UsageBreakdown(wire: ["team", "tag:env"]), spend, limit: 1_000)
        #expect(teams.rows.count > 20)
        for row in teams.rows {
            let rows = spend.report.rows.filter {
                let env = $0.dimensions.tags.first { $0.key == "env" }?.value
                return $0.dimensions.team.utf8.elementsEqual(row.values[0].value.utf8)
                    && row.values[0].absent == $0.dimensions.team.isEmpty
                    && row.values[1].absent == (env == nil)
                    && (env ?? "").utf8.elementsEqual(row.values[1].value.utf8)
            }
            #expect(
                try Self.sum([row.figures]).picos == rows.reduce(0) { $0 + $1.amount.picos })
        }
        let days = try UsageSummary.response(
            span, try UsageBreakdown(wire: ["day"]), spend, limit: 1_000)
        let trend = try UsageTrend.response(span, .day, spend)
        let byDay = Dictionary(
            uniqueKeysWithValues: days.rows.map { ($0.values[0].value, $0.figures?.cost) })
        for day in trend.days {
            let name = "\(try CivilDate(wire: try #require(day.date)))"
            #expect((byDay[name] ?? nil)?.amount ?? "0.000000000000" == day.cost?.amount)
        }
        let weeks = try UsageSummary.response(
            span, try UsageBreakdown(wire: ["week"]), spend, limit: 1_000)
        #expect(
            Set(weeks.rows.map(\.values[0].value)) == ["2026-10-19", "2026-10-26", "2026-11-02"])
    }

    /// What passes a filter is told by an independent look at each row, and sums with what does not to
    /// the whole.
    @Test func filtersLetPassWhatTheySay() throws {
        let span = try Self.span()
        let spend = try RandomSpend(seed: 4, span: span, zone: .utc).spend(.metered)
        let cases: [(UsageFilter, (DimensionSet) -> Bool)] = [
            (
                UsageFilter(dimension: "team", values: ["alpha", "beta"]),
                { $0.team == "alpha" || $0.team == "beta" }
            ),
            (UsageFilter(dimension: "team", orAbsent: true), { $0.team.isEmpty }),
            (
                UsageFilter(dimension: "tag:env", values: ["alpha"], orAbsent: true),
                { set in set.tags.allSatisfy { $0.key != "env" || $0.value == "alpha" } }
            ),
            (
                UsageFilter(dimension: "tag:env", values: [""]),
                { set in set.tags.contains { $0.key == "env" && $0.value.isEmpty } }
            ),
            (
                UsageFilter(dimension: "team", values: ["caf\u{E9}"]),
                { $0.team.utf8.elementsEqual("caf\u{E9}".utf8) }
            ),
            (UsageFilter(dimension: "team", values: [""]), { _ in false }),
        ]
        for (wire, passes) in cases {
            let filter = try SpendFilter(wire: [wire])
            let kept = spend.report.filtered { filter.passes($0.dimensions) }
            let expected = spend.report.rows.filter { passes($0.dimensions) }
            #expect(kept.rows == expected, "\(wire)")
            #expect(
                kept.completeness.unpricedEntries
                    == expected.reduce(0) { $0 + $1.unpricedEntries }, "\(wire)")
            #expect(kept.completeness.sources == spend.report.completeness.sources)
        }
        let both = try SpendFilter(wire: cases.prefix(3).map(\.0))
        #expect(
            spend.report.filtered { both.passes($0.dimensions) }.rows
                == spend.report.rows.filter { row in
                    cases.prefix(3).allSatisfy { $0.1(row.dimensions) }
                })
    }

    @Test func requestsAreChecked() async throws {
        typealias Change = @Sendable (inout UsageSummaryRequest) -> Void
        let long = "tag:" + String(repeating: "k", count: 65)
        let filter = { @Sendable (dimension: String, values: [String]) in
            UsageFilter(dimension: dimension, values: values)
        }
        let cases: [(String, Change)] = [
            ("DATE_MISSING from", { $0.from = nil }),
            ("BASIS_UNKNOWN basis", { $0.basis = Basis(rawValue: 9) }),
            (
                "BREAKDOWNS_TOO_MANY breakdowns",
                { $0.breakdowns = (0..<7).map { "tag:\($0)" } }
            ),
            ("DIMENSION_UNKNOWN breakdowns[1]", { $0.breakdowns = ["day", "hour"] }),
            ("DUPLICATE_BREAKDOWN breakdowns[1]", { $0.breakdowns = ["tag:a", "tag:a"] }),
            ("TAG_KEY_MALFORMED breakdowns[0]", { $0.breakdowns = ["tag:"] }),
            ("TAG_KEY_MALFORMED breakdowns[0]", { $0.breakdowns = [long] }),
            ("DIMENSION_UNKNOWN filters[0].dimension", { $0.filters = [filter("day", ["1"])] }),
            ("FILTER_VALUES_MISSING filters[0].values", { $0.filters = [filter("team", [])] }),
            (
                "FILTER_VALUES_TOO_MANY filters[0].values",
                { $0.filters = [filter("team", (0...1_000).map { "\($0)" })] }
            ),
            (
                "FILTERS_TOO_MANY filters",
                { $0.filters = (0...32).map { _ in filter("team", ["a"]) } }
            ),
            ("LIMIT_OUT_OF_RANGE limit", { $0.limit = 1_001 }),
            ("LIMIT_OUT_OF_RANGE limit", { $0.limit = -1 }),
        ]
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            for (expected, change) in cases {
                var request = UsageSummaryRequest(
                    from: API.Date(year: 2026, month: 11, day: 1),
                    through: API.Date(year: 2026, month: 11, day: 2))
                change(&request)
                let error = await #expect(throws: ServiceError.self) {
                    try await fixture.summary.answer(request, call)
                }
                #expect("\(error?.reason.rawValue ?? "") \(error?.field ?? "")" == expected)
            }
        }
    }

    /// From the RPC's request to its answer over what was ingested.
    @Test func whatWasIngestedIsSummed() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = (0..<6).map { index in
                LedgerEventWireTests.event {
                    $0.id = "\(index)"
                    $0.team = ["search", "ads", ""][index % 3]
                    $0.model = index == 5 ? "gpt-99" : "gpt-6-sol"
                    $0.tags = index == 0 ? [Tag(key: "env", value: "prod")] : []
                }
            }
            _ = try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
            var request = UsageSummaryRequest(
                from: API.Date(year: 2026, month: 11, day: 1),
                through: API.Date(year: 2026, month: 11, day: 30), breakdowns: ["team"])
            let answer = try await fixture.summary.answer(request, call)
            // Each priced event: 10 × 2 and 5 × 10 USD a million.
            #expect(
                answer.rows.map { "\($0.values[0].value) \($0.figures?.cost?.amount ?? "")" } == [
                    "ads 0.000140000000", "search 0.000140000000", " 0.000070000000",
                ])
            #expect(answer.rows.map(\.values[0].absent) == [false, false, true])
            #expect(answer.rows[2].figures?.unpricedEntries == 1)
            #expect(answer.rows[2].figures?.unpricedTokens == 15)
            #expect(answer.total?.requests == 6 && answer.total?.tokens == 90)
            #expect(answer.completeness?.unpricedEntries == 1)
            #expect(answer.completeness?.sources.map(\.source) == ["gateway"])
            request.filters = [UsageFilter(dimension: "team", values: ["search"])]
            request.limit = 1
            let search = try await fixture.summary.answer(request, call)
            #expect(search.total?.cost?.amount == "0.000140000000")
            #expect(search.completeness?.unpricedEntries == 0)
        }
    }
}
