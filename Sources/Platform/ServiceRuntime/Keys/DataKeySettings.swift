package import Core
package import Encryption
package import Postgres

/// Where a program finds the data keys, and the master key that opens them.
package struct DataKeySettings: Sendable {
    /// `TALLY_KEYS_DATABASE_URL`: libpq address of the keys' database. Secret, required.
    package let databaseURL: Secret<String>
    /// `TALLY_MASTER_KEY_FILE`, or `TALLY_MASTER_KEY`, or `TALLY_MASTER_KEY_COMMAND`: wraps the
    /// organizations' data keys. One of the three is required. The second and third are secret.
    package let masterKey: MasterKeySource
    /// Further master keys, which only open what they wrapped: of `TALLY_RETIRED_MASTER_KEY_FILES`,
    /// separated by commas, `TALLY_RETIRED_MASTER_KEYS`, separated by commas, and
    /// `TALLY_RETIRED_MASTER_KEY_COMMANDS`, one a line. Default none. The second and third are secret.
    package let retiredMasterKeys: [MasterKeySource]

    /// - Parameter value: the text of a variable; nil where it is not set.
    /// - Throws: `SETTING_MISSING`, `SETTING_MALFORMED`, naming the variable.
    package init(_ value: (String) -> String?) throws(ServiceError) {
        databaseURL = try Self.databaseURL(value)
        masterKey = try Self.masterKey(value)
        retiredMasterKeys =
            Self.list(value("TALLY_RETIRED_MASTER_KEY_FILES"), ",").map { .file($0) }
            + Self.list(value("TALLY_RETIRED_MASTER_KEYS"), ",").map { .text(Secret($0)) }
            + Self.list(value("TALLY_RETIRED_MASTER_KEY_COMMANDS"), "\n").map {
                .command(Secret($0))
            }
    }

    private static func list(_ text: String?, _ separator: Character) -> [String] {
        (text ?? "").split(separator: separator).map(String.init)
            .filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private static func databaseURL(
        _ value: (String) -> String?
    ) throws(ServiceError) -> Secret<String> {
        let url = try required("TALLY_KEYS_DATABASE_URL", value)
        guard PostgresConfiguration.isWellFormed(url: url) else {
            throw ServiceError(
                .invalidArgument, "SETTING_MALFORMED", field: "TALLY_KEYS_DATABASE_URL",
                "TALLY_KEYS_DATABASE_URL is postgresql://user:password@host:port/database. Write "
                    + "special characters of the password with %, such as %40 for @.")
        }
        guard url != value("TALLY_DATABASE_URL") else {
            throw ServiceError(
                .invalidArgument, "SETTING_MALFORMED", field: "TALLY_KEYS_DATABASE_URL",
                "TALLY_KEYS_DATABASE_URL names another database than TALLY_DATABASE_URL, so that "
                    + "the keys stand in none of its backups.")
        }
        return Secret(url)
    }

    private static func masterKey(
        _ value: (String) -> String?
    ) throws(ServiceError) -> MasterKeySource {
        let given = masterKeySettings.filter { !(value($0) ?? "").isEmpty }
        guard given.count <= 1 else {
            throw ServiceError(
                .invalidArgument, "SETTING_AMBIGUOUS", field: given[1],
                "Set one of \(given.joined(separator: " and ")), so that it is clear which key "
                    + "counts.")
        }
        let name = given.first ?? masterKeySettings[0]
        let text = try required(name, value)
        switch name {
        case "TALLY_MASTER_KEY": return .text(Secret(text))
        case "TALLY_MASTER_KEY_COMMAND": return .command(Secret(text))
        default: return .file(text)
        }
    }

    private static let masterKeySettings = [
        "TALLY_MASTER_KEY_FILE", "TALLY_MASTER_KEY", "TALLY_MASTER_KEY_COMMAND",
    ]

    private static func required(
        _ name: String, _ value: (String) -> String?
    ) throws(ServiceError) -> String {
        guard let text = value(name), !text.isEmpty else {
            throw ServiceError(
                .invalidArgument, "SETTING_MISSING", field: name,
                "Set \(name); deploy/README.md describes every setting.")
        }
        return text
    }

    /// The keys' database alone, for commands that need no master key.
    /// - Parameters: As of `init` and `postgres(for:)`.
    package static func postgres(
        for program: String, _ value: (String) -> String?
    ) throws(ServiceError) -> PostgresConfiguration {
        PostgresConfiguration(
            url: try databaseURL(value).reveal(), connectionsMax: 1,
            connectionsPerOrganizationMax: 1, applicationName: program)
    }

    /// - Parameter program: Shown in `pg_stat_activity`.
    package func postgres(
        for program: String, connectionsMax: Int = 4
    ) -> PostgresConfiguration {
        // Few: an organization's key is asked for by one caller at a time, each half a minute at most.
        PostgresConfiguration(
            url: databaseURL.reveal(), connectionsMax: connectionsMax,
            connectionsPerOrganizationMax: connectionsMax, applicationName: program)
    }

    /// Makes and opens data keys. Commands that give master keys are waited for.
    /// - Throws: `KeyFileError`, `MASTER_KEY_MALFORMED`, `MASTER_KEY_COMMAND_FAILED`,
    ///   `MASTER_KEY_COMMAND_TOO_SLOW` or `EncryptionError`.
    package func cipher(
        commandTimeout: Duration = MasterKeySource.commandTimeout
    ) throws -> EnvelopeCipher {
        EnvelopeCipher(
            current: try load(masterKey, "TALLY_MASTER_KEY", commandTimeout),
            retired: try retiredMasterKeys.map {
                try load($0, "TALLY_RETIRED_MASTER_KEY", commandTimeout)
            })
    }

    /// - Parameter setting: How the names of its settings begin.
    private func load(
        _ source: MasterKeySource, _ setting: String, _ timeout: Duration
    ) throws -> MasterKey {
        let names =
            setting == "TALLY_MASTER_KEY"
            ? (key: setting, command: setting + "_COMMAND")
            : (key: setting + "S", command: setting + "_COMMANDS")
        do {
            return try source.load(timeout: timeout)
        } catch MasterKeyError.notAKey {
            throw ServiceError(
                .invalidArgument, "MASTER_KEY_MALFORMED", field: names.key,
                "\(names.key), or what \(names.command) writes, is 32 bytes in base64, as made by "
                    + "`openssl rand -base64 32`.")
        } catch MasterKeyError.commandFailed(let status) {
            throw ServiceError(
                .invalidArgument, "MASTER_KEY_COMMAND_FAILED", field: names.command,
                "The command of \(names.command) failed (status \(status)); it must write the "
                    + "master key to its standard output and end with status 0. It does not see "
                    + "variables that begin with TALLY_.")
        } catch MasterKeyError.commandTooSlow {
            throw ServiceError(
                .deadlineExceeded, "MASTER_KEY_COMMAND_TOO_SLOW", field: names.command,
                "The command of \(names.command) did not end within "
                    + "\(timeout.components.seconds) seconds and was killed.")
        }
    }

    /// Where the migrations of the keys' database lie, beside those of the main one.
    package static func migrationsDirectory(in directory: String) -> String {
        directory + "/keys"
    }
}
