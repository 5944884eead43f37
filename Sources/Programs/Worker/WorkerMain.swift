import ArgumentParser
import Configuration
import Core
import Encryption
import Postgres
import ServiceLifecycle
import Telemetry
import UnixSignals

/// `tally-worker`: reads the providers' reports into the ledger.
@main
struct WorkerMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally-worker",
        abstract: "Pull usage and costs from the connected providers.",
        discussion: """
            Settings come from the environment; deploy/README.md lists them. Any number of workers
            may run; each may be stopped or killed at any instant, and another goes on.
            """)

    @Flag(help: "Read every connection to the present, then exit; 3 where one could not be read.")
    var once = false

    @Option(help: "With --once: give up after so many seconds.")
    var giveUpAfter = 3600

    /// The connections that could not be read are in the log, and in `tally connection list`.
    private static let incomplete = ExitCode(3)

    func run() async throws {
        let settings: WorkerSettings
        let log: LogSink
        let program: WorkerProgram
        do {
            settings = try WorkerSettings(
                reader: ConfigReader(provider: EnvironmentVariablesProvider()))
            log = try LogSink(
                program: "tally-worker", byteCountMax: settings.telemetry.logBufferByteCountMax)
            program = try WorkerProgram(settings: settings, log: log)
        } catch let error as ServiceError {
            throw ValidationError("\(error.reason.rawValue): \(error.message)")
        } catch let error as KeyFileError {
            throw ValidationError("\(error)")
        }
        // A reader that stalls does not keep the worker from ending.
        defer { log.flush(within: .seconds(2)) }
        let result: Result<Bool, any Error>
        do {
            result = .success(try await work(program, settings.telemetry))
        } catch {
            result = .failure(error)
        }
        try await program.shutdown()
        if try !result.get() { throw Self.incomplete }
    }

    /// True where everything that was asked for was read.
    private func work(
        _ program: WorkerProgram, _ telemetry: TelemetrySettings
    ) async throws -> Bool {
        do {
            try await program.refuseKeysOfAnotherInstallation()
        } catch let error as ServiceError {
            throw ValidationError("\(error.reason.rawValue): \(error.message)")
        }
        if once { return try await program.readOnce(giveUpAfter: .seconds(giveUpAfter)) }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: program, successTerminationBehavior: .gracefullyShutdownGroup)
        ]
        if let listener = program.metricsListener(telemetry) {
            services.insert(.init(service: listener), at: 0)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint], logger: program.logger))
        try await group.run()
        return true
    }
}
