import Core
import TestSupport
import Testing

@testable import Providers

struct HTTPProviderTransportTests {
    /// Runs `body` against a server that answers with `respond`.
    private func exchange(
        limits: HTTPProviderTransport.Limits = .init(),
        _ respond: @escaping @Sendable (StubHTTPServer.Request) async -> StubHTTPServer.Response
    ) async throws -> Result<ProviderResponse, ProviderError> {
        let server = try await StubHTTPServer(respond)
        let client = ProviderHTTPClient()
        let transport = HTTPProviderTransport(
            endpoint: try ProviderEndpoint(server.baseURL + "/v1"), client: client, limits: limits)
        let request = ProviderRequest(
            path: "/v1/report", query: [(name: "group_by[]", value: "a b")],
            headers: [(name: "anthropic-version", value: "2023-06-01")],
            credential: (name: "x-api-key", value: Secret("planted")))
        let result: Result<ProviderResponse, ProviderError>
        do throws(ProviderError) {
            result = .success(try await transport.send(request))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try await server.close()
        return result
    }

    @Test func theRequestCarriesKeyHeadersAndEncodedQuery() async throws {
        let result = try await exchange { request in
            let seen = [
                request.method, request.target, request.headers["x-api-key"] ?? "",
                request.headers["anthropic-version"] ?? "", request.headers["accept"] ?? "",
            ]
            return .init(
                headers: [("X-Request-ID", "req_7")], body: seen.joined(separator: " "))
        }
        let response = try result.get()
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == "GET /v1/report?group_by%5B%5D=a%20b planted 2023-06-01 application/json")
        #expect(response.requestID == "req_7")
    }

    @Test func statusesAreHandedOnWithTheirHeaders() async throws {
        let result = try await exchange { _ in
            .init(status: 429, headers: [("Retry-After", "7")])
        }
        let response = try result.get()
        #expect(response.status == 429)
        #expect(ResponseCheck.error(response).retryAfter == .seconds(7))
    }

    @Test func redirectsAreNotFollowed() async throws {
        let result = try await exchange { request in
            request.path == "/v1/report"
                ? .init(status: 302, headers: [("Location", "/elsewhere")])
                : .init(body: "followed")
        }
        #expect(try result.get().status == 302)
    }

    @Test func aBodyBeyondTheLimitIsRefused() async throws {
        var limits = HTTPProviderTransport.Limits()
        limits.bodyBytesMax = 1000
        let result = try await exchange(limits: limits) { _ in
            .init(body: String(repeating: "x", count: 1001))
        }
        #expect(throws: ProviderError(.tooLarge(bytesMax: 1000), status: 200)) {
            try result.get()
        }
        let fits = try await exchange(limits: limits) { _ in
            .init(body: String(repeating: "x", count: 1000))
        }
        #expect(try fits.get().body.count == 1000)
    }

    @Test func anAnswerThatDoesNotComeTimesOut() async throws {
        var limits = HTTPProviderTransport.Limits()
        limits.exchange = .milliseconds(50)
        let (release, hold) = AsyncStream<Void>.makeStream()
        let result = try await exchange(limits: limits) { _ in
            for await _ in release {}
            return .init()
        }
        hold.finish()
        #expect(throws: ProviderError(.timedOut)) { try result.get() }
    }

    @Test func aConnectionThatBreaksOffIsUnreachable() async throws {
        let result = try await exchange { _ in
            .init(body: String(repeating: "x", count: 100), cutsOffAfter: 10)
        }
        #expect(throws: ProviderError(.unreachable)) { try result.get() }
    }

    @Test func aPortNobodyListensOnIsUnreachable() async throws {
        let server = try await StubHTTPServer { _ in .init() }
        try await server.close()
        let client = ProviderHTTPClient()
        let transport = HTTPProviderTransport(
            endpoint: try ProviderEndpoint(server.baseURL), client: client,
            limits: .init())
        let request = ProviderRequest(
            path: "/", query: [], credential: (name: "x-api-key", value: Secret("k")))
        await #expect(throws: ProviderError.self) { _ = try await transport.send(request) }
        try await client.shutdown()
    }
}
