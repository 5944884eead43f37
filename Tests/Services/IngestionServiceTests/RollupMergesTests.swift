import API
import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import IngestionService
@testable import Ledger

struct RollupMergesTests {
    private static func date(_ date: CivilDate) -> API.Date {
        API.Date(year: Int32(date.year), month: Int32(date.month), day: Int32(date.day))
    }

    /// Costs and number of the entries of some days.
    private static func entries(
        _ span: DaySpan, _ zone: OrganizationZone, _ session: PostgresSession
    ) async throws -> [Int128?] {
        let bounds = span.bounds(in: zone)
        let rows = try await session.texts(
            """
            SELECT coalesce(sum(amount_picos), 0), count(*) FROM ledger_entries
            WHERE event_time >= '\(bounds.lowerBound.rfc3339)'
                AND event_time < '\(bounds.upperBound.rfc3339)'
            """)
        return rows[0].map { $0.flatMap { Int128($0) } }
    }

    private static func unmerged(_ session: PostgresSession) async throws -> String? {
        try await session.texts("SELECT unmerged_rollups FROM ledger_clocks")[0][0]
    }

    /// A report is the sum of the entries of its days, in any zone, before what commits added to roll-ups is
    /// merged and after; and one that has too much to add up has it merged.
    @Test(arguments: ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
    func reportsAreTheSumsOfEntriesWhicheverAreMerged(zone name: String) async throws {
        try await ServiceFixture.with { fixture in
            var random = SeededRandom(seed: UInt64(name.utf8.count))
            let zone = try OrganizationZone(name)
            let call = try await fixture.makeCall(zone: name)
            let events = (0..<60).map { number in
                // Half of them about the ends of UTC's days.
                let days = Int64.random(in: 1..<9, using: &random) * 86_400
                let rest =
                    number % 2 == 0
                    ? Int64.random(in: 0..<86_400, using: &random)
                    : Int64.random(in: -20_000..<20_000, using: &random)
                return LedgerEventWireTests.event {
                    $0.id = "\(number)"
                    $0.time = Timestamp(
                        UTCDay.floor(ServiceFixture.now).advanced(bySeconds: -days - rest))
                    $0.project = ["a", "b", ""].randomElement(using: &random) ?? ""
                    $0.quantities[0].amount = Int64(number)
                    $0.totalTokens = Int64(number) + 5
                }
            }
            for part in [events.prefix(25), events.dropFirst(25)] {
                let response = try await fixture.ingest.answer(
                    IngestEventsRequest(events: Array(part)), call)
                #expect(response.results.allSatisfy { $0.outcome == .accepted })
            }
            let today = zone.day(containing: ServiceFixture.now)
            let spans = (0..<6).map { _ in
                let first = today.dayNumber - Int.random(in: 1..<11, using: &random)
                let last = Int.random(in: first...today.dayNumber, using: &random)
                return (CivilDate(dayNumber: first), CivilDate(dayNumber: last))
            }
            let session = try await fixture.database.session()
            for unmergedMin in [Int.max, 1] {
                let summary = UsageSummary(
                    reports: SpendReports(
                        reader: fixture.spendReader, unitRowSource: NoUnitRows(),
                        merges: RollupMerges(unmergedMin: unmergedMin)))
                for (first, last) in spans {
                    let (from, through) = (Self.date(first), Self.date(last))
                    let answer = try await summary.answer(
                        UsageSummaryRequest(
                            from: from, through: through, basis: .metered,
                            breakdowns: ["project"]), call)
                    let total = try #require(answer.total)
                    #expect(
                        try await Self.entries(DaySpan(from: from, through: through), zone, session)
                            == [
                                try Domain.Money(wire: try #require(total.cost)).picos,
                                Int128(total.requests),
                            ], "\(name), \(first) to \(last), \(unmergedMin)")
                    // The first report has them merged; nobody waits for it but this test.
                    let deadline = ContinuousClock.now + .seconds(60)
                    while unmergedMin == 1, try await Self.unmerged(session) != "0" {
                        try #require(ContinuousClock.now < deadline)
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                #expect((try await Self.unmerged(session) == "0") == (unmergedMin == 1))
            }
            #expect(try await fixture.count("usage_rollup_deltas") == 0)
            await session.close()
        }
    }
}
