import Configuration
import Core
import Logging
import Postgres
import Telemetry

/// What the operators' commands read from their environment.
struct DatabaseSettings: Sendable {
    /// `TALLY_DATABASE_URL`: libpq address. Secret, required.
    let databaseURL: Secret<String>
    /// `TALLY_MIGRATIONS_DIRECTORY`. Default `Migrations`.
    let migrationsDirectory: String
    /// `TALLY_LOG_LEVEL`. Default `info`.
    let logLevel: String

    init(reader: ConfigReader) throws {
        let tally = reader.scoped(to: "tally")
        let url = try Self.required(
            "TALLY_DATABASE_URL", tally.string(forKey: "database.url", isSecret: true))
        guard PostgresConfiguration.isWellFormed(url: url) else {
            throw ServiceError(
                .invalidArgument, "SETTING_MALFORMED", field: "TALLY_DATABASE_URL",
                "TALLY_DATABASE_URL is postgresql://user:password@host:port/database. Write special "
                    + "characters of the password with %, such as %40 for @.")
        }
        databaseURL = Secret(url)
        migrationsDirectory = tally.string(forKey: "migrations.directory", default: "Migrations")
        logLevel = tally.string(forKey: "log.level", default: "info")
    }

    var postgres: PostgresConfiguration {
        PostgresConfiguration(
            url: databaseURL.reveal(), connectionsMax: 1, applicationName: "tally-server operator")
    }

    var level: Logger.Level {
        get throws(ServiceError) {
            guard let level = Logger.Level(rawValue: logLevel) else {
                throw ServiceError(
                    .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_LOG_LEVEL",
                    "TALLY_LOG_LEVEL is one of trace, debug, info, notice, warning, error, "
                        + "critical.")
            }
            return level
        }
    }

    /// - Parameter output: by default standard error at once, for commands that end soon.
    func makeLogger(output: any LogOutput = StandardError()) throws -> Logger {
        let level = try level
        return Logger(label: "tally-server") { _ in
            JSONLogHandler(program: "tally-server", level: level, output: output)
        }
    }

    /// The value, or an error that names the variable.
    static func required(_ name: String, _ value: String?) throws -> String {
        guard let value, !value.isEmpty else {
            throw ServiceError(
                .invalidArgument, "SETTING_MISSING", field: name,
                "Set \(name); deploy/README.md describes every setting.")
        }
        return value
    }
}
