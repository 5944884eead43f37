import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

struct UsageReportTests {
    private static func date(_ day: Int32, month: Int32 = 11) -> API.Date {
        API.Date(year: 2026, month: month, day: day)
    }

    private static func events(count: Int, random: inout SeededRandom) -> [Event] {
        (0..<count).map { index in
            LedgerEventWireTests.event {
                $0.id = "\(index)"
                $0.time = Timestamp(
                    ServiceFixture.now.advanced(
                        bySeconds: -Int64.random(in: 0...20 * 86_400, using: &random)))
                $0.model = ["gpt-6-sol", "gpt-4o", "gpt-99"][index % 3]
                $0.quantities[0].amount = Int64.random(in: 0...9_999, using: &random)
                $0.totalTokens = 0
            }
        }
    }

    private static func picos(_ money: API.Money?) throws -> Int128 {
        try Domain.Money(wire: try #require(money)).picos
    }

    /// Money that lies in none of the days is never left out of the total in silence.
    @Test func spendOutsideOfTheDaysIsAnError() throws {
        let span = try DaySpan(from: Self.date(20), through: Self.date(20))
        let row = { (start: Instant) in
            SpendRow(
                start: start, dimensions: DimensionSet(provider: "p", model: "m"),
                amount: Money(picos: 5, currency: .usd))
        }
        let respond = { (rows: [SpendRow]) in
            try UsageTrend.response(
                span, .day,
                .init(
                    zone: try OrganizationZone("UTC"), currency: .usd,
                    report: SpendReport(
                        rows: rows,
                        completeness: SpendCompleteness(
                            basis: .effective, finalThrough: nil, provisional: true,
                            unpricedEntries: 0, unpricedTokens: 0, sources: [],
                            knownAt: ServiceFixture.now, prices: nil))))
        }
        let begin = try Instant(rfc3339: "2026-11-20T00:00:00Z")
        #expect(try Self.picos(respond([row(begin)]).total) == 5)
        #expect(throws: ServiceError(.internal, "SPEND_OUTSIDE_OF_DAYS", "")) {
            try respond([row(begin), row(begin.advanced(byMicroseconds: -1))])
        }
    }

    /// Row 17 and 19: the days of a trend sum to its total in every zone, and top models with the
    /// rest to the same total.
    @Test(arguments: ["UTC", "Asia/Kathmandu", "America/New_York"])
    func partsSumToTheTotal(zone: String) async throws {
        try await ServiceFixture.with { fixture in
            var random = SeededRandom(seed: 17)
            let call = try await fixture.makeCall(zone: zone)
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: Self.events(count: 300, random: &random)), call)
            let trend = try await fixture.trend.answer(
                UsageTrendRequest(from: Self.date(1, month: 10), through: Self.date(30)), call)
            #expect(trend.days.count == 61)
            let total = try Self.picos(trend.total)
            #expect(try trend.days.reduce(0) { $0 + (try Self.picos($1.cost)) } == total)
            #expect(trend.days.reduce(0) { $0 + $1.requests } == 300)
            #expect(total > 0)
            #expect(trend.completeness?.unpricedEntries == 100)
            #expect(trend.completeness?.basis == .effective)
            #expect(trend.completeness?.provisional == true)
            #expect(trend.completeness?.sources.map(\.source) == ["gateway"])
            // Any cut of the days gives the same sum.
            var cut: Int128 = 0
            for (first, last) in [(1, 4), (5, 5), (6, 21), (22, 30)] as [(Int32, Int32)] {
                let part = try await fixture.trend.answer(
                    UsageTrendRequest(from: Self.date(first), through: Self.date(last)), call)
                cut += try Self.picos(part.total)
            }
            let month = try await fixture.trend.answer(
                UsageTrendRequest(from: Self.date(1), through: Self.date(30)), call)
            #expect(try Self.picos(month.total) == cut)

            let models = try await fixture.models.answer(
                TopModelsRequest(from: Self.date(1, month: 10), through: Self.date(30), limit: 1),
                call)
            #expect(models.models.count == 1)
            #expect(try Self.picos(models.total) == total)
            #expect(
                try Self.picos(models.models.first?.cost) + Self.picos(models.other) == total)
            let all = try await fixture.models.answer(
                TopModelsRequest(from: Self.date(1, month: 10), through: Self.date(30)), call)
            #expect(Set(all.models.map(\.model)) == ["gpt-6-sol", "gpt-4o", "gpt-99"])
            #expect(all.models.last?.model == "gpt-99")
            #expect(all.models.map(\.unpricedEntries) == [0, 0, 100])
            #expect(try Self.picos(all.other) == 0)
        }
    }

    /// Row 14: reports touch roll-ups only: whoever may read no entry gets the same, however they are cut.
    @Test func reportsReadNoEntries() async throws {
        try await ServiceFixture.with { fixture in
            var random = SeededRandom(seed: 14)
            let call = try await fixture.makeCall(zone: "Asia/Kathmandu")
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: Self.events(count: 300, random: &random)), call)
            let from = Self.date(1, month: 10)
            let through = Self.date(30)
            let reports = {
                let trend = try await fixture.trend.answer(
                    UsageTrendRequest(from: from, through: through), call)
                let summary = try await fixture.summary.answer(
                    UsageSummaryRequest(
                        from: from, through: through, breakdowns: ["model", "team"]), call)
                let models = try await fixture.models.answer(
                    TopModelsRequest(from: from, through: through), call)
                let coverage = try await fixture.coverage.answer(
                    TagCoverageRequest(from: from, through: through), call)
                return ["\(trend)", "\(summary)", "\(models)", "\(coverage)"]
            }
            let explain = {
                try await ExplainEvent(catalogues: fixture.catalogues).answer(
                    ExplainEventRequest(source: "gateway", id: "0"), call)
            }
            let before = try await reports()
            _ = try await explain()
            let session = try await fixture.database.session()
            try await session.execute(
                """
                REVOKE ALL ON usage_entries, usage_event_blocks, idempotency_keys
                FROM tally_service, tally_worker, tally_reader
                """)
            await session.close()
            await #expect(throws: (any Error).self) { try await explain() }
            #expect(try await reports() == before)
        }
    }

    /// Row 17: hours, days, weeks and months of one span sum to the same total and follow one another,
    /// in zones off the full hour and over days of 23, 24½ and 25 hours.
    @Test(
        arguments: [
            ("UTC", 10, 24), ("Asia/Kathmandu", 10, 24), ("Europe/Berlin", 10, 25),
            ("Europe/Berlin", 3, 23), ("Australia/Lord_Howe", 4, 25), ("America/Havana", 11, 25),
        ] as [(String, Int32, Int)])
    func stepsSumToTheSameTotal(zone: String, month: Int32, longest: Int) throws {
        let span = try DaySpan(
            from: Self.date(month == 11 ? 1 : 5, month: month),
            through: Self.date(month == 11 ? 21 : 31 - (month == 4 ? 1 : 0), month: month))
        let zone = try OrganizationZone(zone)
        let spend = try RandomSpend(seed: 17, span: span, zone: zone).spend(.effective)
        let bounds = span.bounds(in: zone)
        let total = spend.report.rows.reduce(0) { $0 + $1.amount.picos }
        for unit in TrendSteps.Unit.allCases {
            let trend = try UsageTrend.response(span, unit, spend)
            #expect(try Self.picos(trend.total) == total)
            #expect(try trend.points.reduce(0) { $0 + (try Self.picos($1.cost)) } == total)
            #expect(trend.points.first?.startTime == Timestamp(bounds.lowerBound))
            #expect(trend.points.last?.endTime == Timestamp(bounds.upperBound))
            for (point, next) in zip(trend.points, trend.points.dropFirst()) {
                #expect(point.endTime == next.startTime)
            }
            #expect(trend.days.isEmpty == (unit != .day))
            switch unit {
            case .hour:
                let counts = Dictionary(grouping: trend.points, by: \.date).values.map(\.count)
                #expect(
                    counts.contains(longest) && counts.allSatisfy { [24, longest].contains($0) })
            case .day: #expect(trend.points.count == span.days.count)
            case .week:
                #expect(trend.points.dropFirst().allSatisfy { $0.date.map(Self.isMonday) ?? false })
            case .month: #expect(trend.points.count == 1)
            }
        }
    }

    private static func isMonday(_ date: API.Date) -> Bool {
        (try? CivilDate(wire: date)).map { $0.dayNumber % 7 == 4 } ?? false
    }

    @Test func hoursAreOfAtMostAMonth() throws {
        let span = try DaySpan(from: Self.date(1, month: 10), through: Self.date(31, month: 10))
        try span.check(.hour)
        let longer = try DaySpan(from: Self.date(1, month: 10), through: Self.date(1))
        try longer.check(.day)
        let error = #expect(throws: ServiceError.self) { try longer.check(.hour) }
        #expect(error?.reason.rawValue == "DAYS_TOO_MANY_FOR_HOURS")
        #expect(throws: ServiceError(.invalidArgument, "TREND_STEP_UNKNOWN", "")) {
            try TrendSteps.Unit(wire: TrendStep(rawValue: 9))
        }
    }

    @Test func emptySpansHaveDaysAndNoSpend() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let trend = try await fixture.trend.answer(
                UsageTrendRequest(from: Self.date(1), through: Self.date(2), basis: .billed), call)
            #expect(trend.days.map(\.cost?.amount) == ["0.000000000000", "0.000000000000"])
            #expect(trend.days.map(\.provisional) == [false, false])
            #expect(trend.completeness?.basis == .billed)
        }
    }

    @Test func spansAreChecked() throws {
        let cases: [(API.Date?, API.Date?, String, String)] = [
            (nil, Self.date(1), "DATE_MISSING", "from"),
            (Self.date(1), nil, "DATE_MISSING", "through"),
            (Self.date(31), Self.date(1), "DATE_INVALID", "from"),
            (Self.date(2), Self.date(1), "DAYS_REVERSED", "through"),
            (API.Date(year: 2025, month: 11, day: 20), Self.date(22), "DAYS_TOO_MANY", "through"),
        ]
        for (from, through, reason, field) in cases {
            let error = #expect(throws: ServiceError.self) {
                try DaySpan(from: from, through: through)
            }
            #expect(error?.reason.rawValue == reason)
            #expect(error?.field == field)
        }
        let longest = try DaySpan(
            from: API.Date(year: 2025, month: 11, day: 20), through: Self.date(21))
        #expect(longest.days.count == 367)
    }

    /// Row 24: no total adds currencies.
    @Test func currenciesAreNotAdded() throws {
        let row = { (picos: Int128, currency: Currency) in
            SpendRow(
                start: ServiceFixture.now, dimensions: DimensionSet(provider: "p", model: "m"),
                amount: Domain.Money(picos: picos, currency: currency))
        }
        let one = [row(0, .usd), row(5, .eur)]
        #expect(try SpendReports.currency(of: one, preferred: .usd) == .eur)
        #expect(try SpendReports.currency(of: [], preferred: .usd) == .usd)
        #expect(throws: ServiceError(.failedPrecondition, "CURRENCY_CONVERSION_MISSING", "")) {
            try SpendReports.currency(of: one + [row(1, .usd)], preferred: .usd)
        }
    }
}
