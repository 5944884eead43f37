import Core
import Domain
import Testing

@testable import Providers

struct OpenAIMeteredReportTests {
    /// The golden exchange of each of OpenAI's usage reports besides completions.
    private static let fixtures: Result<[ProviderFixture], any Error> = Result {
        try ProviderFixture.all("openai/usage-").filter {
            !$0.file.hasPrefix("openai/usage-completions-")
        }
    }

    private static func endpoint(_ fixture: ProviderFixture) throws -> OpenAIEndpoint {
        let path = fixture.root["request"]["path"].text
        return try #require(OpenAIEndpoint.all.first { $0.path == path })
    }

    @Test(arguments: try fixtures.get())
    func fixturesDecodeToTheirFacts(_ fixture: ProviderFixture) throws {
        let page = try Self.endpoint(fixture).decode(fixture.response)
        let rows = page.rows.compactMap { row in
            if case .usage(let usage) = row { usage } else { nil }
        }
        try FixtureChecks.usage(
            ReportPage(buckets: page.buckets, rows: rows, nextCursor: page.nextCursor), fixture)
    }

    @Test(arguments: try fixtures.get())
    func eachReportIsAskedForWithAllItsGroups(_ fixture: ProviderFixture) async throws {
        let endpoint = try Self.endpoint(fixture)
        let transport = RecordedTransport([fixture.response])
        let connector = OpenAIConnector(key: Secret("k"), transport: transport)
        let window = ReportWindow(
            from: Instant(seconds: 1_793_404_800),
            through: Instant(seconds: 1_793_404_800 + 2 * endpoint.report.width.seconds))
        _ = try await connector.fetch(endpoint.report, window, cursor: nil)
        let requests = await transport.requests
        #expect(
            requests[0].query.map { "\($0.name)=\($0.value)" } == fixture.query(without: ""))
    }

    @Test func everyReportHasAGoldenExchangeAndANameOfItsOwn() throws {
        let paths = try Self.fixtures.get().map { $0.root["request"]["path"].text }
        for endpoint in OpenAIEndpoint.metered + [.decisions] {
            #expect(paths.contains(endpoint.path), "\(endpoint.path)")
        }
        let names = OpenAIConnector.reports.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func whatNoColumnHasBecomesATag() throws {
        let fixture = try ProviderFixture.load("openai/usage-images-hourly.json")
        let page = try OpenAIEndpoint.of(
            try #require(OpenAIConnector.reports.first { $0.name == "usage/images" })
        ).decode(fixture.response)
        guard case .usage(let row) = page.rows[1] else { throw NotUsage() }
        #expect(
            row.dimensions.tags == [
                ReportedDimension("image_size", "1024x1792"),
                ReportedDimension("image_source", "image.edit"),
            ])
    }

    private struct NotUsage: Error {}

    /// Not every account has the report; of any other one a 404 is an error.
    @Test func aReportThatAnAccountLacksHasNoUsage() async throws {
        let missing = ProviderResponse(status: 404, headers: [:], body: [])
        let connector = OpenAIConnector(
            key: Secret("k"), transport: RecordedTransport([missing, missing]))
        let window = ReportWindow(from: Instant(seconds: 0), through: Instant(seconds: 3600))
        let page = try await connector.fetch(
            OpenAIEndpoint.decisions.report, window, cursor: nil)
        #expect(page.rows.isEmpty && page.buckets.isEmpty && page.nextCursor == nil)
        let error = await #expect(throws: ProviderError.self) {
            _ = try await connector.fetch(
                OpenAIEndpoint.completions.report, window, cursor: nil)
        }
        #expect(error?.kind == .notFound)
    }

    @Test(arguments: [
        ("gpt-image-2, images", "images", "gpt-image-2", QuantityClass.image),
        ("whisper-1, seconds", "duration_seconds", "whisper-1", .audioSecond),
        ("tts-1-hd, characters", "characters", "tts-1-hd", .character),
        ("gpt-6-sol, something", "1000_tokens", nil, nil), ("images", "images", nil, nil),
    ])
    func unitsTellWhatALineOfTheBillIsFor(
        _ text: String, _ unit: String, _ model: String?, _ quantityClass: QuantityClass?
    ) {
        let item = OpenAILineItem(text, unit: unit)
        #expect(item.model == model)
        #expect(item.quantityClass == quantityClass)
    }
}
