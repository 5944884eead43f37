import API
import ArgumentParser

struct ConnectionReplaceKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace-key", abstract: "Give a connection another key of its account.",
        discussion: """
            For a key that the provider refuses, or one that is due to be changed. What was read
            stays; all reports are pulled with the new key at once. No need to connect the account a
            second time.

            The key is read from a file or from standard input, never from the command line.

            Examples:
              tally connection replace-key OpenAI --key-file key.txt
              pass show anthropic | tally connection replace-key Anthropic --key-file -
            """,
        aliases: ["rotate"])

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Option(help: "File that holds the new admin key; - for standard input.")
    var keyFile = "-"
    @Flag(
        inversion: .prefixedNo,
        help: "Ask the provider first whether the key may read what is pulled.")
    var test = true

    func run() async throws {
        let key = try SecretFile.read(keyFile)
        let replaced = try await Session.run { session in
            let found = try Self.find(connection, among: try await ConnectionList.all(session))
            let request = ReplaceConnectionKeyRequest(
                id: found.id, apiKey: key, testFirst: test)
            return try await test
                ? session.writeAfterAsking(
                    ConnectionServiceMethods.ReplaceConnectionKey.self, request)
                : session.write(ConnectionServiceMethods.ReplaceConnectionKey.self, request)
        }
        StandardOutput.say(
            "\(Table.printable(replaced.displayName)) (\(replaced.id)) has the key that ends in "
                + "\(replaced.keyHint). The next pull is due at once.")
        ConnectionOverlap.warn(of: replaced.overlappingConnectionIds)
    }

    /// By id before name: an id names one connection, whatever another is called.
    static func find(_ text: String, among connections: [Connection]) throws -> Connection {
        let found =
            connections.first { $0.id == text.lowercased() }
            ?? connections.first { $0.displayName == text }
        guard let found else {
            throw Failure(
                "The organization has no connection \(Table.printable(text)).",
                remedy: "See tally connection list.")
        }
        return found
    }
}
