import API
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// Two organizations with the same names and ids, and walls between them.
@Suite struct IsolationTests {
    /// Row 20: whatever another organization does, our answers stay the same bytes, and they hold our
    /// figures only.
    @Test func anotherOrganizationsFiguresNeverShow() async throws {
        try await ServerHarness.with { harness in
            let ours = try await organization("ours", in: harness)
            let theirs = try await organization("theirs", in: harness)
            try await ingest(1...3, tokens: 1_000, by: ours)
            let before = try await answers(of: ours)
            #expect(try await total(of: ours) == "0.006000000000")

            try await ingest(1...5, tokens: 7_777, by: theirs)
            try await furnish(theirs)
            #expect(try await answers(of: ours) == before)
            #expect(try await total(of: ours) == "0.006000000000")
            #expect(try await total(of: theirs) == "0.077770000000")
            await ours.close()
            await theirs.close()
        }
    }

    /// Row 11: the same event id in another organization is another event.
    @Test func sameEventIDCountsInEachOrganization() async throws {
        try await ServerHarness.with { harness in
            for name in ["first", "second"] {
                let client = try await organization(name, in: harness)
                let outcomes = try await ingest(1...1, tokens: 1_000, by: client)
                #expect(outcomes == [.accepted])
                await client.close()
            }
        }
    }

    @Test func anotherOrganizationsConnectionIsNotFound() async throws {
        try await ServerHarness.with { harness in
            let ours = try await organization("ours", in: harness)
            let theirs = try await organization("theirs", in: harness)
            let connection = try await theirs.call(
                ConnectionServiceMethods.CreateConnection.self,
                CreateConnectionRequest(
                    provider: .openai, displayName: "OpenAI", apiKey: "sk-admin-isolation-0001"))
            for id in [connection.id, "00000000-0000-7000-8000-000000000000"] {
                do {
                    _ = try await ours.call(
                        ConnectionServiceMethods.GetConnection.self, GetConnectionRequest(id: id))
                    Issue.record("another organization's connection was found")
                } catch {
                    let error = try #require(error as? TallyError)
                    // A foreign id and one that nobody has look the same.
                    #expect(error.code == .notFound)
                    #expect(error.reason == "CONNECTION_NOT_FOUND")
                }
            }
            await ours.close()
            await theirs.close()
        }
    }

    // MARK: Both organizations

    /// An organization with a unit and a rule, and its owner's client.
    private func organization(
        _ slug: String, in harness: ServerHarness
    ) async throws -> Client {
        let platform = harness.client(token: harness.operatorToken)
        let created = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: "Same name", timeZone: "Europe/Berlin",
                ownerEmail: "owner@example.com"))
        await platform.close()
        let client = harness.client(token: created.ownerToken)
        _ = try await client.call(
            TenantServiceMethods.CreateBusinessUnit.self,
            CreateBusinessUnitRequest(
                code: "company", displayName: "Company",
                effectiveDate: API.Date(year: 2026, month: 1, day: 1)))
        _ = try await client.call(
            AllocationServiceMethods.SetAllocationRules.self,
            SetAllocationRulesRequest(rules: [
                AllocationRule(id: "everything", target: .unit("company"))
            ]))
        return client
    }

    /// Events that cost 2 picos times a million a token: gpt-4.1 input is 2 USD a million.
    @discardableResult
    private func ingest(
        _ numbers: ClosedRange<Int>, tokens: Int64, by client: Client
    ) async throws -> [EventResult.Outcome] {
        let events = numbers.map { number in
            Event(
                id: "event-\(number)", source: "gateway",
                time: Timestamp(seconds: 1_793_000_000 + Int64(number), nanos: 0),
                provider: "openai", model: "gpt-4.1",
                quantities: [Quantity(quantityClass: "input", amount: tokens)])
        }
        let response = try await client.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events))
        return response.results.map(\.outcome)
    }

    /// What else an organization can hold.
    private func furnish(_ client: Client) async throws {
        _ = try await client.call(
            TenantServiceMethods.CreateBusinessUnit.self,
            CreateBusinessUnitRequest(
                code: "second", displayName: "Second", parentCode: "company"))
        _ = try await client.call(
            TenantServiceMethods.UpdateBusinessUnit.self,
            UpdateBusinessUnitRequest(
                code: "company", displayName: "Renamed", updateMask: ["display_name"]))
        _ = try await client.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: "second@example.com", roles: [.finance]))
        _ = try await client.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "second", roles: [.analyst]))
        _ = try await client.call(
            ConnectionServiceMethods.CreateConnection.self,
            CreateConnectionRequest(
                provider: .anthropic, displayName: "Anthropic",
                apiKey: "sk-ant-admin01-isolation-0001"))
        _ = try await client.call(
            BudgetingServiceMethods.SetBudget.self,
            SetBudgetRequest(
                unitCode: "company",
                monthlyAmount: API.Money(amount: "100", currencyCode: "USD")))
    }

    private static let october = API.Month(year: 2026, month: 10)

    /// Every read of the schema that shows an organization's own, with a request.
    private static var reads: [(method: String, bytes: [UInt8])] {
        get throws {
            let from = API.Date(year: 2026, month: 10, day: 1)
            let through = API.Date(year: 2026, month: 10, day: 31)
            return [
                (TenantServiceMethods.GetOrganization.name, []),
                (TenantServiceMethods.ListOrganizations.name, []),
                (
                    TenantServiceMethods.GetBusinessUnit.name,
                    GetBusinessUnitRequest(code: "company").serialized()
                ),
                (TenantServiceMethods.ListBusinessUnits.name, []),
                (
                    TenantServiceMethods.ListBusinessUnitVersions.name,
                    ListBusinessUnitVersionsRequest(code: "company").serialized()
                ),
                (TenantServiceMethods.ListMembers.name, []),
                (TenantServiceMethods.ListTokens.name, []),
                (TenantServiceMethods.ListAuditRecords.name, []),
                (TenantServiceMethods.GetAuditHead.name, []),
                (ConnectionServiceMethods.ListConnections.name, []),
                (ConnectionServiceMethods.SummarizeConnections.name, []),
                (
                    IngestionServiceMethods.UsageTrend.name,
                    UsageTrendRequest(from: from, through: through).serialized()
                ),
                (
                    IngestionServiceMethods.TopModels.name,
                    TopModelsRequest(from: from, through: through).serialized()
                ),
                (
                    IngestionServiceMethods.UsageSummary.name,
                    UsageSummaryRequest(
                        from: from, through: through, breakdowns: ["model", "source", "day"]
                    ).serialized()
                ),
                (
                    IngestionServiceMethods.TagCoverage.name,
                    TagCoverageRequest(from: from, through: through).serialized()
                ),
                (AllocationServiceMethods.GetAllocationRules.name, []),
                (
                    AllocationServiceMethods.GetChargebackReport.name,
                    GetChargebackReportRequest(month: Self.october).serialized()
                ),
                (BudgetingServiceMethods.ListBudgets.name, []),
                (
                    BudgetingServiceMethods.GetBudgetStatus.name,
                    GetBudgetStatusRequest(month: Self.october).serialized()
                ),
                (BudgetingServiceMethods.GetMonthEndForecast.name, []),
            ]
        }
    }

    /// What `reads` answer, as bytes.
    private func answers(of client: Client) async throws -> [[UInt8]] {
        var answers: [[UInt8]] = []
        for (method, bytes) in try Self.reads {
            answers.append(try await client.callRaw(method: method, bytes: bytes))
        }
        return answers
    }

    private func total(of client: Client) async throws -> String? {
        let report = try await client.call(
            AllocationServiceMethods.GetChargebackReport.self,
            GetChargebackReportRequest(month: Self.october))
        let unit = try #require(report.units.first)
        #expect(unit.own?.amount == report.total?.amount)
        return report.total?.amount
    }
}
