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
    /// `TALLY_RETIRED_MASTER_KEY_FILES`: master keys of before, separated by commas, which still open
    /// what they wrapped. Default none.
    package let retiredMasterKeyFiles: [String]

    /// - Parameter value: the text of a variable; nil where it is not set.
    /// - Throws: `SETTING_MISSING`, `SETTING_MALFORMED`, naming the variable.
    package init(_ value: (String) -> String?) throws(ServiceError) {
        let url = try Self.required("TALLY_KEYS_DATABASE_URL", value)
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
        databaseURL = Secret(url)
        masterKey = try Self.masterKey(value)
        retiredMasterKeyFiles = (value("TALLY_RETIRED_MASTER_KEY_FILES") ?? "")
            .split(separator: ",").map(String.init)
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

    /// - Parameter program: Shown in `pg_stat_activity`.
    package func postgres(
        for program: String, connectionsMax: Int = 4
    ) -> PostgresConfiguration {
        // Few: an organization's key is asked for by one caller at a time, each half a minute at most.
        PostgresConfiguration(
            url: databaseURL.reveal(), connectionsMax: connectionsMax,
            connectionsPerOrganizationMax: connectionsMax, applicationName: program)
    }

    /// Makes and opens data keys. A command that gives the master key is waited for.
    /// - Throws: `KeyFileError`, `MASTER_KEY_MALFORMED`, `MASTER_KEY_COMMAND_FAILED` or
    ///   `EncryptionError`.
    package func cipher() throws -> EnvelopeCipher {
        do {
            return EnvelopeCipher(
                current: try masterKey.load(),
                retired: try retiredMasterKeyFiles.map { try MasterKey.load(file: $0) })
        } catch MasterKeyError.notAKey {
            throw ServiceError(
                .invalidArgument, "MASTER_KEY_MALFORMED", field: "TALLY_MASTER_KEY",
                "TALLY_MASTER_KEY, or what TALLY_MASTER_KEY_COMMAND writes, is 32 bytes in base64, "
                    + "as made by `openssl rand -base64 32`.")
        } catch MasterKeyError.commandFailed(let status) {
            throw ServiceError(
                .invalidArgument, "MASTER_KEY_COMMAND_FAILED", field: "TALLY_MASTER_KEY_COMMAND",
                "The command of TALLY_MASTER_KEY_COMMAND failed (status \(status)); it must write "
                    + "the master key to its standard output and end with status 0.")
        }
    }

    /// Where the migrations of the keys' database lie, beside those of the main one.
    package static func migrationsDirectory(in directory: String) -> String {
        directory + "/keys"
    }
}
