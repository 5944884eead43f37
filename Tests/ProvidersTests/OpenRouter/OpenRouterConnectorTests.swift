import Core
import Domain
import Testing

@testable import Providers

struct OpenRouterConnectorTests {
    private static func day(_ date: String, days: Int64 = 1) throws -> ReportWindow {
        let from = try Instant(rfc3339: "\(date)T00:00:00Z")
        return ReportWindow(from: from, through: from.advanced(bySeconds: days * 86_400))
    }

    private static func connector(_ responses: [ProviderResponse]) -> (
        OpenRouterConnector, RecordedTransport
    ) {
        let transport = RecordedTransport(responses)
        return (
            OpenRouterConnector(key: Secret("sk-or-v1-fixture"), transport: transport), transport
        )
    }

    private static func empty() -> ProviderResponse {
        ProviderResponse(status: 200, headers: [:], body: Array(#"{"data":[]}"#.utf8))
    }

    @Test func theFixtureDecodesToItsFactsInBothReports() async throws {
        let fixture = try ProviderFixture.load("openrouter/activity-day.json")
        let (connector, transport) = Self.connector([fixture.response, fixture.response])
        let day = try Self.day("2026-11-01")
        let usage = try await connector.fetch(OpenRouterConnector.usage, day, cursor: nil)
        let costs = try await connector.fetch(OpenRouterConnector.costs, day, cursor: nil)
        try FixtureChecks.usage(
            ReportPage(
                buckets: usage.buckets,
                rows: usage.rows.compactMap { if case .usage(let row) = $0 { row } else { nil } },
                nextCursor: usage.nextCursor), fixture)
        try FixtureChecks.costs(
            ReportPage(
                buckets: costs.buckets,
                rows: costs.rows.compactMap { if case .charge(let row) = $0 { row } else { nil } },
                nextCursor: costs.nextCursor), fixture)
        for request in await transport.requests {
            #expect(request.path == fixture.root["request"]["path"].text)
            #expect(request.query.map { "\($0.name)=\($0.value)" } == fixture.query())
            #expect(request.credential.value.reveal() == "Bearer sk-or-v1-fixture")
        }
    }

    @Test func aWindowIsReadDayByDay() async throws {
        let (connector, transport) = Self.connector(Array(repeating: Self.empty(), count: 3))
        let window = try Self.day("2026-10-31", days: 3)
        var cursor: String?
        var buckets: [ReportWindow] = []
        repeat {
            let page = try await connector.fetch(
                OpenRouterConnector.usage, window, cursor: cursor)
            buckets += page.buckets
            cursor = page.nextCursor
        } while cursor != nil
        #expect(buckets.first?.from == window.from && buckets.last?.through == window.through)
        let dates = await transport.requests.map { $0.query[0].value }
        #expect(dates == ["2026-10-31", "2026-11-01", "2026-11-02"])
    }

    @Test(arguments: ["yesterday", "2026-11-02", "2026-10-31"])
    func aCursorOutsideOfItsWindowIsRefused(_ cursor: String) async throws {
        let (connector, _) = Self.connector([Self.empty()])
        let error = await #expect(throws: ProviderError.self) {
            _ = try await connector.fetch(
                OpenRouterConnector.usage, Self.day("2026-11-01"), cursor: cursor)
        }
        #expect(error?.kind == .badRequest)
    }

    @Test func anAnswerForAnotherDayIsRefused() async throws {
        let fixture = try ProviderFixture.load("openrouter/activity-day.json")
        let (connector, _) = Self.connector([fixture.response])
        let error = await #expect(throws: ProviderError.self) {
            _ = try await connector.fetch(
                OpenRouterConnector.usage, Self.day("2026-11-02"), cursor: nil)
        }
        #expect(error?.kind == .malformed(.wrongType(field: "data[0].date")))
    }

    /// Every field of the golden exchange is read, or named with the reason why it is not.
    @Test func everyDocumentedFieldIsReadOrNamed() throws {
        let fixture = try ProviderFixture.load("openrouter/activity-day.json")
        let day = try Self.day("2026-11-01")
        let body = fixture.root["response"]["body"]
        var unread: Set<String> = []
        for name in body["data"].elements[0].fields.keys {
            var fields = body["data"].elements[0].fields
            fields[name] = .array([])
            let spoiled = ProviderFixture.print(.object(["data": .array([.object(fields)])]))
            let response = ProviderResponse(status: 200, headers: [:], body: Array(spoiled.utf8))
            do {
                _ = try OpenRouterConnector.decode(response, OpenRouterConnector.costs, day)
                unread.insert(name)
            } catch {
                #expect(error.kind == .malformed(.wrongType(field: "data[0].\(name)")))
            }
        }
        #expect(unread == Set(OpenRouterConnector.leftOut.keys))
    }
}
