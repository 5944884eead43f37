import API
import Domain
import TallyClient
import TestSupport
import Testing

@testable import Server

/// Reports of usage for who is limited to some units: what rules give whole to those and the ones below, and
/// nothing that tells of others.
@Suite struct UnitUsageTests {
    private static let october = (
        API.Date(year: 2026, month: 10, day: 1), API.Date(year: 2026, month: 10, day: 31)
    )

    /// East is below sales until the 16th of October, then below engineering.
    private func with(
        _ body:
            @escaping @Sendable (
                _ owner: Client, _ sales: Client, _ engineering: Client
            ) async throws -> Void
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
                TenantServiceMethods.UpdateBusinessUnit.self,
                UpdateBusinessUnitRequest(
                    code: "east", parentCode: "engineering", updateMask: ["parent_code"],
                    effectiveDate: API.Date(year: 2026, month: 10, day: 16)))
            let rules = ["sales", "east", "engineering"].map { unit in
                AllocationRule(
                    id: unit, conditions: [Condition(dimension: "project", value: "p-\(unit)")],
                    target: .unit(unit))
            }
            _ = try await owner.call(
                AllocationServiceMethods.SetAllocationRules.self,
                SetAllocationRulesRequest(
                    rules: rules + [
                        AllocationRule(
                            id: "shared",
                            conditions: [Condition(dimension: "project", value: "p-shared")],
                            target: .split(Split(method: .even, units: ["sales", "engineering"])))
                    ]))
            try await Self.ingest("first", owner)
            var limited: [Client] = []
            for unit in ["sales", "engineering"] {
                let token = try await owner.call(
                    TenantServiceMethods.CreateToken.self,
                    CreateTokenRequest(
                        displayName: unit, roles: [.unitOwner], unitCodes: [unit]))
                limited.append(harness.client(token: token.secret))
            }
            try await body(owner, limited[0], limited[1])
            for client in limited + [owner] { await client.close() }
        }
    }

    /// Events of each project on days before and after the move, each project of a user of its own.
    private static func ingest(
        _ prefix: String, projects: [String] = ["sales", "east", "engineering", "shared", "none"],
        _ owner: Client
    ) async throws {
        var events: [Event] = []
        for (number, project) in projects.enumerated() {
            // 3, 15, 16 and 27 October, 2026, at noon of UTC.
            for (step, seconds) in [1_791_028_800, 1_792_065_600, 1_792_152_000, 1_793_102_400]
                .enumerated()
            {
                events.append(
                    Event(
                        id: "\(prefix)-\(number)-\(step)", source: "gateway",
                        time: Timestamp(seconds: Int64(seconds)), provider: "openai",
                        model: step == 1 ? "gpt-4.1" : "gpt-4.1-mini",
                        quantities: [
                            Quantity(
                                quantityClass: "input", amount: Int64(1_000 << (2 * number + step)))
                        ], project: "p-\(project)", user: "\(project)@acme.example",
                        tags: project == "sales" ? [Tag(key: "own", value: "yes")] : []))
            }
        }
        let response = try await owner.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events))
        #expect(response.results.allSatisfy { $0.outcome == .accepted })
    }

    private static func summary(
        _ client: Client, by breakdowns: [String] = ["project"], filters: [UsageFilter] = []
    ) async throws -> UsageSummaryResponse {
        try await client.call(
            IngestionServiceMethods.UsageSummary.self,
            UsageSummaryRequest(
                from: october.0, through: october.1, breakdowns: breakdowns, filters: filters))
    }

    /// What all four reports say.
    private static func everything(_ client: Client) async throws -> [String] {
        let trend = try await client.call(
            IngestionServiceMethods.UsageTrend.self,
            UsageTrendRequest(from: october.0, through: october.1, step: .week))
        let models = try await client.call(
            IngestionServiceMethods.TopModels.self,
            TopModelsRequest(from: october.0, through: october.1, limit: 1))
        let coverage = try await client.call(
            IngestionServiceMethods.TagCoverage.self,
            TagCoverageRequest(from: october.0, through: october.1))
        let summary = try await summary(client, by: ["project", "user", "model", "day"])
        // The others come as one.
        let first = try await client.call(
            IngestionServiceMethods.UsageSummary.self,
            UsageSummaryRequest(
                from: october.0, through: october.1, breakdowns: ["project"], limit: 1))
        #expect(first.otherRows == 1)
        return [
            try trend.json(), try models.json(), try coverage.json(), try summary.json(),
            try first.json(),
        ]
    }

    /// Reports come to the direct amounts of the chargeback report, whatever they are told apart by; a unit
    /// that moved is whose it was on each day.
    @Test func reportsAreTheDirectAmountsOfTheirUnits() async throws {
        try await with { owner, sales, engineering in
            for (client, days) in [
                (sales, ["p-east": 2, "p-sales": 4]),
                (engineering, ["p-east": 2, "p-engineering": 4]),
            ] {
                let report = try await client.call(
                    AllocationServiceMethods.GetChargebackReport.self,
                    GetChargebackReportRequest(month: API.Month(year: 2026, month: 10)))
                let direct = try report.units.reduce(Domain.Money.zero(.usd)) { sum, unit in
                    try sum.adding(Domain.Money(wire: unit.direct ?? API.Money()))
                }
                let byDay = try await Self.summary(client, by: ["project", "day"])
                var counts: [String: Int] = [:]
                for row in byDay.rows { counts[row.values[0].value, default: 0] += 1 }
                #expect(counts == days)
                #expect(byDay.total?.cost == API.Money(direct))
                for breakdowns in [[], ["month"], ["week", "user"], ["model"]] {
                    let total = try await Self.summary(client, by: breakdowns).total
                    #expect(total == byDay.total)
                }
                let trend = try await client.call(
                    IngestionServiceMethods.UsageTrend.self,
                    UsageTrendRequest(
                        from: Self.october.0, through: Self.october.1, step: .month))
                #expect(trend.total == byDay.total?.cost)
                let models = try await client.call(
                    IngestionServiceMethods.TopModels.self,
                    TopModelsRequest(from: Self.october.0, through: Self.october.1))
                #expect(models.total == byDay.total?.cost)
                for completeness in [
                    byDay.completeness, trend.completeness, models.completeness,
                ] {
                    #expect(completeness?.ofSomeUnits == true && completeness?.sources == [])
                }
            }
            // Who sees all of it sees more than both.
            let whole = try await Self.summary(owner)
            #expect(whole.rows.count == 5 && whole.completeness?.ofSomeUnits == false)
        }
    }

    /// Whatever others spend, no answer changes by it; and asking for what is another's is asking for what
    /// is nowhere.
    @Test func nothingIsToldOfOthers() async throws {
        try await with { owner, sales, _ in
            let before = try await Self.everything(sales)
            try await Self.ingest("more", projects: ["engineering", "shared", "none"], owner)
            #expect(try await Self.everything(sales) == before)
            for text in before {
                for other in ["engineering", "p-shared", "none@", "p-none", "gateway"] {
                    #expect(!text.contains(other), "\(other)")
                }
            }
            for dimension in ["project", "user"] {
                let ask = { (value: String) in
                    try await Self.summary(
                        sales, by: [dimension, "day"],
                        filters: [UsageFilter(dimension: dimension, values: [value])]
                    ).json()
                }
                let nowhere = try await ask("p-nowhere")
                for value in ["p-engineering", "p-shared", "engineering@acme.example"] {
                    #expect(try await ask(value) == nowhere, "\(value)")
                }
                let own = dimension == "project" ? "p-sales" : "sales@acme.example"
                #expect(try await ask(own) != nowhere)
            }
            // What is of everybody's stays refused.
            let error = await #expect(throws: TallyError.self) {
                try await sales.serverStreaming(
                    IngestionServiceMethods.ExportEntries.self,
                    ExportEntriesRequest(from: Self.october.0, through: Self.october.1)
                ) { parts in
                    for try await _ in parts {}
                }
            }
            #expect(error?.reason == "UNIT_SCOPE_NOT_SERVED")
        }
    }
}
