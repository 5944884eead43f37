import Core
import Domain
import Encryption
import Logging
import Postgres
import TestSupport
import Testing

@testable import ServiceRuntime

/// An installation has one key of the token hashes, and its database knows it.
@Suite struct TokenHashKeyTests {
    private static let mismatch = "TOKEN_HASH_KEY_MISMATCH"

    /// The databases of an installation, with two keys of which it is to have one.
    private struct Installed: Sendable {
        let database: ScratchDatabase
        let pool: PostgresPool
        let keys: DataKeyStore
        let ours: KeyedHash
        let theirs: KeyedHash

        static func with(_ body: (Installed) async throws -> Void) async throws {
            try await ScratchDatabase.with { database in
                let pool = database.pool(connectionsMax: 4)
                let keysPool = try await database.keysPool()
                let keys = DataKeyStore(
                    pool: keysPool, mainPool: pool, role: "tally_operator",
                    cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
                try await Installation(mainPool: pool, keysPool: keysPool).bind(provenBy: keys)
                try await body(
                    Installed(
                        database: database, pool: pool, keys: keys,
                        ours: KeyedHash(key: try SecretKey.random()),
                        theirs: KeyedHash(key: try SecretKey.random())))
                await pool.shutdown()
                await keysPool.shutdown()
            }
        }

        func bind(_ key: KeyedHash) async -> String {
            await reason { try await TokenHashKey(pool: pool, keyedHash: key).bind() }
        }

        func begin(_ key: KeyedHash, as role: String = "tally_service") async -> String {
            await reason {
                try await TokenHashKey(pool: pool, keyedHash: key).refuseAnother(as: role)
            }
        }

        func use(_ key: KeyedHash) async -> String {
            await reason {
                try await pool.transaction(TransactionOptions(role: "tally_operator")) {
                    try await TokenHashKey(pool: pool, keyedHash: key).mustBeOurs(in: $0)
                }
            }
        }

        func replace(_ key: KeyedHash) async throws -> Bool {
            try await TokenHashKey(pool: pool, keyedHash: key).replace(
                by: AuditActor(command: "test/replace", machineUser: "alice@db1"),
                now: Instant(seconds: 1_800_000_000), keys: keys)
        }

        /// The operators' audit log with a row, as of an installation in use.
        func beginLog(_ key: KeyedHash) async throws {
            let platform = AuditChainHead.platform
            let writer = AuditWriter(
                organization: platform, actor: AuditActor(command: "test/migrate"),
                clock: .system, key: key, personalKeys: try await keys.makeKeys(of: platform))
            try await pool.transaction(TransactionOptions(role: "tally_operator")) {
                try await AuditWriter.begin(platform, key: key, in: $0)
                try await writer.write([], in: $0)
            }
        }

        func texts(_ sql: String) async throws -> [[String?]] {
            let session = try await database.session()
            let rows = try await session.texts(sql)
            await session.close()
            return rows
        }

        func execute(_ sql: String) async throws {
            let session = try await database.session()
            try await session.execute(sql)
            await session.close()
        }

        private func reason(_ body: () async throws -> Void) async -> String {
            do {
                try await body()
                return ""
            } catch {
                return (error as? ServiceError)?.reason.rawValue ?? "\(error)"
            }
        }
    }

    private static let kept = "SELECT token_hash_check FROM installation"

    @Test func anotherKeyIsRefusedAndKeepsNothing() async throws {
        try await Installed.with { installed in
            let (ours, theirs) = (installed.ours, installed.theirs)
            // Before anything was kept, there is nothing that another key could spoil.
            for key in [ours, theirs] {
                #expect(await installed.begin(key) == "")
                #expect(await installed.use(key) == "")
            }
            for _ in 0..<2 { #expect(await installed.bind(ours) == "") }
            let kept = try await installed.texts(Self.kept)
            #expect(await installed.bind(theirs) == Self.mismatch)
            #expect(await installed.use(theirs) == Self.mismatch)
            #expect(await installed.use(ours) == "")
            for role in ["tally_service", "tally_directory", "tally_operator"] {
                #expect(await installed.begin(theirs, as: role) == Self.mismatch)
                #expect(await installed.begin(ours, as: role) == "")
            }
            #expect(try await installed.texts(Self.kept) == kept)
            // Whoever cannot ask begins, and is refused what needs the database.
            let nowhere = PostgresPool(
                configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
                logger: Logger(label: "test"))
            try await TokenHashKey(pool: nowhere, keyedHash: theirs)
                .refuseAnother(as: "tally_service")
            await nowhere.shutdown()
        }
    }

    /// Whichever comes first.
    @Test func ofTwoKeysAtOnceOneIsKept() async throws {
        try await Installed.with { installed in
            async let first = installed.bind(installed.ours)
            async let second = installed.bind(installed.theirs)
            let reasons = await [first, second]
            #expect(reasons.sorted() == ["", Self.mismatch])
            #expect(await installed.use(installed.ours) == reasons[0])
            #expect(await installed.use(installed.theirs) == reasons[1])
        }
    }

    /// One of before there were check values, by the seal of its operators' audit log.
    @Test func aDatabaseInUseProvesItsKey() async throws {
        try await Installed.with { installed in
            try await installed.beginLog(installed.ours)
            #expect(await installed.bind(installed.theirs) == Self.mismatch)
            #expect(await installed.use(installed.theirs) == Self.mismatch)
            #expect(await installed.use(installed.ours) == "")
            #expect(try await installed.texts(Self.kept) == [[nil]])
            #expect(await installed.bind(installed.ours) == "")
            // From then on a log that somebody changed proves nothing against the key.
            try await installed.execute("UPDATE audit_chains SET last_sequence = 7")
            #expect(await installed.bind(installed.ours) == "")
            #expect(await installed.bind(installed.theirs) == Self.mismatch)
            // Before, nobody could tell.
            try await installed.execute("UPDATE installation SET token_hash_check = NULL")
            #expect(await installed.bind(installed.ours) == Self.mismatch)
            #expect(try await installed.replace(installed.ours))
            #expect(await installed.bind(installed.ours) == "")
        }
    }

    @Test func aKeyIsReplacedOnlyWhereThatIsAsked() async throws {
        try await Installed.with { installed in
            let log = "SELECT method, object_type FROM audit_log ORDER BY sequence"
            try await installed.beginLog(installed.ours)
            #expect(await installed.bind(installed.ours) == "")
            // One that it has is none that takes over.
            #expect(try await !installed.replace(installed.ours))
            #expect(try await installed.texts(log) == [["test/migrate", ""]])

            #expect(try await installed.replace(installed.theirs))
            #expect(
                try await installed.texts(log) == [
                    ["test/migrate", ""], ["test/replace", "token_hash_key"],
                ])
            let row = try await installed.pool.transaction(
                TransactionOptions(role: "tally_operator")
            ) { try await $0.first(SelectSealedPlatformRow()) }
            let sealed = try #require(row)
            let platform = try await installed.keys.keys(of: AuditChainHead.platform)
            guard
                case .readable(let fields) = try platform.auditFields(
                    sealed.sealed, ofRow: sealed.sequence)
            else {
                Issue.record("the row does not open")
                return
            }
            #expect(fields.peerSubject == "alice@db1" && fields.peerAddress == "local")
            for (key, reason) in [(installed.ours, Self.mismatch), (installed.theirs, "")] {
                #expect(await installed.bind(key) == reason)
                #expect(await installed.use(key) == reason)
            }
            // Nobody could have sealed what came before.
            let head = try await installed.pool.transaction(
                TransactionOptions(role: "tally_operator")
            ) { try await $0.first(SelectAuditChain(organization: AuditChainHead.platform)) }
            #expect(head?.1 == AuditChainHead.brokenSeal)
        }
    }
}
