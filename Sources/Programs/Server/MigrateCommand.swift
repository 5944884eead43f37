import ArgumentParser
import Configuration
import Core
import Encryption
import Foundation
import Logging
import Postgres
import ServiceRuntime
import TenantService

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the databases to this version, and make the first operator token.",
        discussion: """
            Applies what is missing of TALLY_MIGRATIONS_DIRECTORY to TALLY_DATABASE_URL, and of its
            folder keys to TALLY_KEYS_DATABASE_URL, in order, each file in one transaction; several
            at once wait for each other. A file that was edited after it was applied is refused, and
            so is a database of keys that belongs to another installation. The first time, both logins
            must be superusers, since roles are created.

            An operator creates organizations. The first operator token is made here, where none
            exists yet, and shown only this once.
            """)

    @Option(
        help: "Where to write the first operator token; default: standard output.",
        completion: .file())
    var operatorTokenFile: String?

    @Option(
        help: "Key of the token hashes; default: TALLY_TOKEN_HASH_KEY_FILE.", completion: .file())
    var tokenHashKeyFile: String?

    func run() async throws {
        try await OperatorErrors.explained {
            let reader = ConfigReader(provider: EnvironmentVariablesProvider())
            let settings = try DatabaseSettings(reader: reader)
            let keyFile = try DatabaseSettings.required(
                "TALLY_TOKEN_HASH_KEY_FILE",
                tokenHashKeyFile
                    ?? reader.scoped(to: "tally").string(forKey: "token.hash.key.file"))
            let keyedHash = try KeyedHash.load(file: keyFile)
            let keys = try DataKeySettings { reader.string(forVariable: $0) }
            let keysPostgres = keys.postgres(for: "tally-server operator", connectionsMax: 1)
            let logger = try settings.makeLogger()
            let pool = PostgresPool(configuration: settings.postgres, logger: logger)
            let keysPool = PostgresPool(configuration: keysPostgres, logger: logger)
            let result: Result<Void, any Error>
            do {
                try await migrate(
                    settings, keysPostgres, Installation(mainPool: pool, keysPool: keysPool))
                let store = DataKeyStore(
                    pool: keysPool, mainPool: pool, role: "tally_operator",
                    cipher: try keys.cipher())
                try await Installation(mainPool: pool, keysPool: keysPool).bind(provenBy: store)
                try await KeyDestruction(pool: keysPool, mainPool: pool).remember()
                _ = try await OperatorBootstrap(pool: pool, keyedHash: keyedHash, keys: store)
                    .firstToken(now: WallClock.system.now) { try hand(out: $0) }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await pool.shutdown()
            await keysPool.shutdown()
            try result.get()
        }
    }

    /// Applies what is missing, to neither database where they are one, or exchanged.
    private func migrate(
        _ settings: DatabaseSettings, _ keysPostgres: PostgresConfiguration,
        _ installation: Installation
    ) async throws {
        try await installation.refuseOneForBoth()
        let keysDirectory = DataKeySettings.migrationsDirectory(in: settings.migrationsDirectory)
        let isLocked = { @Sendable (file: String, holders: [LockHolder]) in
            // Not buffered, since whoever runs this waits for it meanwhile.
            FileHandle.standardError.write(Data("\(file) \(LockHolder.reason(holders)).\n".utf8))
        }
        let appliedToKeys = try await MigrationRunner(
            directory: keysDirectory, isLocked: isLocked
        ).migrate(keysPostgres)
        let applied =
            try await appliedToKeys.map { "keys/\($0)" }
            + MigrationRunner(directory: settings.migrationsDirectory, isLocked: isLocked)
            .migrate(settings.postgres)
        print(
            applied.isEmpty
                ? "The databases are current." : "Applied \(applied.joined(separator: ", ")).")
    }

    /// What it throws undoes the token, so that none exists which nobody has.
    private func hand(out token: Secret<String>) throws {
        guard let operatorTokenFile else {
            print("The first operator token, shown only now:\n\(token.reveal())")
            return
        }
        let isWritten = FileManager.default.createFile(
            atPath: operatorTokenFile, contents: Data(token.reveal().utf8),
            attributes: [.posixPermissions: 0o600])
        guard isWritten else {
            throw ValidationError("\(operatorTokenFile) cannot be written. Name another path.")
        }
        print("The first operator token is in \(operatorTokenFile).")
    }
}
