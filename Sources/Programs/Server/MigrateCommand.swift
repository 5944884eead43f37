import ArgumentParser
import Configuration
import Core
import Foundation
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
            exists yet, and shown only this once; tally-server operator-token makes and ends others.
            """)

    @Option(
        help: "Where to write the first operator token; default: standard output.",
        completion: .file())
    var operatorTokenFile: String?

    @OptionGroup var hashKey: TokenHashKeyOption

    func run() async throws {
        try await OperatorErrors.explained {
            let reader = ConfigReader(provider: EnvironmentVariablesProvider())
            try await KeyedDatabases.with(reader, tokenHashKeyFile: hashKey.tokenHashKeyFile) {
                try await migrate($0)
            }
        }
    }

    private func migrate(_ databases: KeyedDatabases) async throws {
        let installation = Installation(mainPool: databases.pool, keysPool: databases.keysPool)
        try await migrate(databases.settings, databases.keysPostgres, installation)
        try await installation.bind(provenBy: databases.keys)
        try await KeyDestruction(pool: databases.keysPool, mainPool: databases.pool).remember()
        _ = try await databases.operatorTokens.firstToken(now: WallClock.system.now) {
            try hand(out: $0)
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
