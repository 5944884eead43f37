import ArgumentParser
import Configuration
import Core
import Logging
import RPC
import ServiceLifecycle
import Telemetry
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve Tally RPC until SIGTERM or SIGINT.",
        discussion: """
            Speaks TLS where TALLY_TLS_CERTIFICATE_FILE and TALLY_TLS_KEY_FILE are set. Without them
            it listens on the loopback address only, unless --insecure-plaintext says otherwise.
            SIGHUP reads the certificates again, where there are any; connections that are open go
            on.
            """)

    @Flag(help: "Serve plaintext on any address: every token can then be read on the way.")
    var insecurePlaintext = false

    func run() async throws {
        HeapMemory.keepForMessages()
        try await OperatorErrors.explained {
            let settings = try ServerSettings(
                reader: ConfigReader(provider: EnvironmentVariablesProvider()))
            let log = try settings.makeLogSink()
            // A reader that stalls does not keep the server from ending.
            defer { log.flush(within: .seconds(2)) }
            let logger = try settings.makeLogger(output: log)
            let program = try ServerProgram(
                settings: settings, isInsecurePlaintextAllowed: insecurePlaintext,
                telemetry: .running(
                    settings.telemetry, level: try settings.database.level, log: log),
                logger: logger)
            do {
                try await program.refuseKeysOfAnotherInstallation()
            } catch {
                await program.shutdown()
                throw error
            }
            DescriptorLimit.prepare(
                connectionsMax: settings.listener.connectionsMax,
                databaseConnections: settings.databaseConnections, logger: logger)
            var services = program.services.map {
                ServiceGroupConfiguration.ServiceConfiguration(service: $0)
            }
            // Without TLS too: a hook that reloads every service is not to kill this one.
            services.append(
                .init(service: await CertificateReload(source: program.tls, logger: logger)))
            let signals = [UnixSignal.sigterm, .sigint]
            let isDraining = !Mutant.stopWithoutDraining.isActive
            let group = ServiceGroup(
                configuration: .init(
                    services: services, gracefulShutdownSignals: isDraining ? signals : [],
                    cancellationSignals: isDraining ? [] : signals, logger: logger))
            do {
                try await group.run()
            } catch {
                await program.shutdown()
                throw error
            }
            await program.shutdown()
        }
    }
}
