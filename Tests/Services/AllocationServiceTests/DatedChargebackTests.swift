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
import Wire

@testable import AllocationService

/// Reports of months in which, and after which, units change.
@Suite struct DatedChargebackTests {
    private let spend = AllocatedSpend(reader: SpendReader(catalogues: PriceCatalogueStore()))
    private let units: KeyValuePairs<String, String?> = [
        "company": nil, "research": "company", "sales": "company", "emea": "sales",
    ]

    /// - Parameter units: what the caller is limited to; none: the whole organization.
    private func call(
        _ organization: ScratchOrganization, _ pool: PostgresPool, limitedTo units: String...
    ) throws -> Call {
        Call(
            caller: Caller(
                tokenID: "t", roles: .finance,
                units: UnitScope(try units.map { try BusinessUnitCode($0) }),
                organizationID: organization.id),
            context: RPCContext(method: "test", logger: Logger(label: "test")),
            environment: CallEnvironment(
                pool: pool, clock: .fixed(try Instant(rfc3339: "2026-11-20T12:00:00Z"))))
    }

    private func row(
        _ time: String, _ picos: Int128
    ) throws -> ScratchOrganization.Spend {
        .init(time: try Instant(rfc3339: time), project: "x", picos: picos)
    }

    private func rule(_ unit: String) -> SetAllocationRulesRequest {
        SetAllocationRulesRequest(rules: [.init(id: "all", target: .unit(unit))])
    }

    private func total(_ report: ChargebackReport, _ unit: String) throws -> Int128? {
        try report.units.first { $0.unitCode == unit }
            .map { try Domain.Money(wire: try #require($0.total)).picos }
    }

    @Test func pastMonthsKeepTheirNamesAndTheirShape() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            try await organization.spend([row("2026-09-10T12:00:00Z", 5)])
            let pool = database.pool()
            let call = try call(organization, pool)
            let service = Service(spend: spend)
            _ = try await service.setAllocationRules(rule("emea"), call)
            let request = GetChargebackReportRequest(month: .init(year: 2026, month: 9))
            let before = try await service.getChargebackReport(request, call).serialized()

            try await organization.change(
                "emea", from: "2026-10-01", name: "Europe", parent: "research")
            try await organization.change("sales", from: "2026-10-01", name: "-", state: 2)
            #expect(try await service.getChargebackReport(request, call).serialized() == before)
            let later = try await service.getChargebackReport(
                .init(month: .init(year: 2026, month: 10)), call)
            #expect(later.units.map(\.unitCode) == ["company", "emea", "research"])
            #expect(later.units.map(\.parentCode) == ["", "research", "company"])
            #expect(later.units[1].displayName == "Europe")
            await pool.shutdown()
        }
    }

    /// 15 October begins in Berlin at 22:00 UTC of the day before.
    @Test func aMoveWithinAMonthCutsItAtTheOrganizationsMidnight() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            try await organization.spend([
                row("2026-10-14T21:45:00Z", 1), row("2026-10-14T22:00:00Z", 10),
                row("2026-10-31T12:00:00Z", 100),
            ])
            try await organization.change(
                "emea", from: "2026-10-15", name: "Unit emea", parent: "research")
            try await organization.change(
                "emea", from: "2026-10-20", name: "Unit emea", parent: "research", state: 3,
                successor: "sales")
            let pool = database.pool()
            let call = try call(organization, pool)
            let service = Service(spend: spend)
            _ = try await service.setAllocationRules(rule("emea"), call)
            let report = try await service.getChargebackReport(
                .init(month: .init(year: 2026, month: 10)), call)
            #expect(try total(report, "emea") == 11)
            #expect(try total(report, "research") == 10)
            #expect(try total(report, "sales") == 101)
            #expect(try total(report, "company") == 111)
            #expect(report.units.first { $0.unitCode == "emea" }?.parentCode == "research")
            let zone = try OrganizationZone("Europe/Berlin")
            let unitSpend = try await call.snapshot { transaction in
                let november = { (day: Int) in
                    try CivilDate(year: 2026, month: 11, day: day)
                }
                return try await spend.unitSpend(
                    of: organization.id, keys: AwayKeys(), scope: .wholeOrganization, zone: zone,
                    currency: .usd,
                    month: try CivilMonth(year: 2026, month: 10),
                    days: try CivilDate(year: 2026, month: 10, day: 14)..<november(1),
                    now: call.clock.now, in: transaction)
            }
            #expect(try unitSpend.totals[BusinessUnitCode("sales")] == 101)
            // Forecasts rest on the units as they stand on the last day.
            let daily = unitSpend.dailyTotalsEstimate
            #expect(try daily[BusinessUnitCode("sales")]?.reduce(0, +) == 111)
            #expect(try daily[BusinessUnitCode("emea")] == nil)
            await pool.shutdown()
        }
    }

    /// Whoever is limited to a unit sees what is below it on the days on which it is there: of a
    /// month that a move cuts each side has its days, and a move that is planned shows nothing yet.
    @Test func unitsAreShownOnTheDaysOnWhichTheyAreTheCallers() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            try await organization.spend([
                row("2026-10-14T21:45:00Z", 1), row("2026-10-14T22:00:00Z", 10),
                row("2026-11-02T12:00:00Z", 100),
            ])
            try await organization.change(
                "emea", from: "2026-10-15", name: "Unit emea", parent: "research")
            try await organization.change(
                "emea", from: "2026-11-25", name: "Unit emea", parent: "sales")
            let pool = database.pool()
            let service = Service(spend: spend)
            _ = try await service.setAllocationRules(rule("emea"), call(organization, pool))
            for (month, unit, expected) in [
                (10, "sales", ["emea<sales 1", "sales< 1", "total 1"]),
                (10, "research", ["emea<research 10", "research< 10", "total 10"]),
                (11, "sales", ["sales< 0", "total 0"]),
                (11, "research", ["emea<research 100", "research< 100", "total 100"]),
                (12, "sales", ["sales< 0", "total 0"]),
                (12, "research", ["emea<research 0", "research< 0", "total 0"]),
            ] as [(Int32, String, [String])] {
                let report = try await service.getChargebackReport(
                    .init(month: .init(year: 2026, month: month)),
                    call(organization, pool, limitedTo: unit))
                let picos = { (money: API.Money?) throws -> Int128 in
                    try Domain.Money(wire: try #require(money)).picos
                }
                var shown: [String] = []
                for unit in report.units {
                    let total = try picos(unit.total)
                    shown.append("\(unit.unitCode)<\(unit.parentCode) \(total)")
                }
                let total = try picos(report.total)
                #expect(shown + ["total \(total)"] == expected, "\(month)")
                #expect(report.unallocated == nil)
                #expect(report.completeness?.sources == [])
                #expect(report.completeness?.unallocated == nil)
            }
            try await forecastsBegin(organization, pool, service)
            await pool.shutdown()
        }
    }

    /// The days of the forecast of who took emea in on 15 October begin there.
    private func forecastsBegin(
        _ organization: ScratchOrganization, _ pool: PostgresPool, _ service: Service
    ) async throws {
        let call = try call(organization, pool)
        let days = { (unit: String) in
            try await call.snapshot { transaction in
                try await spend.unitSpend(
                    of: organization.id, keys: AwayKeys(),
                    scope: UnitScope([try BusinessUnitCode(unit)]),
                    zone: try OrganizationZone("Europe/Berlin"), currency: .usd,
                    month: try CivilMonth(year: 2026, month: 11),
                    days: try CivilDate(
                        year: 2026, month: 10, day: 14)..<CivilDate(
                            year: 2026, month: 11, day: 21),
                    now: call.clock.now, in: transaction)
            }
        }
        let research = try await days("research")
        #expect(research.total == 100)
        #expect(research.dailyTotalEstimate.prefix(2) == [0, 10])
        #expect(research.dailyTotalEstimate.reduce(0, +) == 110)
        #expect(research.unallocated == 0)
        let emea = try BusinessUnitCode("emea")
        #expect(research.dailyTotalsEstimate[emea] == research.dailyTotalEstimate)
        #expect(Set(research.totals.keys.map(\.text)) == ["emea", "research"])
        #expect(try await days("sales").dailyTotalEstimate.allSatisfy { $0 == 0 })
        #expect(try await days("emea").dailyTotalEstimate.prefix(2) == [1, 10])
    }
}
