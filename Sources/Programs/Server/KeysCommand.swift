import ArgumentParser
import Configuration
import Core
import Encryption
import Postgres
import ServiceRuntime

/// `tally-server keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the organizations' data keys.",
        subcommands: [KeysRotateCommand.self])
}

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Wrap all data keys by another master key, in place.",
        discussion: """
            Make a new master key. Restart every server and worker with it among
            TALLY_RETIRED_MASTER_KEY_FILES, so that all can open what it wraps; then once more with it
            as the current one, and the old one among those. Then run this with the same settings;
            servers go on meanwhile. Stopped at any moment, it can be run
            again. Once it says that all keys are wrapped by the current master key, take the old one
            from the settings, and destroy it as soon as no backup of the keys needs it.

            The login of TALLY_KEYS_DATABASE_URL is that of tally-server migrate.
            """)

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await rotate(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    /// What was done, for the operator.
    func rotate(_ reader: ConfigReader) async throws -> String {
        let settings = try DatabaseSettings(reader: reader)
        let keys = try DataKeySettings { reader.string(forVariable: $0) }
        let cipher = try keys.cipher()
        let pool = PostgresPool(
            configuration: keys.postgres(for: "tally-server operator", connectionsMax: 1),
            logger: try settings.makeLogger())
        let result: Result<DataKeyRotation.Outcome, any Error>
        do {
            result = .success(try await DataKeyRotation(pool: pool, cipher: cipher).run())
        } catch {
            result = .failure(error)
        }
        await pool.shutdown()
        let outcome = try result.get()
        return """
            All data keys are wrapped by the current master key: \(outcome.rewrappedCount) anew, \
            \(outcome.currentCount) before.
            """
    }
}
