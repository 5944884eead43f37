import API
import Core
import Domain
import Ledger
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

struct TagCoverageTests {
    private static func picos(_ figures: UsageFigures?) throws -> Int128 {
        try Domain.Money(wire: try #require(figures?.cost)).picos
    }

    private static func spend(_ seed: UInt64, _ basis: Domain.Basis) throws -> SpendReports.Spend {
        let span = try DaySpan(
            from: API.Date(year: 2026, month: 10, day: 1),
            through: API.Date(year: 2026, month: 10, day: 9))
        return try RandomSpend(seed: seed, span: span, zone: .utc).spend(basis)
    }

    /// Row 29: of each tag, what carries it and what does not are the total, and what carries it is
    /// told by an independent look at each row.
    @Test(arguments: [5, 6, 7] as [UInt64], Domain.Basis.allCases)
    func coveredAndAbsentAreTheTotal(seed: UInt64, basis: Domain.Basis) throws {
        let spend = try Self.spend(seed, basis)
        let total = spend.report.rows.reduce(0) { $0 + $1.amount.picos }
        let names = UsageDimension.Name.allCases.map(\.rawValue) + ["tag:env", "tag:nobody"]
        let asked = try TagCoverage.response(TagCoverage.dimensions(names), spend)
        #expect(asked.dimensions.map(\.dimension) == names)
        let found = try TagCoverage.response([], spend)
        #expect(
            Set(found.dimensions.map(\.dimension)) == ["tag:env", "tag:team", "tag:caf\u{E9}"])
        let carried = try found.dimensions.map { try Self.picos($0.covered) }
        #expect(carried == carried.sorted(by: >))
        for dimension in asked.dimensions + found.dimensions {
            #expect(
                try Self.picos(dimension.covered) + Self.picos(dimension.absent) == total,
                "seed \(seed) \(dimension.dimension)")
            let requests = [dimension.covered, dimension.absent].map { $0?.requests ?? 0 }
            #expect(requests.reduce(0, +) == found.total?.requests)
        }
        for dimension in found.dimensions {
            let key = dimension.dimension.dropFirst(4)
            let rows = spend.report.rows.filter { $0.dimensions.tags.contains { $0.key == key } }
            #expect(
                try Self.picos(dimension.covered) == rows.reduce(0) { $0 + $1.amount.picos })
        }
        let untagged = spend.report.rows.filter { $0.dimensions.tags.isEmpty }
        #expect(try Self.picos(found.untagged) == untagged.reduce(0) { $0 + $1.amount.picos })
        #expect(try Self.picos(found.total) == total)
        #expect(asked.dimensions.last?.share == "0.000000")
    }

    /// By money: one expensive call without a tag outweighs many cheap ones that have it.
    @Test func moneyCountsAndNotRows() throws {
        let rows = (0..<100).map { index in
            SpendRow(
                start: ServiceFixture.now,
                dimensions: DimensionSet(
                    provider: "p", model: "m",
                    tags: index == 0 ? [] : [.init(key: "env", value: "")]),
                amount: Domain.Money(picos: index == 0 ? 901 : 1, currency: .usd))
        }
        let spend = SpendReports.Spend(
            zone: .utc, currency: .usd,
            report: SpendReport(
                rows: rows,
                completeness: SpendCompleteness(
                    basis: .metered, finalThrough: nil, provisional: true, unpricedEntries: 0,
                    unpricedTokens: 0, sources: [], knownAt: ServiceFixture.now, prices: nil)))
        let answer = try TagCoverage.response([], spend)
        #expect(answer.dimensions.map(\.share) == ["0.099000"])
        #expect(answer.completeness?.basis == .metered)
    }

    @Test func noMoreThanAHundredTagsAreShown() throws {
        let rows = (0..<130).map { index in
            SpendRow(
                start: ServiceFixture.now,
                dimensions: DimensionSet(
                    provider: "p", model: "m", tags: [.init(key: "k\(index)", value: "v")]),
                amount: Domain.Money(picos: Int128(index), currency: .usd))
        }
        let spend = SpendReports.Spend(
            zone: .utc, currency: .usd,
            report: SpendReport(
                rows: rows,
                completeness: SpendCompleteness(
                    basis: .metered, finalThrough: nil, provisional: true, unpricedEntries: 0,
                    unpricedTokens: 0, sources: [], knownAt: ServiceFixture.now, prices: nil)))
        let answer = try TagCoverage.response([], spend)
        #expect(answer.dimensions.map(\.dimension) == (30..<130).reversed().map { "tag:k\($0)" })
        #expect(answer.otherTags == 30)
    }

    @Test(
        arguments: [
            (1, 3, "0.333333"), (2, 3, "0.666666"), (3, 3, "1.000000"), (0, 3, "0.000000"),
            (-1, 3, "-0.333333"), (1, -3, "-0.333333"), (-3, -3, "1.000000"), (7, 2, "3.500000"),
            (-1, 100_000_000, "0.000000"), (5, 0, ""), (Int128.max, 1, "\(Int128.max).000000"),
            (Int128.max - 1, Int128.max, "0.999999"), (Int128.min, Int128.max, "-1.000000"),
        ] as [(Int128, Int128, String)])
    func sharesAreCutOff(part: Int128, whole: Int128, share: String) {
        #expect(TagCoverage.share(of: part, in: whole) == share)
    }

    @Test func dimensionsAreChecked() {
        for (dimensions, expected) in [
            (["team", "team"], "DUPLICATE_DIMENSION dimensions[1]"),
            (["day"], "DIMENSION_UNKNOWN dimensions[0]"),
            ((0...100).map { "tag:\($0)" }, "DIMENSIONS_TOO_MANY dimensions"),
        ] {
            let error = #expect(throws: ServiceError.self) {
                try TagCoverage.dimensions(dimensions)
            }
            #expect("\(error?.reason.rawValue ?? "") \(error?.field ?? "")" == expected)
        }
    }

    /// From the RPC's request to its answer over what was ingested.
    @Test func whatWasIngestedIsCovered() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let events = (0..<4).map { index in
                LedgerEventWireTests.event {
                    $0.id = "\(index)"
                    $0.team = index == 0 ? "search" : "ads"
                    $0.tags = index < 3 ? [Tag(key: "env", value: "prod")] : []
                }
            }
            _ = try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
            let answer = try await fixture.coverage.answer(
                TagCoverageRequest(
                    from: API.Date(year: 2026, month: 11, day: 1),
                    through: API.Date(year: 2026, month: 11, day: 30),
                    filters: [UsageFilter(dimension: "team", values: ["ads"])]), call)
            #expect(answer.dimensions.map(\.share) == ["0.666666"])
            #expect(answer.total?.cost?.amount == "0.000210000000")
            #expect(answer.untagged?.requests == 1)
        }
    }
}
