import API
import ArgumentParser

struct ConnectionTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Ask the provider now what a key may read.",
        discussion: """
            Of a connection its own key, or one that is to replace it; with --provider one
            that is not connected yet. Nothing is stored. The exit status is 1 where the key
            does not suffice. Keys are read from a file or standard input, never from the
            command line.

            Examples:
              tally connection test OpenAI
              tally connection test OpenAI --key-file new-key.txt
              pass show anthropic | tally connection test --provider anthropic
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String?
    @Option(help: "openai, anthropic or openrouter, of a key that is not connected yet.")
    var provider: ProviderArgument?
    @Option(
        help: """
            File that holds the admin key; - for standard input. Default: the connection's own, or \
            standard input with --provider.
            """)
    var keyFile: String?
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (connection == nil) != (provider == nil) else {
            throw ValidationError("Name a connection, or give --provider for a new key.")
        }
    }

    func run() async throws {
        let file = keyFile ?? (connection == nil ? "-" : nil)
        let key = try file.map { try SecretFile.read($0) } ?? ""
        let response = try await Session.run { session in
            let id =
                if let connection {
                    try await ConnectionName.id(of: connection, session)
                } else { "" }
            return try await session.read(
                ConnectionServiceMethods.TestConnection.self,
                TestConnectionRequest(
                    id: id, provider: provider?.provider ?? .unspecified, apiKey: key))
        }
        try output.print(
            response, table: { Self.table(response) }, csv: { Self.rows(response) })
        ConnectionOverlap.warn(of: response.overlappingConnectionIds)
        guard response.usable else { throw ExitCode.failure }
    }

    static func table(_ response: TestConnectionResponse) -> String {
        var table = Table([.init("May read"), .init("Answer"), .init("What to do")])
        for finding in response.permissions {
            table.add([permission(finding), state(finding), finding.message])
        }
        let account = text(response.account)
        return account.isEmpty
            ? table.text : table.text + "\n\nAccount: \(Table.printable(account))"
    }

    static func rows(_ response: TestConnectionResponse) -> [[String]] {
        [["permission", "state", "reason", "message"]]
            + response.permissions.map {
                [permission($0), state($0), $0.reason, $0.message]
            }
    }

    static func text(_ account: ConnectionAccount?) -> String {
        guard let account else { return "" }
        return account.displayName.isEmpty
            ? account.id : "\(account.displayName) (\(account.id))"
    }

    private static func permission(_ finding: KeyFinding) -> String {
        switch finding.permission {
        case .usage: "usage"
        case .costs: "costs"
        case .names: "names"
        default: finding.permission.name ?? "\(finding.permission.rawValue)"
        }
    }

    private static func state(_ finding: KeyFinding) -> String {
        switch finding.state {
        case .granted: "granted"
        case .refused: "refused"
        case .undecided: "undecided"
        default: finding.state.name ?? "\(finding.state.rawValue)"
        }
    }
}

/// Tells that an account is read twice.
enum ConnectionOverlap {
    static func warn(of ids: [String]) {
        guard !ids.isEmpty else { return }
        StandardError.write(
            "The account is connected already, and read twice: \(ids.joined(separator: " ")). Each day "
                + "counts once. Delete one of them, or change what one is the record of.")
    }
}
