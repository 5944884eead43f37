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

@testable import BudgetingService

@Suite struct BudgetMethodTests {
    /// Answers with fixed amounts, whatever is asked.
    private struct FixedSource: UnitSpendSource {
        var totals: [BusinessUnitCode: Int128] = [:]
        var perDay: [BusinessUnitCode: Int128] = [:]

        func unitSpend(
            of query: UnitSpendQuery, in transaction: PostgresTransaction
        ) async throws -> UnitSpend {
            let dayCount = query.days.upperBound.dayNumber - query.days.lowerBound.dayNumber
            return UnitSpend(
                totals: totals, total: totals.values.reduce(0, +),
                dailyTotalsEstimate: perDay.mapValues {
                    [Int128](repeating: $0, count: dayCount)
                },
                dailyTotalEstimate: [Int128](
                    repeating: perDay.values.reduce(0, +), count: dayCount), unallocated: 3,
                completeness: SpendCompleteness(
                    basis: .effective, finalThrough: nil, provisional: true, unpricedEntries: 0,
                    unpricedTokens: 0, sources: [], knownAt: query.now, prices: nil))
        }
    }

    private let units: KeyValuePairs<String, String?> = [
        "company": nil, "research": "company", "sales": "company",
    ]

    private func service(_ source: FixedSource = FixedSource()) -> Service {
        Service(
            spendReader: SpendReader(catalogues: PriceCatalogueStore()), unitSpendSource: source)
    }

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

    private func budget(_ unit: String, _ amount: String) -> SetBudgetRequest {
        SetBudgetRequest(
            unitCode: unit, monthlyAmount: .init(amount: amount, currencyCode: "USD"))
    }

    private func code(_ text: String) throws -> BusinessUnitCode { try BusinessUnitCode(text) }

    @Test func statementsFitTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertBudget.self, LockBudget.self, UpdateBudget.self, SelectBudgets.self,
            ])
            #expect(faults == [])
        }
    }

    @Test func settingABudgetAgainReplacesIt() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            let pool = database.pool()
            let call = try call(organization, pool)
            let first = try await service().setBudget(budget("sales", "100"), call)
            let second = try await service().setBudget(
                budget("sales", "250.000000000001"), call)
            #expect(second.id == first.id)
            #expect(second.monthlyAmount?.amount == "250.000000000001")
            #expect(try second.updateTime?.instant() == call.clock.now)
            #expect(try await service().listBudgets(.init(), call).budgets == [second])

            let unknown = await #expect(throws: ServiceError.self) {
                try await service().setBudget(budget("nobody", "1"), call)
            }
            #expect(unknown?.reason == "BUSINESS_UNIT_NOT_FOUND")
            #expect(unknown?.field == "unit_code")
            let currency = await #expect(throws: ServiceError.self) {
                try await service().setBudget(
                    .init(
                        unitCode: "sales", monthlyAmount: .init(amount: "1", currencyCode: "EUR")),
                    call)
            }
            #expect(currency?.reason == "CURRENCY_MISMATCH")
            await pool.shutdown()
        }
    }

    @Test func budgetsAreListedByPagesWithinTheOrganization() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            let other = try await ScratchOrganization.make(in: database, units: units)
            let pool = database.pool()
            let call = try call(organization, pool)
            for unit in ["sales", "company", "research"] {
                _ = try await service().setBudget(budget(unit, "1"), call)
            }
            #expect(
                try await service().listBudgets(.init(), try self.call(other, pool)).budgets == [])

            let first = try await service().listBudgets(.init(pageSize: 2), call)
            #expect(first.budgets.map(\.unitCode) == ["company", "research"])
            let second = try await service().listBudgets(
                .init(pageSize: 2, pageToken: first.nextPageToken), call)
            #expect(second.budgets.map(\.unitCode) == ["sales"])
            #expect(second.nextPageToken == "")

            for (request, reason) in [
                (ListBudgetsRequest(pageSize: -1), "PAGE_SIZE_OUT_OF_RANGE"),
                (.init(pageSize: 1001), "PAGE_SIZE_OUT_OF_RANGE"),
                (.init(pageToken: "no token"), "PAGE_TOKEN_INVALID"),
                (.init(pageToken: "company"), "PAGE_TOKEN_INVALID"),
            ] {
                let error = await #expect(throws: ServiceError.self) {
                    try await service().listBudgets(request, call)
                }
                #expect(error?.reason.rawValue == reason)
            }
            await pool.shutdown()
        }
    }

    @Test func statusComparesSpendAndForecastWithTheBudget() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database, units: units)
            let pool = database.pool()
            let call = try call(organization, pool)
            for unit in ["company", "research", "sales"] {
                _ = try await service().setBudget(budget(unit, "250"), call)
            }
            // 20 November: 19 full days, today and 10 more. 10 a day makes 300 by the end.
            let ten = 10 * Domain.Money.picosPerUnit
            let source = FixedSource(
                totals: [
                    try code("company"): 26 * ten, try code("research"): 20 * ten,
                    try code("sales"): ten / 10,
                ],
                perDay: [try code("company"): ten, try code("research"): ten])
            let report = try await service(source).getBudgetStatus(.init(), call)
            #expect(report.month == API.Month(year: 2026, month: 11))
            #expect(report.statuses.map(\.budget?.unitCode) == ["company", "research", "sales"])
            #expect(report.statuses.map(\.state) == [.over, .atRisk, .onTrack])
            #expect(
                report.statuses.map(\.remaining?.amount) == [
                    "-10.000000000000", "50.000000000000", "249.000000000000",
                ])
            #expect(report.statuses[1].forecast?.mean?.amount == "300.000000000000")
            #expect(report.statuses[2].forecast == nil, "no day of history")
            #expect(report.completeness?.provisional == true)
            #expect(report.completeness?.unallocated?.amount == "0.000000000003")

            let past = try await service(source).getBudgetStatus(
                .init(month: .init(year: 2026, month: 10)), call)
            #expect(past.statuses.map(\.forecast) == [nil, nil, nil])
            #expect(past.statuses.map(\.state) == [.over, .onTrack, .onTrack])
            let error = await #expect(throws: ServiceError.self) {
                try await service().getBudgetStatus(.init(month: .init(year: 1, month: 1)), call)
            }
            #expect(error?.reason == "MONTH_INVALID")
            #expect(error?.field == "month")
            await pool.shutdown()
        }
    }

    @Test func theForecastRestsOnTheLedger() async throws {
        try await ScratchDatabase.with { database in
            let organization = try await ScratchOrganization.make(in: database)
            let pool = database.pool()
            // Noon of 20 November in Berlin; 2 a day for 60 full days, half of it today so far.
            let call = try call(organization, pool, now: "2026-11-20T11:00:00Z")
            let empty = try await service().getMonthEndForecast(.init(), call)
            #expect(empty.estimate == nil)
            #expect(empty.historyDays == 0)
            #expect(empty.spent?.amount == "0.000000000000")

            let today = try Instant(rfc3339: "2026-11-20T10:00:00Z")
            let two = 2 * Domain.Money.picosPerUnit
            try await organization.spend(
                (0...60).map { day in
                    .init(
                        time: today.advanced(bySeconds: Int64(-day) * 86_400), project: "x",
                        picos: day == 0 ? two / 2 : two)
                })
            let result = try await service().getMonthEndForecast(.init(), call)
            #expect(result.month == API.Month(year: 2026, month: 11))
            #expect(result.spent?.amount == "39.000000000000")
            #expect(result.estimate?.mean?.amount == "60.000000000000")
            #expect(result.historyDays == 60)
            #expect(result.completeness?.basis == .effective)
            await pool.shutdown()
        }
    }
}
