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
            so are a database of keys that belongs to another installation, and another key of the token
            hashes (TOKEN_HASH_KEY_MISMATCH). The first time, both logins must be superusers, since roles are
            created.

            An operator creates organizations. The first operator token is made here, where none was ever
            made, and shown only this once; tally-server operator-token makes and ends others.

            The key of the token hashes is made once and kept: nothing needs another. Where it is lost, stop the
            servers, make a new one, run this with --replace-token-hash-key, and give it to the servers. All
            tokens end with the old key: make operators' with operator-token issue, and an owner's for each
            organization with issue-owner-token. What the audit logs had until then stays and is whole, but
            tally audit verify says for good that they are not sealed; so keep an export of each from before.
            """)

    @Option(
        help: """
            New file for the first operator token; one that exists is left alone. Default: standard output.
            """,
        completion: .file())
    var operatorTokenFile: String?

    @Flag(
        help: "Take this key of the token hashes in the place of one that is lost. ENDS ALL TOKENS."
    )
    var replaceTokenHashKey = false

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
        try await bindHashKey(databases)
        try await makeFirstToken(databases.operatorTokens)
    }

    private func bindHashKey(_ databases: KeyedDatabases) async throws {
        let key = TokenHashKey(pool: databases.pool, keyedHash: databases.keyedHash)
        guard replaceTokenHashKey else { return try await key.bind() }
        let actor = AuditActor(
            command: "tally-server/replace-token-hash-key", machineUser: MachineUser.text)
        let isReplaced = try await key.replace(
            by: actor, now: WallClock.system.now, keys: databases.keys)
        print(
            isReplaced
                ? "The key of the token hashes is replaced: no token of before is accepted any more."
                : "The key of the token hashes is the installation's already.")
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

    private func makeFirstToken(_ tokens: OperatorTokens) async throws {
        let now = WallClock.system.now
        guard let operatorTokenFile else {
            _ = try await tokens.firstToken(now: now) { token in
                print("The first operator token, shown only now:\n\(token.reveal())")
            }
            return
        }
        let made = try await NewSecretFile.withFile(
            operatorTokenFile, lookUp: OperatorTokenList.lookUp
        ) { keep in
            try await tokens.firstToken(now: now, keep: keep)
        }
        if made != nil { print("The first operator token is in \(operatorTokenFile).") }
    }
}
