import Core
import Domain
import Testing

@testable import Providers

/// Claude Code analytics, from golden exchanges.
struct AnthropicCodeReportTests {
    private static let day = DocumentedFieldsTests.day

    private static func activity(_ page: ReportPage<ReportedRow>) -> [NormalizedActivity] {
        page.rows.compactMap { if case .activity(let activity) = $0 { activity } else { nil } }
    }

    private static func connector(_ transport: RecordedTransport) -> AnthropicConnector {
        AnthropicConnector(key: Secret("sk-ant-admin01-fixture"), transport: transport)
    }

    @Test func pagesOfADayAreReadAsTheirFactsSay() async throws {
        let pages = try [1, 2].map {
            try ProviderFixture.load("anthropic/claude-code-page-\($0).json")
        }
        let transport = RecordedTransport(pages.map(\.response))
        let connector = Self.connector(transport)
        let first = try await connector.fetch(
            AnthropicCodeReport.report, Self.day, cursor: nil)
        let second = try await connector.fetch(
            AnthropicCodeReport.report, Self.day, cursor: first.nextCursor)
        // A day is whole with its last page: what no page told is taken back then.
        #expect(first.buckets.isEmpty && second.buckets == [Self.day])
        #expect(second.nextCursor == nil)
        let facts = pages.flatMap { $0.facts["rows"].elements }
        let rows = Self.activity(first) + Self.activity(second)
        try #require(rows.count == facts.count)
        for (row, fact) in zip(rows, facts) { try Self.expect(row, fact) }
        #expect(Set(rows.map(\.naturalKey)).count == rows.count)
        for (request, page) in zip(await transport.requests, pages) {
            #expect(request.path == page.root["request"]["path"].text)
            #expect(
                request.query.filter { $0.name != "limit" }.map { "\($0.name)=\($0.value)" }
                    == page.query())
            #expect(request.headers.contains { $0 == ("anthropic-version", "2023-06-01") })
        }
    }

    private static func expect(_ row: NormalizedActivity, _ fact: ExactJSON) throws {
        let actor =
            switch row.actor {
            case .user(let email): email
            case .apiKey(let name): name
            }
        #expect(actor == fact["actor"].text)
        let counts = [
            "sessions": row.sessions, "lines_added": row.linesAdded,
            "lines_removed": row.linesRemoved, "commits": row.commits,
            "pull_requests": row.pullRequests,
            "accepted": row.suggestions.reduce(0) { $0 + $1.accepted },
            "rejected": row.suggestions.reduce(0) { $0 + $1.rejected },
        ]
        for (name, count) in counts { #expect(fact[name].literal == "\(count)", "\(name)") }
        let models = fact["models"].elements
        try #require(row.models.count == models.count)
        for (model, fact) in zip(row.models, models) {
            #expect(model.model == fact["model"].text)
            let tokens = [
                "input": model.input, "cache_read": model.cacheRead,
                "cache_write": model.cacheWrite, "output": model.output,
            ]
            for (name, count) in tokens { #expect(fact[name].literal == "\(count)", "\(name)") }
            let cost = try #require(fact["estimated_cost"].text)
            #expect(model.estimatedCost == (try Money(cost, currency: .usd, rounding: .halfEven)))
        }
    }

    @Test func aCountThatIsATextIsRefused() throws {
        let fixture = try ProviderFixture.load("anthropic/claude-code-wrong-types.json")
        do {
            _ = try AnthropicCodeReport.decode(fixture.response, Self.day)
            Issue.record("it was read")
        } catch {
            FixtureChecks.refusal(error, fixture)
        }
    }

    /// An answer for another day would be stored under the one that was asked for.
    @Test func anAnswerOfAnotherDayIsRefused() throws {
        let fixture = try ProviderFixture.load("anthropic/claude-code-page-1.json")
        let next = ReportWindow(
            from: Self.day.through, through: Self.day.through.advanced(bySeconds: 86_400))
        #expect(throws: ProviderError.self) {
            try AnthropicCodeReport.decode(fixture.response, next)
        }
    }

    /// A window is as many answers as it has days; each names the one it is asked for.
    @Test func aWindowIsReadDayByDay() async throws {
        let empty = ProviderResponse(
            status: 200, headers: [:],
            body: Array(#"{"data":[],"has_more":false,"next_page":null}"#.utf8))
        let transport = RecordedTransport(Array(repeating: empty, count: 3))
        let connector = Self.connector(transport)
        let window = ReportWindow(
            from: Self.day.from, through: Self.day.from.advanced(bySeconds: 3 * 86_400))
        var cursor: String?
        var days: [ReportWindow] = []
        repeat {
            let page = try await connector.fetch(
                AnthropicCodeReport.report, window, cursor: cursor)
            days += page.buckets
            cursor = page.nextCursor
        } while cursor != nil
        let asked = await transport.requests.map { $0.query[0].value }
        #expect(asked == ["2026-11-03", "2026-11-04", "2026-11-05"])
        #expect(days.map(\.from.rfc3339) == asked.map { "\($0)T00:00:00Z" })
        await #expect(throws: ProviderError(.badRequest)) {
            _ = try await connector.fetch(
                AnthropicCodeReport.report, window, cursor: "2026-11-06")
        }
    }

    /// An account without Claude Code has no activity, and its figures are read all the same.
    @Test(arguments: [403, 404])
    func whatMayNotBeReadSaysNothing(_ status: Int) async throws {
        let transport = RecordedTransport([
            ProviderResponse(status: status, headers: [:], body: [])
        ])
        let page = try await Self.connector(transport).fetch(
            AnthropicCodeReport.report, Self.day, cursor: nil)
        #expect(page.rows.isEmpty && page.buckets.isEmpty && page.nextCursor == nil)
    }
}
