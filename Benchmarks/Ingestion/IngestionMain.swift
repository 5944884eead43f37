import API
import ArgumentParser
import TallyClient

/// Sends a server events as fast as it takes them.
@main
struct IngestionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BenchmarkIngestion",
        abstract: "Write events to files, and send a server what they hold.",
        subcommands: [
            PrepareCommand.self, SendCommand.self, SingleCommand.self, SummarizeCommand.self,
        ])
}

/// Which server, and where the events lie.
struct ServerOptions: ParsableArguments {
    @Option(help: "host:port of the server.")
    var address: String

    @Option(help: "Authority of the server's certificate, in PEM.")
    var authority: String

    @Option(help: "Folder of the events.")
    var folder: String

    /// One connection.
    func client(token: String?) -> Client {
        var configuration = TallyClientConfiguration(
            address: address, security: .tls(authorityFile: authority), token: token)
        configuration.connectionCountMax = 1
        configuration.retryCountMax = 0
        return Client(configuration: configuration)
    }
}

/// Beside the events: whose they are.
struct Recipients: Codable {
    /// Tokens that may send events, one of each organization.
    var tokens: [String] = []
}
