import Core
import Domain
import Testing

@testable import Providers

/// Lists of projects, keys and users, from the golden exchanges with both providers.
struct NameListTests {
    private static let window = ReportWindow(
        from: Instant(seconds: 1_793_404_800), through: Instant(seconds: 1_793_491_200))

    private static func names(_ page: ReportPage<ReportedRow>) -> [NormalizedName] {
        page.rows.compactMap { if case .name(let name) = $0 { name } else { nil } }
    }

    @Test(arguments: [
        ("openai/projects", OpenAINames.projects), ("openai/users", OpenAINames.users),
        ("anthropic/workspaces", AnthropicNames.workspaces),
        ("anthropic/api-keys", AnthropicNames.apiKeys), ("anthropic/users", AnthropicNames.users),
    ])
    func pagesOfAListAreReadToItsEnd(_ list: String, _ report: ProviderReport) async throws {
        let pages = try [1, 2].map { try ProviderFixture.load("\(list)-page-\($0).json") }
        let transport = RecordedTransport(pages.map(\.response))
        let connector: any ProviderConnector =
            list.hasPrefix("openai")
            ? OpenAIConnector(key: Secret("k"), transport: transport)
            : AnthropicConnector(key: Secret("k"), transport: transport)
        let first = try await connector.fetch(report, Self.window, cursor: nil)
        let second = try await connector.fetch(report, Self.window, cursor: first.nextCursor)
        #expect(first.nextCursor == pages[0].facts["next_after"].text)
        #expect(second.nextCursor == nil)
        let items = pages.flatMap { $0.root["response"]["body"]["data"].elements }
        let names = Self.names(first) + Self.names(second)
        #expect(names.map(\.id) == items.compactMap { $0["id"].text })
        #expect(names.map(\.name) == items.map { $0["name"].text ?? "" })
        #expect(names.map(\.email) == items.map { $0["email"].text ?? "" })
        for (request, page) in zip(await transport.requests, pages) {
            #expect(request.path == page.root["request"]["path"].text)
            // What is archived has figures of before, whose names are asked for.
            #expect(
                request.query.filter { $0.name == "include_archived" }.map(\.value)
                    == (["openai/projects", "anthropic/workspaces"].contains(list) ? ["true"] : []))
        }
        #expect(first.buckets == [Self.window])
    }

    /// Keys are listed by project: each project's pages, then the next project's.
    @Test func keysOfAllProjectsAreRead() async throws {
        func answer(_ ids: [String], more: Bool = false) -> ProviderResponse {
            let data = ids.map { #"{"id":"\#($0)","name":"\#($0.uppercased())"}"# }
            let last = ids.last.map { "\"\($0)\"" } ?? "null"
            let body = """
                {"data":[\(data.joined(separator: ","))],"has_more":\(more),"last_id":\(last)}
                """
            return ProviderResponse(status: 200, headers: [:], body: Array(body.utf8))
        }
        let transport = RecordedTransport([
            answer(["p1"], more: true), answer(["k1"], more: true),
            answer(["k2"]), answer(["p2"], more: true),
            answer([]), answer([]),
        ])
        let connector = OpenAIConnector(key: Secret("k"), transport: transport)
        var cursor: String?
        var names: [NormalizedName] = []
        repeat {
            let page = try await connector.fetch(
                OpenAINames.apiKeys, Self.window, cursor: cursor)
            names += Self.names(page)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(names.map(\.id) == ["k1", "k2"])
        #expect(names.map(\.name) == ["K1", "K2"])
        let paths = await transport.requests.map {
            $0.path.replacing("/v1/organization/", with: "")
        }
        #expect(
            paths == [
                "projects", "projects/p1/api_keys", "projects/p1/api_keys", "projects",
                "projects/p2/api_keys", "projects",
            ])
    }

    /// A key that reads usage may read no lists: nothing is known then, and nothing is gone.
    @Test func listsThatMayNotBeReadSayNothing() async throws {
        let refused = ProviderResponse(status: 403, headers: [:], body: [])
        func connectors() -> [(any ProviderConnector, [ProviderReport])] {
            let answers = Array(repeating: refused, count: 3)
            return [
                (
                    OpenAIConnector(key: Secret("k"), transport: RecordedTransport(answers)),
                    OpenAINames.all
                ),
                (
                    AnthropicConnector(key: Secret("k"), transport: RecordedTransport(answers)),
                    AnthropicNames.all
                ),
            ]
        }
        for (connector, reports) in connectors() {
            for report in reports {
                let page = try await connector.fetch(report, Self.window, cursor: nil)
                #expect(page.rows.isEmpty && page.buckets.isEmpty && page.nextCursor == nil)
            }
        }
    }
}
