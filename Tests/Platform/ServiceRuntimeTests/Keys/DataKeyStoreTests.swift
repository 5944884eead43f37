import Core
import Domain
import Encryption
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct DataKeyStoreTests {
    private static let place = Binding(purpose: "test", ["row"])
    private static let destroyed = ServiceError(.failedPrecondition, "DATA_KEY_DESTROYED", "")
    private static let missing = ServiceError(.failedPrecondition, "DATA_KEY_MISSING", "")
    private static let unreadable = ServiceError(.dataLoss, "SEALED_TEXT_UNREADABLE", "")

    /// The keys' database, and the master key of all stores over it.
    private struct Bench: Sendable {
        let database: ScratchDatabase
        let pool: PostgresPool
        let mainPool: PostgresPool
        let cipher: EnvelopeCipher

        static func with(_ body: @Sendable (Bench) async throws -> Void) async throws {
            try await ScratchDatabase.with { database in
                let bench = Bench(
                    database: database, pool: try await database.keysPool(),
                    mainPool: database.pool(connectionsMax: 4),
                    cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
                try await body(bench)
                await bench.pool.shutdown()
                await bench.mainPool.shutdown()
            }
        }

        /// As another process has it.
        func store(role: String = "tally_service", cipher: EnvelopeCipher? = nil) -> DataKeyStore {
            DataKeyStore(
                pool: pool, mainPool: mainPool, role: role, cipher: cipher ?? self.cipher)
        }

        func rows(_ sql: String) async throws -> [[String?]] {
            let session = try await database.keysSession()
            let rows = try await session.texts(sql)
            await session.close()
            return rows
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await Bench.with { bench in
            let session = try await bench.database.keysSession()
            try await session.prepare(SelectDataKeys.self)
            try await session.prepare(InsertFirstDataKey.self)
            try await session.prepare(InsertDestroyedDataKey.self)
            try await session.prepare(DestroyDataKeys.self)
            await session.close()
        }
    }

    @Test func whatOneProcessSealedAnotherOpens() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            let sealed = try await bench.store().makeKeys(of: organization)
                .seal("jo@acme.example", in: Self.place)
            for role in ["tally_service", "tally_worker", "tally_operator"] {
                let keys = try await bench.store(role: role).keys(of: organization)
                #expect(try keys.text(sealed, in: Self.place) == "jo@acme.example")
                #expect(throws: Self.unreadable) {
                    try keys.text(sealed, in: Binding(purpose: "test", ["other row"]))
                }
            }
            let others = try await bench.store().makeKeys(of: OrganizationID.make())
            #expect(throws: Self.unreadable) { try others.text(sealed, in: Self.place) }
        }
    }

    /// Who reads or seals makes no key: one that is not there was lost, and a new one would hide that.
    @Test func keysAreMadeWithTheirOrganizationOnly() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            await expect(.failedPrecondition, "DATA_KEY_MISSING") {
                try await bench.store().keysToSeal(of: organization)
            }
            let keys = try await bench.store().keys(of: organization)
            #expect(throws: Self.missing) { try keys.seal("text", in: Self.place) }
            #expect(throws: Self.missing) { try keys.text([1], in: Self.place) }
            #expect(try await bench.rows("SELECT FROM data_keys") == [])
        }
    }

    /// Several who make an organization's first key at once all get the same. One of them holds its row
    /// until the others wait for it.
    @Test(.timeLimit(.minutes(3))) func oneOfManyFirstKeysWins() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            let pools = try await [bench.database.keysPool(), bench.database.keysPool()]
            let first = try await bench.database.keysSession()
            let wrapped = try bench.cipher.makeDataKey(
                boundTo: DataKeyStore.binding(organization.postgresUUID, 1)
            ).wrapped
            let hex = wrapped.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try await first.execute(
                """
                BEGIN;
                INSERT INTO data_keys (org_id, version, wrapped_key)
                VALUES ('\(organization)', 1, '\\x\(hex)')
                """)
            let all = try await withThrowingTaskGroup(of: OrganizationKeys.self) { tasks in
                for index in 0..<4 {
                    let store = DataKeyStore(
                        pool: pools[index % 2], mainPool: bench.mainPool, role: "tally_service",
                        cipher: bench.cipher)
                    tasks.addTask { try await store.makeKeys(of: organization) }
                }
                let waiting = """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """
                try await until { try await bench.rows(waiting) == [["4"]] }
                try await first.execute("COMMIT")
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let sealed = try all.map { try $0.seal("text", in: Self.place) }
            for keys in all + [try await bench.store().keys(of: organization)] {
                #expect(try sealed.allSatisfy { try keys.text($0, in: Self.place) == "text" })
            }
            #expect(try await bench.rows("SELECT version FROM data_keys") == [["1"]])
            await first.close()
            for pool in pools { await pool.shutdown() }
        }
    }

    /// Its texts are gone for who holds the master key and the whole database; others' are not.
    @Test func aDestroyedKeyIsNeitherReadNorRevived() async throws {
        try await Bench.with { bench in
            let (one, other) = (OrganizationID.make(), OrganizationID.make())
            let store = bench.store()
            let sealed = try await store.makeKeys(of: one).seal("one", in: Self.place)
            let kept = try await store.makeKeys(of: other).seal("other", in: Self.place)
            let first = try await store.destroy(keysOf: one)
            #expect(try await store.destroy(keysOf: one) == first)
            for store in [store, bench.store()] {
                let keys = try await store.keys(of: one)
                #expect(keys.areDestroyed)
                #expect(try keys.text(sealed, in: Self.place) == "[destroyed]")
                #expect(throws: Self.destroyed) { try keys.open(sealed, in: Self.place) }
                await expect(.failedPrecondition, "DATA_KEY_DESTROYED") {
                    try await store.keysToSeal(of: one)
                }
                let others = try await store.keys(of: other)
                #expect(try others.text(kept, in: Self.place) == "other")
            }
            let session = try await bench.database.keysSession()
            for sql in [
                "UPDATE data_keys SET wrapped_key = '\\x01', destroyed_at = NULL",
                "DELETE FROM data_keys", "TRUNCATE data_keys",
            ] {
                await #expect(throws: PostgresError.self) { try await session.execute(sql) }
            }
            let left = try await session.texts(
                "SELECT octet_length(wrapped_key) FROM data_keys WHERE org_id = '\(one)'")
            #expect(left == [["0"]])
            await session.close()
        }
    }

    /// A key that another process destroyed is handed out for half a minute, and no longer.
    @Test func othersHearOfADestroyedKeyWithinHalfAMinute() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            let clock = TestTime()
            let slow = DataKeyStore(
                source: PostgresDataKeySource(
                    pool: bench.pool, mainPool: bench.mainPool, role: "tally_worker"),
                cipher: bench.cipher, clock: clock.clock)
            try await bench.store().makeKeys(of: organization)
            #expect(try await !slow.keys(of: organization).areDestroyed)
            try await bench.store().destroy(keysOf: organization)
            clock.advance(nanoseconds: 29_999_999_999)
            #expect(try await !slow.keys(of: organization).areDestroyed)
            clock.advance(nanoseconds: 1)
            #expect(try await slow.keys(of: organization).areDestroyed)
        }
    }

    @Test func anOrganizationThatNeverHadAKeyGetsNoneOnceDestroyed() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            try await bench.store().destroy(keysOf: organization)
            for store in [bench.store(), bench.store()] {
                await expect(.failedPrecondition, "DATA_KEY_DESTROYED") {
                    try await store.keysToSeal(of: organization)
                }
                await expect(.failedPrecondition, "DATA_KEY_DESTROYED") {
                    try await store.makeKeys(of: organization)
                }
            }
        }
    }

    /// Who serves organizations neither makes nor ends keys, and who erases them ends keys only.
    @Test func keysAreMadeAndEndedByFew() async throws {
        try await Bench.with { bench in
            let (organization, other) = (OrganizationID.make(), OrganizationID.make())
            try await bench.store().makeKeys(of: organization)
            let session = try await bench.database.keysSession()
            let insert = """
                INSERT INTO data_keys (org_id, version, wrapped_key) VALUES ('\(organization)', 2, '1')
                """
            let first = """
                INSERT INTO data_keys (org_id, version, wrapped_key) VALUES ('\(other)', 1, '1')
                """
            let ended = """
                INSERT INTO data_keys (org_id, version, wrapped_key, destroyed_at)
                VALUES ('\(other)', 1, '', now())
                """
            let replace = "UPDATE data_keys SET wrapped_key = '1'"
            let destroy = "UPDATE data_keys SET wrapped_key = '', destroyed_at = now()"
            for (role, sql, isAllowed) in [
                ("tally_service", insert, false), ("tally_service", replace, false),
                ("tally_service", destroy, false), ("tally_service", first, false),
                ("tally_operator", first, true), ("tally_operator", insert, false),
                ("tally_operator", ended, false),
                ("tally_operator", replace, false), ("tally_operator", destroy, false),
                ("tally_worker", first, false), ("tally_worker", insert, false),
                ("tally_worker", replace, false), ("tally_worker", ended, true),
                ("tally_worker", destroy, true), ("tally_owner", replace, true),
                ("tally_directory", replace, false),
                ("tally_worker", "DELETE FROM data_keys", false),
            ] {
                let subject = [first, ended].contains(sql) ? other : organization
                try await session.execute(
                    "BEGIN; SET LOCAL ROLE \(role); SET LOCAL app.org_id = '\(subject)'")
                var isDone = true
                do {
                    try await session.execute(sql)
                } catch is PostgresError {
                    isDone = false
                }
                #expect(isDone == isAllowed, "\(role): \(sql)")
                try await session.execute("ROLLBACK")
            }
            await session.close()
        }
    }

    @Test func anotherMasterKeyOpensNothingAndSaysSo() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            try await bench.store().makeKeys(of: organization)
            let other = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
            await expect(.failedPrecondition, "MASTER_KEY_UNKNOWN") {
                try await bench.store(cipher: other).keys(of: organization)
            }
        }
    }

    /// A role that may read keys reads those of the organization that it acts for.
    @Test func rowSecurityKeepsKeysApart() async throws {
        try await Bench.with { bench in
            let (one, other) = (OrganizationID.make(), OrganizationID.make())
            for id in [one, other] { try await bench.store().makeKeys(of: id) }
            for role in ["tally_service", "tally_worker", "tally_operator"] {
                let options = TransactionOptions(role: role, organization: one.postgresUUID)
                let rows = try await bench.pool.transaction(options) { transaction in
                    try await transaction.run(AllKeys())
                }
                #expect(rows == [one.postgresUUID])
                let none = try await bench.pool.transaction(TransactionOptions(role: role)) {
                    try await $0.run(AllKeys())
                }
                #expect(none == [])
            }
        }
    }

    /// Found by it are equal texts of the same organization and column, and no others.
    @Test func blindIndexesTellEqualTextsOnly() async throws {
        try await Bench.with { bench in
            let store = bench.store()
            let (one, other) = (OrganizationID.make(), OrganizationID.make())
            let column = Binding(purpose: "members.email", [])
            let keys = try await store.makeKeys(of: one)
            let index = try keys.blindIndex(of: "jo@acme.example", in: column)
            #expect(index.count == 32)
            let again = try await bench.store().keys(of: one)
            #expect(try again.blindIndex(of: "jo@acme.example", in: column) == index)
            #expect(try keys.blindIndex(of: "jo@acme.example ", in: column) != index)
            #expect(
                try keys.blindIndex(of: "jo@acme.example", in: Binding(purpose: "other", []))
                    != index)
            let others = try await store.makeKeys(of: other)
            #expect(try others.blindIndex(of: "jo@acme.example", in: column) != index)
        }
    }

    /// However long the keys' database takes: who can do without keys waits a moment once in five seconds.
    @Test(.timeLimit(.minutes(3))) func whoNeedsNoKeysDoesNotWaitForThem() async throws {
        let source = StagedSource()
        let clock = TestTime()
        let store = DataKeyStore(
            source: source, cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())),
            patience: .milliseconds(10), clock: clock.clock)
        let known = OrganizationID.make()
        try await store.makeKeys(of: known)
        let ask = {
            let keys = try await store.keysUnlessAway(of: OrganizationID.make().postgresUUID)
            #expect(keys.whyAway == "KEYS_DATABASE_SLOW")
        }
        for _ in 0..<3 { try await ask() }
        #expect(source.questionCount == 1)
        // What is known needs no question.
        #expect(try await !store.keysUnlessAway(of: known.postgresUUID).areAway)
        clock.advance(nanoseconds: 4_999_999_999)
        try await ask()
        #expect(source.questionCount == 1)
        clock.advance(nanoseconds: 1)
        for _ in 0..<3 { try await ask() }
        #expect(source.questionCount == 2)
    }

    /// Whatever is wrong with a key, who can do without goes on; who needs it is told.
    @Test func whoNeedsNoKeysGoesOnWithoutOnesThatDoNotOpen() async throws {
        let cipher = EnvelopeCipher(current: try MasterKey(SecretKey.random()))
        let organization = OrganizationID.make().postgresUUID
        let stored = { @Sendable (wrapped: [UInt8], destroyedAt: Instant?) in
            StoredDataKey(
                organization: organization, version: 1, wrapped: wrapped, destroyedAt: destroyedAt)
        }
        let others = try EnvelopeCipher(current: try MasterKey(SecretKey.random()))
            .makeDataKey(boundTo: DataKeyStore.binding(organization, 1)).wrapped
        let cases: [(String, @Sendable () throws -> [StoredDataKey])] = [
            ("DATA_KEY_MISSING", { [] }),
            ("DATA_KEY_DAMAGED", { [stored([1], nil)] }),
            ("MASTER_KEY_UNKNOWN", { [stored(others, nil)] }),
            ("DATA_KEY_DESTROYED", { [stored([], Instant(seconds: 1))] }),
            ("KEYS_DATABASE_UNAVAILABLE", { throw DataKeyStore.unavailable(nil) }),
            ("POOL_EXHAUSTED", { throw ServiceError(.resourceExhausted, "POOL_EXHAUSTED", "") }),
        ]
        for (reason, answer) in cases {
            let store = DataKeyStore(
                source: StagedSource(answer), cipher: cipher, patience: .seconds(3600))
            #expect(try await store.keysUnlessAway(of: organization).whyAway == reason)
            let error = await #expect(throws: ServiceError.self) {
                try await store.keysToSeal(of: organization)
            }
            #expect(error?.reason.rawValue == reason)
        }
    }

    @Test func aDatabaseThatIsAwayIsSaid() async throws {
        try await ScratchDatabase.with { try await awayIsSaid($0.pool(connectionsMax: 1)) }
    }

    private func awayIsSaid(_ mainPool: PostgresPool) async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
            logger: .init(label: "test"))
        let store = DataKeyStore(
            pool: pool, mainPool: mainPool, role: "tally_service",
            cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
        await expect(.unavailable, "KEYS_DATABASE_UNAVAILABLE") {
            try await store.keys(of: OrganizationID.make())
        }
        await expect(.failedPrecondition, "KEYS_DATABASE_MISSING") {
            try await DataKeyStore.absent.keys(of: OrganizationID.make())
        }
        await pool.shutdown()
        await mainPool.shutdown()
    }
}

/// A source whose answers a test says; without one it never answers.
private final class StagedSource: DataKeySource {
    private let answer: (@Sendable () throws -> [StoredDataKey])?
    private let count = Atomic(0)

    init(_ answer: (@Sendable () throws -> [StoredDataKey])? = nil) {
        self.answer = answer
    }

    var questionCount: Int { count.load(ordering: .acquiring) }

    func keys(of organization: PostgresUUID) async throws -> [StoredDataKey] {
        count.add(1, ordering: .acquiringAndReleasing)
        if let answer { return try answer() }
        // Not even when it is cancelled.
        return await withUnsafeContinuation { _ in }
    }

    func keep(_ wrapped: [UInt8], of organization: PostgresUUID) async throws -> [StoredDataKey] {
        [
            StoredDataKey(
                organization: organization, version: 1, wrapped: wrapped, destroyedAt: nil)
        ]
    }

    func destroy(keysOf organization: PostgresUUID) async throws -> [StoredDataKey] { [] }
}

/// Without a filter, to show what row security leaves.
private struct AllKeys: PostgresStatement {
    static let sql = "SELECT org_id FROM data_keys"

    func bind(into bindings: inout PostgresBindings) {}

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Stands still until it is told otherwise.
private final class TestTime: Sendable {
    private let nanoseconds = Atomic<Int64>(1_000_000_000_000)

    var clock: MonotonicClock {
        MonotonicClock { self.nanoseconds.load(ordering: .acquiring) }
    }

    func advance(nanoseconds count: Int64) {
        nanoseconds.add(count, ordering: .acquiringAndReleasing)
    }
}
