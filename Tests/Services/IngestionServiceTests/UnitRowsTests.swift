import API
import Core
import Domain
import Ledger
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Reports of some units' rows, as a source tells them.
@Suite struct UnitRowsTests {
    /// Shows one project.
    private struct OneProject: UnitRowSource {
        struct Rows: UnitRows {
            let project: String
            let cuts: [Instant]
            func shows(_ row: SpendRow) -> Bool { row.dimensions.project == project }
        }

        let project: String

        func rows(
            of query: UnitRowQuery, in transaction: PostgresTransaction
        ) async throws -> any UnitRows {
            Rows(
                project: project,
                cuts: [query.zone.dayBounds(query.days.lowerBound).lowerBound])
        }
    }

    /// Steps that are cut have the same time, without gaps, and none reaches across a cut.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func cutStepsAreTheSameTime(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bounds: Set<Int64> = []
        for _ in 0..<Int.random(in: 2...9, using: &random) {
            bounds.insert(Int64.random(in: 0...40, using: &random))
        }
        let ordered = bounds.sorted().map { Instant(seconds: $0) }
        let steps = zip(ordered, ordered.dropFirst()).map { $0..<$1 }
        let cuts = Set(
            (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Int64.random(in: -5...45, using: &random)
            }
        ).sorted().map { Instant(seconds: $0) }
        let cut = steps.cut(at: cuts)
        #expect(cut.first?.lowerBound == steps.first?.lowerBound)
        #expect(cut.last?.upperBound == steps.last?.upperBound)
        for (left, right) in zip(cut, cut.dropFirst()) {
            #expect(left.upperBound == right.lowerBound)
        }
        for part in cut {
            #expect(!part.isEmpty)
            #expect(
                steps.contains { $0.contains(part.lowerBound) && part.upperBound <= $0.upperBound })
            #expect(!cuts.contains { part.lowerBound < $0 && $0 < part.upperBound })
        }
    }

    /// Spend of others in another currency is the reason of no refusal.
    @Test func refusalsDoNotDependOnOthers() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, zone: "UTC")
            let time = ServiceFixture.now
            try await organization.spend([
                .init(time: time, project: "ours", picos: 7),
                .init(time: time, project: "theirs", picos: 5, currency: "EUR"),
            ])
            let pool = database.pool()
            do {
                let report = { (units: UnitScope) in
                    let call = Call(
                        caller: Caller(
                            tokenID: "t", roles: .unitOwner, units: units,
                            organizationID: organization.id),
                        context: RPCContext(method: "test", logger: Logger(label: "test")),
                        environment: CallEnvironment(pool: pool, clock: .fixed(time)))
                    let summary = UsageSummary(
                        reports: SpendReports(
                            reader: SpendReader(catalogues: PriceCatalogueStore()),
                            unitRowSource: OneProject(project: "ours")))
                    let day = API.Date(try CivilDate(year: 2026, month: 11, day: 21))
                    return try await summary.answer(
                        UsageSummaryRequest(from: day, through: day, breakdowns: ["project"]), call)
                }
                let limited = try await report(UnitScope([try BusinessUnitCode("unit")]))
                #expect(limited.rows.map { $0.values[0].value } == ["ours"])
                #expect(limited.total?.cost?.currencyCode == "USD")
                let error = await #expect(throws: ServiceError.self) {
                    try await report(.wholeOrganization)
                }
                #expect(error?.reason == "CURRENCY_CONVERSION_MISSING")
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }
}
