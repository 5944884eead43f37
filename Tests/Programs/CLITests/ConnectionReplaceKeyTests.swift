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

    @Test func commandsHaveTheNamesThatPeopleTry() throws {
        #expect(
            try ConnectionCommand.parseAsRoot(["add", "--provider", "openai", "--name", "a"])
                is ConnectionCreate)
        #expect(try ConnectionCommand.parseAsRoot(["rotate", "a"]) is ConnectionReplaceKey)
        #expect(try ConnectionCommand.parseAsRoot(["reconcile", "a"]) is ConnectionReconcile)
    }

    @Test func connectionsAreFilteredByWhatIsGiven() throws {
        let list = try ConnectionList.parse([
            "--provider", "openai", "--health", "key-refused", "--health", "deleted", "--label",
            "team=a=b", "--label", "env", "--record-of", "billing", "--search", "x", "--order-by",
            "health desc",
        ])
        #expect(
            list.request
                == ListConnectionsRequest(
                    filter: ConnectionFilter(
                        providers: [.openai], healths: [.keyRefused, .deleted],
                        labels: [Label(key: "team", value: "a=b"), Label(key: "env", value: "")],
                        recordOf: .billing, search: "x"), orderBy: "health desc",
                    showDeleted: true))
        for wrong in [["--provider", "x"], ["--health", "ill"], ["--label", "=x"]] {
            #expect(throws: (any Error).self) { try ConnectionList.parse(wrong) }
        }
        let update = try ConnectionUpdate.parse(["OpenAI", "--label", "a=", "--record-of", "both"])
        #expect(update.mask == ["labels", "record_of"])
        for wrong in [[], ["--label", "a"], ["--label", "a=b", "--no-labels"]] {
            #expect(throws: (any Error).self) { try ConnectionUpdate.parse(["OpenAI"] + wrong) }
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
