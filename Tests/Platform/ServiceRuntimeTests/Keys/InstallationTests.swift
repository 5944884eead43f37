import Core
import Domain
import Encryption
import Logging
import Postgres
import TestSupport
import Testing

@testable import ServiceRuntime

/// The main database and that of the keys belong together.
@Suite struct InstallationTests {
    /// Master keys of two installations.
    private static let (ours, theirs) = (TestCipher(), TestCipher())

    private static func store(
        _ main: PostgresPool, _ keys: PostgresPool, _ cipher: TestCipher = ours
    ) throws -> DataKeyStore {
        DataKeyStore(
            pool: keys, mainPool: main, role: "tally_operator", cipher: try cipher.cipher.get())
    }

    private static func bind(_ main: PostgresPool, _ keys: PostgresPool) async -> String {
        await outcome {
            try await Installation(mainPool: main, keysPool: keys)
                .bind(provenBy: store(main, keys))
        }
    }

    private static func outcome(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            return (error as? ServiceError)?.reason.rawValue ?? "\(error)"
        }
    }

    private static func isWhole(_ main: PostgresPool, _ keys: PostgresPool) async throws -> Bool {
        let isWhole = try await Installation(mainPool: main, keysPool: keys).numbers().areEqual
        let reason = await outcome {
            try await Installation(mainPool: main, keysPool: keys).mustBeWhole()
        }
        #expect(reason == (isWhole ? "" : "KEYS_DATABASE_OF_ANOTHER_INSTALLATION"))
        return isWhole
    }

    private static func with(
        _ body: (_ database: ScratchDatabase, _ main: PostgresPool, _ keys: PostgresPool)
            async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let main = database.pool(connectionsMax: 2)
            let keys = try await database.keysPool()
            try await body(database, main, keys)
            await main.shutdown()
            await keys.shutdown()
        }
    }

    private static func execute(_ sql: String, _ session: PostgresSession) async throws {
        try await session.execute(sql)
        await session.close()
    }

    /// As of an installation in use: an organization, the platform's key, and a row of its audit log.
    private static func fill(
        _ database: ScratchDatabase, _ main: PostgresPool, _ keys: PostgresPool
    ) async throws {
        try await execute(
            """
            INSERT INTO organizations VALUES
                (gen_random_uuid(), 'acme', 'Acme', 'UTC', 'USD', now())
            """, try await database.session())
        let platform = AuditChainHead.platform
        let seal = KeyedHash(key: try SecretKey.random())
        let writer = AuditWriter(
            organization: platform, actor: AuditActor(command: "test"), clock: .system, key: seal,
            personalKeys: try await store(main, keys).makeKeys(of: platform))
        try await main.transaction(TransactionOptions(role: "tally_operator")) { transaction in
            try await AuditWriter.begin(platform, key: seal, in: transaction)
            try await writer.write([], in: transaction)
        }
    }

    /// What is sealed stays, and the keys' database is emptied.
    private static func loseKeys(_ database: ScratchDatabase) async throws {
        try await execute(
            """
            DELETE FROM installation;
            ALTER TABLE data_keys DISABLE TRIGGER USER;
            DELETE FROM data_keys;
            ALTER TABLE data_keys ENABLE TRIGGER USER;
            """, try await database.keysSession())
    }

    @Test func newDatabasesGetOneNumber() async throws {
        try await Self.with { _, main, keys in
            let before = try await Self.isWhole(main, keys)
            #expect(!before)
            let reasons = await withTaskGroup(of: String.self) { tasks in
                for _ in 0..<4 { tasks.addTask { await Self.bind(main, keys) } }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(reasons) == [""])
            #expect(try await Self.isWhole(main, keys))
            #expect(await Self.bind(main, keys) == "")
        }
    }

    /// Who was stopped after the main database had its number goes on.
    @Test(arguments: [false, true])
    func anInterruptedMigrationGoesOn(isInUse: Bool) async throws {
        try await Self.with { database, main, keys in
            if isInUse { try await Self.fill(database, main, keys) }
            #expect(await Self.bind(main, keys) == "")
            try await Self.execute("DELETE FROM installation", try await database.keysSession())
            #expect(try await !Self.isWhole(main, keys))
            #expect(await Self.bind(main, keys) == "")
            #expect(try await Self.isWhole(main, keys))
        }
    }

    /// An empty keys' database in place of the one in use is refused, and stays without a number.
    @Test(arguments: [false, true])
    func keysThatAreNotThereAreMissed(wasBound: Bool) async throws {
        try await Self.with { database, main, keys in
            if wasBound { #expect(await Self.bind(main, keys) == "") }
            try await Self.fill(database, main, keys)
            try await Self.loseKeys(database)
            for _ in 0..<2 { #expect(await Self.bind(main, keys) == "KEYS_DATABASE_LOST") }
            #expect(try await !Self.isWhole(main, keys))
        }
    }

    @Test func keysOfAnotherInstallationAreRefused() async throws {
        try await Self.with { database, main, keys in
            try await Self.fill(database, main, keys)
            #expect(await Self.bind(main, keys) == "")
            try await Self.execute(
                "UPDATE installation SET id = gen_random_uuid()", try await database.keysSession())
            #expect(try await !Self.isWhole(main, keys))
            #expect(await Self.bind(main, keys) == "KEYS_DATABASE_OF_ANOTHER_INSTALLATION")
        }
    }

    /// A number is given only to keys that open what is sealed, and to none where nothing is.
    @Test func aNumberIsGivenToKeysThatOpenWhatIsSealed() async throws {
        try await Self.with { database, main, keys in
            let another = "KEYS_DATABASE_OF_ANOTHER_INSTALLATION"
            // Keys are there, and nothing is sealed.
            try await Self.store(main, keys).makeKeys(of: OrganizationID.make())
            #expect(await Self.bind(main, keys) == another)
            try await Self.loseKeys(database)
            try await Self.fill(database, main, keys)
            // Its own keys, whichever database lost its number.
            #expect(await Self.bind(main, keys) == "")
            for isMain in [true, false] {
                let session =
                    try await isMain ? database.session() : database.keysSession()
                try await Self.execute("DELETE FROM installation", session)
                #expect(await Self.bind(main, keys) == "")
                #expect(try await Self.isWhole(main, keys))
            }
            // Keys of another installation, with the same master key or with another one.
            for (cipher, reason) in [(Self.ours, another), (Self.theirs, "MASTER_KEY_UNKNOWN")] {
                try await Self.loseKeys(database)
                try await Self.execute("DELETE FROM installation", try await database.session())
                try await Self.store(main, keys, cipher).makeKeys(of: AuditChainHead.platform)
                #expect(await Self.bind(main, keys) == reason)
                #expect(try await !Self.isWhole(main, keys))
            }
        }
    }

    /// No key is made or ended in the keys' database of another installation, and no program begins.
    @Test func programsRefuseKeysOfAnotherInstallation() async throws {
        try await Self.with { database, main, keys in
            let reason = "KEYS_DATABASE_OF_ANOTHER_INSTALLATION"
            let installation = Installation(mainPool: main, keysPool: keys)
            let roles = ["tally_service", "tally_worker", "tally_operator", "tally_directory"]
            // Neither was migrated yet.
            for role in roles { try await installation.refuseAnother(as: role) }
            #expect(await Self.bind(main, keys) == "")
            let organization = OrganizationID.make()
            try await Self.store(main, keys).makeKeys(of: organization)
            for role in roles { try await installation.refuseAnother(as: role) }
            for change in [
                "UPDATE installation SET id = gen_random_uuid()", "DELETE FROM installation",
            ] {
                try await Self.execute(change, try await database.keysSession())
                for role in roles {
                    await expect(.failedPrecondition, reason) {
                        try await installation.refuseAnother(as: role)
                    }
                }
                await expect(.failedPrecondition, reason) {
                    try await Self.store(main, keys).makeKeys(of: OrganizationID.make())
                }
                await expect(.failedPrecondition, reason) {
                    try await Self.store(main, keys).destroy(keysOf: organization)
                }
            }
            let left = try await database.keysSession()
            #expect(
                try await left.texts("SELECT org_id FROM data_keys WHERE destroyed_at IS NULL")
                    == [[organization.text]])
            await left.close()
            #expect(try await !Self.store(main, keys).keys(of: organization).areDestroyed)
            let nowhere = PostgresPool(
                configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
                logger: Logger(label: "test"))
            try await Installation(mainPool: main, keysPool: nowhere)
                .refuseAnother(as: "tally_service")
            await nowhere.shutdown()
        }
    }

    @Test func oneDatabaseIsNotBoth() async throws {
        try await Self.with { _, main, keys in
            try await Installation(mainPool: main, keysPool: keys).refuseOneForBoth()
            for (first, second) in [(main, main), (keys, keys), (keys, main)] {
                await expect(.invalidArgument, "KEYS_DATABASE_IS_THE_MAIN_ONE") {
                    try await Installation(mainPool: first, keysPool: second).refuseOneForBoth()
                }
            }
        }
    }

    /// Nothing tells that an empty database is given twice but what is done there.
    @Test func anEmptyDatabaseIsNotBothEither() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let (main, same) = (database.pool(), database.pool())
            let keys = try await database.keysPool()
            await expect(.invalidArgument, "KEYS_DATABASE_IS_THE_MAIN_ONE") {
                try await Installation(mainPool: main, keysPool: same).refuseOneForBoth()
            }
            try await Installation(mainPool: main, keysPool: keys).refuseOneForBoth()
            for pool in [main, same, keys] { await pool.shutdown() }
        }
    }
}

/// A cipher with a master key of its own.
private struct TestCipher: Sendable {
    let cipher = Result { EnvelopeCipher(current: try MasterKey(SecretKey.random())) }
}
