import API
import ArgumentParser
import Testing

@testable import CLI

struct ConnectionReplaceKeyTests {
    private let connections = [
        Connection(id: "0193a000-0000-7000-8000-000000000001", displayName: "OpenAI"),
        Connection(
            id: "0193a000-0000-7000-8000-000000000002",
            displayName: "0193a000-0000-7000-8000-000000000001"),
    ]

    @Test func aConnectionIsFoundByIdOrName() throws {
        for text in ["OpenAI", connections[0].id, connections[0].id.uppercased()] {
            #expect(try ConnectionReplaceKey.find(text, among: connections) == connections[0])
        }
        #expect(throws: Failure.self) {
            try ConnectionReplaceKey.find("openai", among: connections)
        }
    }

    @Test func theKeyNeverStandsOnTheCommandLine() throws {
        let command = try ConnectionReplaceKey.parse(["OpenAI", "--key-file", "key.txt"])
        #expect(command.connection == "OpenAI")
        #expect(command.keyFile == "key.txt")
        #expect(throws: (any Error).self) {
            try ConnectionReplaceKey.parse(["OpenAI", "--key", "sk-admin-0123456789"])
        }
    }
}
