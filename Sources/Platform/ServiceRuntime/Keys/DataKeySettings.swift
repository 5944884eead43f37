package import Core
package import Encryption
package import Postgres

/// Where a program finds the data keys, and the master key that opens them.
package struct DataKeySettings: Sendable {
    /// `TALLY_KEYS_DATABASE_URL`: libpq address of the keys' database. Secret, required.
    package let databaseURL: Secret<String>
    /// `TALLY_MASTER_KEY_FILE`: wraps the organizations' data keys. Required.
    package let masterKeyFile: String

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
        masterKeyFile = try Self.required("TALLY_MASTER_KEY_FILE", value)
    }

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

    /// Makes and opens data keys.
    /// - Throws: `KeyFileError` or `EncryptionError`.
    package func cipher() throws -> EnvelopeCipher {
        EnvelopeCipher(current: try MasterKey.load(file: masterKeyFile))
    }

    /// Where the migrations of the keys' database lie, beside those of the main one.
    package static func migrationsDirectory(in directory: String) -> String {
        directory + "/keys"
    }
}
