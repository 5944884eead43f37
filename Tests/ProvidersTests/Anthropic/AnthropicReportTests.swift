import Core
import Domain
import Testing

@testable import Providers

struct AnthropicReportTests {
    /// Rows 5 and 6: each convention for cached and reasoning tokens, from golden exchanges, into
    /// disjoint classes.
    @Test(arguments: try ProviderFixture.all("anthropic/usage-messages-"))
    func usageFixturesDecodeToTheirFacts(_ fixture: ProviderFixture) throws {
        do {
            let page = try AnthropicUsageReport.decode(fixture.response)
            #expect(fixture.facts["decodes"] != .bool(false))
            try FixtureChecks.usage(page, fixture)
        } catch let error as ProviderError {
            FixtureChecks.refusal(error, fixture)
        }
    }

    @Test(arguments: try ProviderFixture.all("anthropic/cost-report-"))
    func costFixturesDecodeToTheirFacts(_ fixture: ProviderFixture) throws {
        do {
            let page = try AnthropicCostReport.decode(fixture.response)
            #expect(fixture.facts["decodes"] != .bool(false))
            try FixtureChecks.costs(page, fixture)
        } catch let error as ProviderError {
            FixtureChecks.refusal(error, fixture)
        }
    }

    @Test func everyPageOfAWindowRepeatsAllParameters() async throws {
        let first = try ProviderFixture.load("anthropic/usage-messages-hourly-page-1.json")
        let second = try ProviderFixture.load("anthropic/usage-messages-hourly-page-2.json")
        let transport = RecordedTransport([first.response, second.response])
        let connector = AnthropicConnector(
            key: Secret("sk-ant-admin01-fixture"), transport: transport)
        let window = ReportWindow(
            from: try Instant(rfc3339: "2026-11-01T00:00:00Z"),
            through: try Instant(rfc3339: "2026-11-01T04:00:00Z"))

        let page = try await connector.fetch(
            AnthropicEndpoint.messages.report, window, cursor: nil)
        _ = try await connector.fetch(
            AnthropicEndpoint.messages.report, window, cursor: page.nextCursor)

        for (request, fixture) in zip(await transport.requests, [first, second]) {
            #expect(
                request.query.filter { $0.name != "limit" }.map { "\($0.name)=\($0.value)" }
                    == fixture.query())
            #expect(request.path == fixture.root["request"]["path"].text)
            #expect(request.headers.contains { $0 == ("anthropic-version", "2023-06-01") })
            #expect(request.headers.contains { $0 == ("anthropic-beta", "fast-mode-2026-02-01") })
            #expect(request.credential.name == "x-api-key")
            #expect(request.credential.value.reveal() == "sk-ant-admin01-fixture")
        }
    }

    @Test func costsAskForTheBillsFinestCells() throws {
        let fixture = try ProviderFixture.load("anthropic/cost-report-page-1.json")
        let request = AnthropicRequests(key: Secret("k")).request(
            .costs,
            ReportWindow(
                from: try Instant(rfc3339: "2026-11-01T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-05T00:00:00Z")),
            cursor: nil)
        #expect(request.path == "/v1/organizations/cost_report")
        #expect(
            request.query.filter { $0.name != "limit" }.map { "\($0.name)=\($0.value)" }
                == fixture.query())
        #expect(request.target.contains("group_by%5B%5D=workspace_id"))
    }

    @Test func longContextBatchAndUSInferenceReachTheDimensions() throws {
        let fixture = try ProviderFixture.load("anthropic/usage-messages-hourly-page-2.json")
        let dimensions = try AnthropicUsageReport.decode(fixture.response).rows.map(\.dimensions)
        #expect(dimensions.map(\.contextTier) == ["200k-1M", "0-200k", "0-200k"])
        #expect(dimensions.map(\.serviceTier) == ["standard", "batch", "standard"])
        #expect(dimensions.map(\.region) == ["", "", "us"])
    }

    /// Whose calls they are, and how fast.
    @Test func accountsAndSpeedsReachTheDimensions() throws {
        let fixture = try ProviderFixture.load("anthropic/usage-messages-hourly-page-1.json")
        let dimensions = try AnthropicUsageReport.decode(fixture.response).rows.map(\.dimensions)
        #expect(dimensions.map(\.user) == ["", "", "user_01Pq"])
        #expect(
            dimensions.map(\.tags) == [
                [
                    ReportedDimension("service_account", "svac_01Kd"),
                    ReportedDimension("speed", "fast"),
                ], [], [],
            ])
    }

    @Test(arguments: [
        ("priority_on_demand", "priority"), ("flex_discount", "flex"), ("flex", "flex"),
        ("standard", "standard"), ("unheard-of", "standard"),
    ])
    func serviceTiersAreNamedAsPricesAre(_ reported: String, _ expected: String) {
        #expect(AnthropicDimensions.serviceTier(reported) == expected)
    }
}
