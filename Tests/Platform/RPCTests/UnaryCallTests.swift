import Core
import RPC
import TallyClient
import Testing
import Wire

/// Our client against our server over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct UnaryCallTests {
    private func client(_ server: RunningServer) -> Client {
        Client(
            configuration: TallyClientConfiguration(
                address: server.address, security: .plaintext))
    }

    @Test func responseComesBack() async throws {
        try await TestServer.run { server in
            let client = client(server)
            let response = try await client.call(Echo.self, TextMessage("Grüße"))
            #expect(response.text == "Grüße")
            await client.close()
        }
    }

    @Test func aThousandCallsShareOneConnection() async throws {
        try await TestServer.run { server in
            let client = client(server)
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let response = try await client.call(Echo.self, TextMessage("\(number)"))
                        return (number, response.text)
                    }
                }
                for try await (number, text) in group {
                    #expect(text == "\(number)")
                }
            }
            await client.close()
        }
    }
}
