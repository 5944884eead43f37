import Core
import Domain
import Testing

@testable import Providers

struct OpenAIReportTests {
    /// Rows 5 and 6: each convention for cached and reasoning tokens, from golden exchanges, into
    /// disjoint classes.
    @Test(arguments: try ProviderFixture.all("openai/usage-completions-"))
    func usageFixturesDecodeToTheirFacts(_ fixture: ProviderFixture) throws {
        do {
            let page = try OpenAIUsageReport.decode(fixture.response)
            #expect(fixture.facts["decodes"] != .bool(false))
            try FixtureChecks.usage(page, fixture)
        } catch let error as ProviderError {
            FixtureChecks.refusal(error, fixture)
        }
    }

    @Test(arguments: try ProviderFixture.all("openai/costs-"))
    func costFixturesDecodeToTheirFacts(_ fixture: ProviderFixture) throws {
        do {
            let page = try OpenAICostReport.decode(fixture.response)
            #expect(fixture.facts["decodes"] != .bool(false))
            try FixtureChecks.costs(page, fixture)
        } catch let error as ProviderError {
            FixtureChecks.refusal(error, fixture)
        }
    }

    @Test func everyPageOfAWindowRepeatsAllParameters() async throws {
        let first = try ProviderFixture.load("openai/usage-completions-hourly-page-1.json")
        let second = try ProviderFixture.load("openai/usage-completions-hourly-page-2.json")
        let transport = RecordedTransport([first.response, second.response])
        let connector = OpenAIConnector(key: Secret("sk-admin-fixture"), transport: transport)
        let window = ReportWindow(
            from: Instant(seconds: 1_793_404_800), through: Instant(seconds: 1_793_419_200))

        let page = try await connector.fetch(
            OpenAIEndpoint.completions.report, window, cursor: nil)
        _ = try await connector.fetch(
            OpenAIEndpoint.completions.report, window, cursor: page.nextCursor)

        let requests = await transport.requests
        for (request, fixture) in zip(requests, [first, second]) {
            #expect(
                request.query.filter { $0.name != "limit" }.map { "\($0.name)=\($0.value)" }
                    == fixture.query())
            #expect(request.path == fixture.root["request"]["path"].text)
            #expect(request.credential.name == "authorization")
            #expect(request.credential.value.reveal() == "Bearer sk-admin-fixture")
            #expect(request.query.contains { $0 == ("limit", "168") })
        }
    }

    @Test func costsAskForTheBillsFinestCells() throws {
        let fixture = try ProviderFixture.load("openai/costs-line-items-page-2.json")
        let request = OpenAIRequests(key: Secret("k")).request(
            .costs,
            ReportWindow(
                from: Instant(seconds: 1_793_404_800), through: Instant(seconds: 1_793_750_400)),
            cursor: "page_AAAAAGkEBAAAAAGdGxdEiJdKOAA=")
        #expect(request.path == "/v1/organization/costs")
        #expect(
            request.query.filter { $0.name != "limit" }.map { "\($0.name)=\($0.value)" }
                == fixture.query())
        #expect(request.target.hasSuffix("&page=page_AAAAAGkEBAAAAAGdGxdEiJdKOAA%3D"))
    }

    @Test(arguments: [
        (true, "\"flex\"", "batch"), (false, "\"flex\"", "flex"),
        (false, "\"default\"", "standard"),
        (false, "\"priority\"", "priority"), (false, "null", "standard"),
        (false, "\"scale\"", "standard"), (true, "null", "batch"),
    ])
    func batchWinsOverTheNamedTier(_ batch: Bool, _ tier: String, _ expected: String) throws {
        let page = try Self.usage(
            #""input_tokens":1,"output_tokens":0,"batch":\#(batch),"service_tier":\#(tier)"#)
        #expect(page.rows[0].dimensions.serviceTier == expected)
    }

    @Test func undividedCacheWritesCountAsTheDefaultLifetime() throws {
        let page = try Self.usage(
            """
            "input_tokens":100,"output_tokens":0,"input_cache_write_tokens":60,\
            "input_cache_write_12h_tokens":20,"input_cache_write_30m_tokens":10
            """)
        let quantities = page.rows[0].quantities
        #expect(quantities[.cacheWrite30m] == 40)
        #expect(quantities[.cacheWrite12h] == 20)
        #expect(quantities[.input] == 40)
        #expect(page.rows[0].contradictedField == nil)
    }

    @Test func countsAtTheEdgeOf64BitsAreKeptAndFlagged() throws {
        let huge = Int64.max
        let page = try Self.usage(
            """
            "input_tokens":\(huge),"output_tokens":0,"input_cached_tokens":\(huge),\
            "input_cache_write_tokens":\(huge)
            """)
        #expect(page.rows[0].contradictedField == "input_tokens")
        #expect(page.rows[0].quantities[.cacheRead] == huge)
        #expect(page.rows[0].quantities[.input] == nil)
    }

    @Test(arguments: [
        ("gpt-6-sol, input_tokens", "gpt-6-sol", QuantityClass.input),
        ("gpt-5-2025-08-07, input", "gpt-5-2025-08-07", .input),
        ("gpt-6-sol, cached input", "gpt-6-sol", .cacheRead),
        ("gpt-6-sol, cached_input_tokens", "gpt-6-sol", .cacheRead),
        ("gpt-6-sol, input_cache_write_tokens", "gpt-6-sol", .cacheWrite),
        ("gpt-6-sol, output", "gpt-6-sol", .outputUnsplit),
        ("web search tool calls", nil, nil), ("gpt-6-sol, training", nil, nil),
        (", input", nil, nil), ("a, b, input", nil, nil), ("", nil, nil),
    ])
    func lineItemsThatAreNotAModelAndItsMeterStayOpaque(
        _ text: String, _ model: String?, _ quantityClass: QuantityClass?
    ) {
        let item = OpenAILineItem(text)
        #expect(item.model == model)
        #expect(item.quantityClass == quantityClass)
    }

    @Test func aCursorThatAsksForItselfIsRefused() async throws {
        let body = #"{"data":[],"has_more":true,"next_page":"same"}"#
        let transport = RecordedTransport([
            ProviderResponse(status: 200, headers: [:], body: Array(body.utf8))
        ])
        let connector = OpenAIConnector(key: Secret("k"), transport: transport)
        let window = ReportWindow(from: Instant(seconds: 0), through: Instant(seconds: 3600))
        await #expect(throws: ProviderError(.malformed(.cursorDoesNotAdvance))) {
            _ = try await connector.fetch(
                OpenAIEndpoint.completions.report, window, cursor: "same")
        }
    }

    private static func usage(_ fields: String) throws -> ReportPage<NormalizedUsage> {
        let body = """
            {"data":[{"start_time":3600,"end_time":7200,"results":[{\(fields)}]}],\
            "has_more":false,"next_page":null}
            """
        return try OpenAIUsageReport.decode(
            ProviderResponse(status: 200, headers: [:], body: Array(body.utf8)))
    }
}
