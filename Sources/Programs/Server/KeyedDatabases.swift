import Configuration
import Core
import Encryption
import Postgres
import ServiceRuntime

/// Both databases, with the keys by which operators' commands make tokens and keep the audit log.
struct KeyedDatabases: Sendable {
    let settings: DatabaseSettings
    let pool: PostgresPool
    /// How the keys' database is reached.
    let keysPostgres: PostgresConfiguration
    let keysPool: PostgresPool
    let keyedHash: KeyedHash
    let keys: DataKeyStore

    /// Runs `body` with both databases, and closes them whatever comes of it.
    /// - Parameter tokenHashKeyFile: Nil: what the setting says.
    static func with<R>(
        _ reader: ConfigReader, tokenHashKeyFile: String?,
        _ body: (KeyedDatabases) async throws -> R
    ) async throws -> R {
        let settings = try DatabaseSettings(reader: reader)
        let keyFile = try DatabaseSettings.required(
            "TALLY_TOKEN_HASH_KEY_FILE",
            tokenHashKeyFile ?? reader.string(forVariable: "TALLY_TOKEN_HASH_KEY_FILE"))
        let keyedHash = try KeyedHash.load(file: keyFile)
        let keys = try DataKeySettings { reader.string(forVariable: $0) }
        let cipher = try keys.cipher()
        let keysPostgres = keys.postgres(for: "tally-server operator", connectionsMax: 1)
        return try await settings.withPool(settings.postgres) { pool in
            try await settings.withPool(keysPostgres) { keysPool in
                try await body(
                    KeyedDatabases(
                        settings: settings, pool: pool, keysPostgres: keysPostgres,
                        keysPool: keysPool, keyedHash: keyedHash,
                        keys: DataKeyStore(
                            pool: keysPool, mainPool: pool, role: "tally_operator", cipher: cipher))
                )
            }
        }
    }
}

extension DatabaseSettings {
    /// Runs `body` with a pool, and closes it whatever comes of it.
    func withPool<R>(
        _ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(configuration: configuration, logger: try makeLogger())
        let result: Result<R, any Error>
        do {
            result = .success(try await body(pool))
        } catch {
            result = .failure(error)
        }
        await pool.shutdown()
        return try result.get()
    }
}
