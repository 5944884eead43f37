import Configuration
import Core

/// What `tally-server` reads from its environment.
struct ServerSettings: Sendable {
    /// `TALLY_LISTEN`: `host:port`; port 0 picks a free one. Default `127.0.0.1:7443`.
    let listen: String
    /// `TALLY_TLS_CERTIFICATE_FILE`: PEM, leaf first. Without it the server speaks plaintext, which
    /// it does on loopback only.
    let certificateFile: String?
    /// `TALLY_TLS_KEY_FILE`: PEM. Required with a certificate.
    let keyFile: String?
    /// `TALLY_DATABASE_URL`: libpq address. Secret, required.
    let databaseURL: Secret<String>
    /// `TALLY_DATABASE_CONNECTIONS`: most connections at once, 1 to 500. Default 16.
    let databaseConnections: Int
    /// `TALLY_MASTER_KEY_FILE`: wraps the organizations' data keys. Required.
    let masterKeyFile: String
    /// `TALLY_TOKEN_HASH_KEY_FILE`: key of the token hashes. Required.
    let tokenHashKeyFile: String
    /// `TALLY_MIGRATIONS_DIRECTORY`: what the database is compared with. Default `Migrations`.
    let migrationsDirectory: String
    /// `TALLY_LOG_LEVEL`. Default `info`.
    let logLevel: String
    /// `TALLY_FIXED_NOW`: RFC 3339 instant that the server takes for now. For demos and tests only.
    let fixedNow: String?

    init(reader: ConfigReader) throws {
        let tally = reader.scoped(to: "tally")
        listen = tally.string(forKey: "listen", default: "127.0.0.1:7443")
        certificateFile = tally.string(forKey: "tls.certificate.file")
        keyFile = tally.string(forKey: "tls.key.file")
        databaseURL = try Secret(
            Self.required(
                "TALLY_DATABASE_URL", tally.string(forKey: "database.url", isSecret: true)))
        databaseConnections = tally.int(forKey: "database.connections", default: 16)
        masterKeyFile = try Self.required(
            "TALLY_MASTER_KEY_FILE", tally.string(forKey: "master.key.file"))
        tokenHashKeyFile = try Self.required(
            "TALLY_TOKEN_HASH_KEY_FILE", tally.string(forKey: "token.hash.key.file"))
        migrationsDirectory = tally.string(forKey: "migrations.directory", default: "Migrations")
        logLevel = tally.string(forKey: "log.level", default: "info")
        fixedNow = tally.string(forKey: "fixed.now")
        guard (1...500).contains(databaseConnections) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: "TALLY_DATABASE_CONNECTIONS",
                "TALLY_DATABASE_CONNECTIONS must be 1 to 500.")
        }
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw ServiceError(
                .invalidArgument, "SETTING_MISSING",
                field: certificateFile == nil ? "TALLY_TLS_CERTIFICATE_FILE" : "TALLY_TLS_KEY_FILE",
                "Set TALLY_TLS_CERTIFICATE_FILE and TALLY_TLS_KEY_FILE together.")
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
