import API
import ArgumentParser
import TallyClient

/// Fills a server with organizations and measures what one of them notices of the others.
@main
struct TenancyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BenchmarkTenancy",
        abstract: "Fill a server with organizations, and measure calls beside them.",
        subcommands: [FillCommand.self, MeasureCommand.self, FloodCommand.self])
}

/// Which server, and what it was filled with.
struct ServerOptions: ParsableArguments {
    @Option(help: "host:port of the server.")
    var address: String

    @Option(help: "Authority of the server's certificate, in PEM.")
    var authority: String

    @Option(help: "File that says what the server was filled with.")
    var filling: String

    /// - Parameter retries: How often a call is sent again that failed.
    func client(token: String, retries: Int = 4) -> Client {
        var configuration = TallyClientConfiguration(
            address: address, security: .tls(authorityFile: authority), token: token)
        configuration.retryCountMax = retries
        return Client(configuration: configuration)
    }
}
