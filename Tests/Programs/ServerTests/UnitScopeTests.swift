import API
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// Who is limited to some units sees what they and those below them spend, and nothing else.
@Suite struct UnitScopeTests {
    private static let october = API.Month(year: 2026, month: 10)

    /// Half of 0.006 USD is sales', half engineering's; sales' is east's, below it.
    private func with(
        _ body: @escaping @Sendable (_ owner: Client, _ limited: Client) async throws -> Void
    ) async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            for (code, parent) in [
                ("acme", ""), ("sales", "acme"), ("east", "sales"), ("engineering", "acme"),
            ] {
                _ = try await owner.call(
                    TenantServiceMethods.CreateBusinessUnit.self,
                    CreateBusinessUnitRequest(
                        code: code, displayName: code, parentCode: parent,
                        effectiveDate: API.Date(year: 2026, month: 1, day: 1)))
            }
            _ = try await owner.call(
                AllocationServiceMethods.SetAllocationRules.self,
                SetAllocationRulesRequest(rules: [
                    AllocationRule(
                        id: "halves",
                        target: .split(Split(method: .even, units: ["east", "engineering"])))
                ]))
            for code in ["acme", "east", "engineering"] {
                _ = try await owner.call(
                    BudgetingServiceMethods.SetBudget.self,
                    SetBudgetRequest(
                        unitCode: code,
                        monthlyAmount: API.Money(amount: "100", currencyCode: "USD")))
            }
            // gpt-4.1 input is 2 USD a million. The server's clock says 5 November 2026.
            for (id, seconds) in [("october", 1_793_000_000), ("november", 1_793_800_000)] {
                _ = try await owner.call(
                    IngestionServiceMethods.IngestEvents.self,
                    IngestEventsRequest(events: [
                        Event(
                            id: id, source: "gateway", time: Timestamp(seconds: Int64(seconds)),
                            provider: "openai", model: "gpt-4.1",
                            quantities: [Quantity(quantityClass: "input", amount: 3_000)])
                    ]))
            }
            let token = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(
                    displayName: "Sales", roles: [.unitOwner], unitCodes: ["sales"]))
            let limited = harness.client(token: token.secret)
            try await body(owner, limited)
            await limited.close()
            await owner.close()
        }
    }

    @Test func reportsShowTheirUnitsAlone() async throws {
        try await with { owner, limited in
            let request = GetChargebackReportRequest(month: Self.october)
            let method = AllocationServiceMethods.GetChargebackReport.self
            let whole = try await owner.call(method, request)
            #expect(whole.units.count == 4)
            #expect(whole.total?.amount == "0.006000000000")
            let part = try await limited.call(method, request)
            #expect(part.units.map(\.unitCode) == ["east", "sales"])
            // What is above the caller's units is not named.
            #expect(part.units.map(\.parentCode) == ["sales", ""])
            #expect(
                part.units.map { $0.total?.amount ?? "" }
                    == Array(
                        repeating: "0.003000000000", count: 2))
            #expect(part.total?.amount == "0.003000000000")
            #expect(part.unallocated == nil)
            #expect(part.completeness?.unallocated == nil)
        }
    }

    @Test func budgetsAndForecastsAreThoseOfTheirUnits() async throws {
        try await with { owner, limited in
            let budgets = try await limited.call(
                BudgetingServiceMethods.ListBudgets.self, ListBudgetsRequest()
            ).budgets
            #expect(budgets.map(\.unitCode) == ["east"])
            let status = try await limited.call(
                BudgetingServiceMethods.GetBudgetStatus.self,
                GetBudgetStatusRequest(month: Self.october))
            #expect(status.statuses.map { $0.budget?.unitCode } == ["east"])
            #expect(status.statuses.map { $0.spent?.amount } == ["0.003000000000"])
            #expect(status.completeness?.unallocated == nil)
            let method = BudgetingServiceMethods.GetMonthEndForecast.self
            let whole = try await owner.call(method, GetMonthEndForecastRequest())
            let part = try await limited.call(method, GetMonthEndForecastRequest())
            #expect(whole.spent?.amount == "0.006000000000")
            #expect(part.spent?.amount == "0.003000000000")
            // Half of each day is half of the estimate.
            #expect(whole.historyDays == part.historyDays)
        }
    }

    /// A budget is today's, whatever the month: who has a unit no longer does not see it.
    @Test func budgetsAreThoseOfUnitsThatAreTheirsThenAndNow() async throws {
        try await with { owner, limited in
            _ = try await owner.call(
                TenantServiceMethods.UpdateBusinessUnit.self,
                UpdateBusinessUnitRequest(
                    code: "east", parentCode: "engineering", updateMask: ["parent_code"],
                    effectiveDate: API.Date(year: 2026, month: 11, day: 5)))
            let method = BudgetingServiceMethods.GetBudgetStatus.self
            let before = try await limited.call(
                method, GetBudgetStatusRequest(month: Self.october))
            #expect(before.statuses == [])
            #expect(try await limited.call(method, GetBudgetStatusRequest()).statuses == [])
            // The spend of October is still its own.
            let report = try await limited.call(
                AllocationServiceMethods.GetChargebackReport.self,
                GetChargebackReportRequest(month: Self.october))
            #expect(report.total?.amount == "0.003000000000")
            let forecast = try await limited.call(
                BudgetingServiceMethods.GetMonthEndForecast.self, GetMonthEndForecastRequest())
            #expect(forecast.estimate == nil)
            #expect(forecast.completeness?.sources == [])
        }
    }

    /// Of a unit that came in the month they see what it has spent since, which would look like far
    /// less than its budget; a unit that is new to everybody has nothing before.
    @Test func budgetsOfUnitsThatCameInTheMonthAreNotCompared() async throws {
        try await with { owner, limited in
            _ = try await owner.call(
                TenantServiceMethods.UpdateBusinessUnit.self,
                UpdateBusinessUnitRequest(
                    code: "engineering", parentCode: "sales", updateMask: ["parent_code"],
                    effectiveDate: API.Date(year: 2026, month: 11, day: 3)))
            _ = try await owner.call(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(code: "new", displayName: "New", parentCode: "sales"))
            _ = try await owner.call(
                BudgetingServiceMethods.SetBudget.self,
                SetBudgetRequest(
                    unitCode: "new",
                    monthlyAmount: API.Money(amount: "1", currencyCode: "USD")))
            for unit in ["sales", "east"] {
                _ = try await owner.call(
                    BudgetingServiceMethods.SetBudget.self,
                    SetBudgetRequest(
                        unitCode: unit,
                        monthlyAmount: API.Money(amount: "100", currencyCode: "USD")))
            }
            let method = BudgetingServiceMethods.GetBudgetStatus.self
            let codes = { (client: Client) in
                try await client.call(method, GetBudgetStatusRequest()).statuses
                    .map { $0.budget?.unitCode ?? "" }
            }
            #expect(try await codes(limited) == ["east", "new", "sales"])
            #expect(try await codes(owner) == ["acme", "east", "engineering", "new", "sales"])
            // Engineering's days before are part of what sales will come to, and are not shown.
            let forecasts = { (client: Client) in
                try await client.call(method, GetBudgetStatusRequest()).statuses
                    .filter { $0.forecast != nil }.map { $0.budget?.unitCode ?? "" }
            }
            #expect(try await forecasts(limited) == ["east"])
            #expect(Set(try await forecasts(owner)).isSuperset(of: ["east", "sales"]))
        }
    }
}
