import Hummingbird
import HummingbirdTesting
import Testing

@testable import Simulator

/// The HTTP shell, over a real socket of 127.0.0.1.
@Suite struct StandInResponderTests {
    static let target =
        "/v1/organizations/usage_report/messages?starting_at=2026-11-16T00%3A00%3A00Z"
        + "&group_by%5B%5D=model"

    static func headers(_ pairs: KeyValuePairs<String, String>) throws -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in pairs {
            headers[try #require(HTTPFields.Element.Name(name))] = value
        }
        return headers
    }

    static let keyed: KeyValuePairs = [
        "x-api-key": "sk-ant-admin01-sim-demo", "anthropic-version": "2023-06-01",
    ]

    @Test func answersTravelOverHTTP() async throws {
        let standIn = StandIn.make()
        let expected = standIn.respond(
            to: .anthropic(
                "usage_report/messages", "starting_at=2026-11-16T00:00:00Z&group_by[]=model"))
        let headers = try Self.headers(Self.keyed)
        let simulator = try #require(HTTPFields.Element.Name("x-tally-simulator"))
        try await SimulatorMain.build(standIn, port: 0, onListening: { _ in }).test(.live) {
            client in
            try await client.execute(uri: Self.target, method: .get, headers: headers) { response in
                #expect(response.status.code == 200)
                #expect(String(buffer: response.body) == expected.body.text)
                #expect(response.headers[simulator] == "stand-in")
            }
            try await client.execute(uri: Self.target, method: .get) { response in
                #expect(response.status.code == 401)
            }
        }
    }

    @Test func aTruncatedAnswerIsHalfOfIt() async throws {
        let standIn = StandIn.make()
        _ = standIn.control("POST", "/_simulator/faults?kind=truncated")
        let headers = try Self.headers(Self.keyed)
        try await SimulatorMain.build(standIn, port: 0, onListening: { _ in }).test(.live) {
            client in
            try await client.execute(uri: Self.target, method: .get, headers: headers) { response in
                #expect(response.status.code == 200)
                #expect(throws: (any Error).self) {
                    try JSONTree(text: String(buffer: response.body))
                }
            }
            try await client.execute(uri: Self.target, method: .get, headers: headers) { response in
                #expect(throws: Never.self) { try JSONTree(text: String(buffer: response.body)) }
            }
        }
    }

    @Test func aDisconnectedAnswerNeverEnds() async throws {
        let standIn = StandIn.make()
        _ = standIn.control("POST", "/_simulator/faults?kind=disconnect")
        let headers = try Self.headers(Self.keyed)
        try await SimulatorMain.build(standIn, port: 0, onListening: { _ in }).test(.live) {
            client in
            _ = await #expect(throws: (any Error).self) {
                try await client.execute(uri: Self.target, method: .get, headers: headers) { _ in }
            }
        }
    }
}
