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

@testable import AllocationService

@Suite struct ChargebackReportTests {
    private let service = Service(
        spend: AllocatedSpend(reader: SpendReader(catalogues: PriceCatalogueStore())))
    private let units: KeyValuePairs<String, String?> = [
        "company": nil, "research": "company", "sales": "company", "emea": "sales",
    ]

    private func call(
        _ organization: ScratchOrganization, _ pool: PostgresPool,
        now: String = "2026-11-20T12:00:00Z"
    ) throws -> Call {
        Call(
            caller: Caller(tokenID: "t", roles: .finance, organizationID: organization.id),
            context: RPCContext(method: "test", logger: Logger(label: "test")),
            environment: CallEnvironment(
                pool: pool, clock: .fixed(try Instant(rfc3339: now))))
    }

    private func direct(_ project: String, _ unit: String) -> API.AllocationRule {
        API.AllocationRule(
            id: "direct-\(project)",
            conditions: [.init(dimension: "project", value: project)], target: .unit(unit))
    }

    private func split(
        _ project: String, _ method: API.Split.Method, _ units: [String]
    ) -> API.AllocationRule {
        API.AllocationRule(
            id: "split-\(project)",
            conditions: [.init(dimension: "project", value: project)],
            target: .split(.init(method: method, units: units)))
    }

    private func spend(
        _ time: String, _ project: String, _ picos: Int128
    ) throws -> ScratchOrganization.Spend {
        .init(time: try Instant(rfc3339: time), project: project, picos: picos)
    }

    @Test func statementsFitTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                SelectAllocationRuleSet.self, InsertAllocationRuleSet.self,
                SelectBusinessUnitCodes.self, SelectUnitPlaces.self,
            ])
            #expect(faults == [])
        }
    }

    @Test func ruleSetsAreReplacedUnderVersions() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            let pool = database.pool()
            let call = try call(organization, pool)
            #expect(try await service.getAllocationRules(.init(), call).version == 0)

            let first = try await service.setAllocationRules(
                .init(rules: [direct("x", "research")], expectedVersion: 0), call)
            #expect(first.version == 1)
            let second = try await service.setAllocationRules(
                .init(rules: [split("s", .even, ["sales", "emea"])], expectedVersion: 1), call)
            #expect(second.version == 2)

            let stale = await #expect(throws: ServiceError.self) {
                try await service.setAllocationRules(
                    .init(rules: [], expectedVersion: 1), call)
            }
            #expect(stale?.reason == "RULE_SET_CHANGED")
            #expect(stale?.code == .aborted)
            let unknown = await #expect(throws: ServiceError.self) {
                try await service.setAllocationRules(
                    .init(rules: [direct("x", "nobody")], expectedVersion: 2), call)
            }
            #expect(unknown?.reason == "BUSINESS_UNIT_UNKNOWN")
            #expect(unknown?.field == "rules[0].unit")

            let read = try await service.getAllocationRules(.init(), call)
            #expect(read == second)
            #expect(read.rules == [split("s", .even, ["emea", "sales"])])
            await pool.shutdown()
        }
    }

    @Test func rulesSetAtOnceAllGetAVersionOfTheirOwn() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            let pool = database.pool()
            let call = try call(organization, pool)
            let versions = try await withThrowingTaskGroup(of: Int64.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        try await service.setAllocationRules(
                            .init(rules: [direct("p\(index)", "research")]), call
                        ).version
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(versions.sorted() == Array(1...6))
            await pool.shutdown()
        }
    }

    @Test func theReportAddsUpAndIsCutInTheOrganizationsZone() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            try await organization.spend([
                // 00:00 in Berlin on 1 October is 22:00 UTC the day before.
                spend("2026-09-30T21:45:00Z", "x", 1_000_000),
                spend("2026-09-30T22:00:00Z", "x", 10),
                spend("2026-10-15T12:00:00Z", "e", 31),
                spend("2026-10-31T22:45:00Z", "s", 100),
                spend("2026-10-31T22:45:00Z", "even", 5),
                spend("2026-10-31T22:59:00Z", "nobody", 7),
                spend("2026-10-20T12:00:00Z", "x", -1),
                spend("2026-10-31T23:00:00Z", "x", 2_000_000),
            ])
            let pool = database.pool()
            let call = try call(organization, pool)
            _ = try await service.setAllocationRules(
                .init(rules: [
                    direct("x", "research"), direct("e", "emea"),
                    split("s", .proportional, ["research", "emea", "company"]),
                    split("even", .even, ["sales", "company"]),
                ]), call)

            let report = try await service.getChargebackReport(
                .init(month: .init(year: 2026, month: 10)), call)
            #expect(report.ruleSetVersion == 1)
            #expect(try report.startTime?.instant().rfc3339 == "2026-09-30T22:00:00Z")
            #expect(try report.endTime?.instant().rfc3339 == "2026-10-31T23:00:00Z")
            let picos = { (money: API.Money?) throws -> Int128 in
                try Domain.Money(wire: try #require(money)).picos
            }
            // Direct: research 10 − 1, emea 31. Of 100: 22.5 and 77.5, the odd pico to emea.
            let rows = try report.units.map {
                [
                    try picos($0.direct), try picos($0.shared), try picos($0.own),
                    try picos($0.total),
                ]
            }
            #expect(report.units.map(\.unitCode) == ["company", "emea", "research", "sales"])
            #expect(report.units.map(\.parentCode) == ["", "sales", "company", "company"])
            #expect(report.units[1].displayName == "Unit emea")
            #expect(
                rows == [[0, 3, 3, 145], [31, 78, 109, 109], [9, 22, 31, 31], [0, 2, 2, 111]])
            #expect(try picos(report.total) == 152)
            #expect(try picos(report.unallocated) == 7)
            #expect(try picos(report.completeness?.unallocated) == 7)
            #expect(report.completeness?.basis == .effective)

            let billed = try await service.getChargebackReport(
                .init(month: .init(year: 2026, month: 10), basis: .billed), call)
            #expect(try picos(billed.total) == 0, "these events name no connection, so no bill")
            await pool.shutdown()
        }
    }

    /// Row 20: another organization's rules, units and spend change not a byte of a report.
    @Test func otherOrganizationsDoNotShow() async throws {
        try await ScratchDatabase.with { database in
            let ours = try await ScratchOrganization.make(in: database, units: units)
            let theirs = try await ScratchOrganization.make(
                in: database, units: ["company": nil, "secret": "company"])
            let pool = database.pool()
            try await ours.spend([spend("2026-10-02T00:00:00Z", "x", 5)])
            let request = GetChargebackReportRequest(month: .init(year: 2026, month: 10))
            let before = try await service.getChargebackReport(request, try call(ours, pool))

            try await theirs.spend([spend("2026-10-02T00:00:00Z", "x", 1_000)])
            _ = try await service.setAllocationRules(
                .init(rules: [direct("x", "secret")]), try call(theirs, pool))
            let after = try await service.getChargebackReport(request, try call(ours, pool))
            #expect(after == before)
            let foreign = await #expect(throws: ServiceError.self) {
                try await service.setAllocationRules(
                    .init(rules: [direct("x", "secret")]), try call(ours, pool))
            }
            #expect(foreign?.reason == "BUSINESS_UNIT_UNKNOWN")
            await pool.shutdown()
        }
    }

    @Test func unreadableRequestsNameTheirField() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database)
            let pool = database.pool()
            let call = try call(organization, pool)
            for (request, reason, field) in [
                (GetChargebackReportRequest(), "MONTH_MISSING", "month"),
                (.init(month: .init(year: 2026, month: 13)), "MONTH_INVALID", "month"),
                (
                    .init(month: .init(year: 2026, month: 1), basis: .init(rawValue: 9)),
                    "BASIS_UNKNOWN", "basis"
                ),
            ] as [(GetChargebackReportRequest, String, String)] {
                let error = await #expect(throws: ServiceError.self) {
                    try await service.getChargebackReport(request, call)
                }
                #expect(error?.reason.rawValue == reason)
                #expect(error?.field == field)
            }
            await pool.shutdown()
        }
    }

    @Test func spendInAnotherCurrencyIsNotLeftOut() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database)
            try await organization.spend([
                .init(
                    time: try Instant(rfc3339: "2026-10-02T00:00:00Z"), project: "x", picos: 1,
                    currency: "EUR")
            ])
            let pool = database.pool()
            let call = try call(organization, pool)
            let error = await #expect(throws: ServiceError.self) {
                try await service.getChargebackReport(
                    .init(month: .init(year: 2026, month: 10)), call)
            }
            #expect(error?.reason == "CURRENCY_CONVERSION_MISSING")
            await pool.shutdown()
        }
    }
}
