import ArgumentParser
import Configuration
import Logging
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve Tally RPC until SIGTERM or SIGINT.",
        discussion: """
            Speaks TLS where TALLY_TLS_CERTIFICATE_FILE and TALLY_TLS_KEY_FILE are set. Without them
            it listens on the loopback address only, unless --insecure-plaintext says otherwise.
            """)

    @Flag(help: "Serve plaintext on any address: every token can then be read on the way.")
    var insecurePlaintext = false

    func run() async throws {
        try await OperatorErrors.explained {
            let settings = try ServerSettings(
                reader: ConfigReader(provider: EnvironmentVariablesProvider()))
            let logger = try settings.makeLogger()
            let program = try ServerProgram(
                settings: settings, isInsecurePlaintextAllowed: insecurePlaintext, logger: logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: program.server)],
                    gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
            await program.shutdown()
        }
    }
}
