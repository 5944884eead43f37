import API
import TallyClient
import TestSupport
import Testing

@testable import Server

/// The server asks the operator's provider, and nobody else.
@Suite struct KeyTestServerTests {
    /// What came of a test that the provider answered: on a machine that stalls, its time may be over
    /// before.
    private func decided(
        _ client: Client, _ request: TestConnectionRequest
    ) async throws -> TestConnectionResponse {
        let begin = ContinuousClock.now
        while true {
            let response = try await client.call(
                ConnectionServiceMethods.TestConnection.self, request)
            let isDecided = response.permissions.allSatisfy { $0.state != .undecided }
            if isDecided || ContinuousClock.now - begin > .seconds(60) { return response }
        }
    }

    @Test func aKeyIsTestedWhereTheOperatorSays() async throws {
        let provider = try await StubHTTPServer { request in
            guard request.headers["x-api-key"] == "sk-ant-admin01-server" else {
                return .init(status: 401, body: #"{"type":"error"}"#)
            }
            switch request.path {
            case "/v1/organizations/me":
                return .init(body: #"{"id":"org_1","type":"organization","name":"Acme"}"#)
            case "/v1/organizations/cost_report":
                return .init(status: 403, body: #"{"error":{"message":"sk-ant-admin01-server"}}"#)
            default: return .init(body: #"{"data":[],"has_more":false,"next_page":null}"#)
            }
        }
        try await ServerHarness.with(["TALLY_ANTHROPIC_BASE_URL": provider.baseURL]) { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let tested = try await decided(
                owner, TestConnectionRequest(provider: .anthropic, apiKey: "sk-ant-admin01-server"))
            #expect(!tested.usable && tested.account?.displayName == "Acme")
            #expect(tested.permissions.map(\.state) == [.granted, .refused, .granted])
            for finding in tested.permissions {
                #expect(!finding.message.contains("sk-ant"))
            }
            let wrong = try await decided(
                owner, TestConnectionRequest(provider: .anthropic, apiKey: "sk-ant-admin01-other"))
            #expect(wrong.permissions.map(\.reason) == Array(repeating: "KEY_REFUSED", count: 3))
            let refused = await #expect(throws: TallyError.self) {
                _ = try await owner.call(
                    ConnectionServiceMethods.CreateConnection.self,
                    CreateConnectionRequest(
                        provider: .anthropic, displayName: "Anthropic",
                        apiKey: "sk-ant-admin01-server", testFirst: true))
            }
            #expect(
                ["KEY_LACKS_PERMISSION", "PROVIDER_TIMED_OUT"].contains(refused?.reason ?? ""))
            // Nobody listens at the other one's address.
            let away = try await owner.call(
                ConnectionServiceMethods.TestConnection.self,
                TestConnectionRequest(provider: .openai, apiKey: "sk-admin-server-1"))
            #expect(away.permissions.map(\.state) == Array(repeating: .undecided, count: 3))
            await owner.close()
        }
        try await provider.close()
    }
}
