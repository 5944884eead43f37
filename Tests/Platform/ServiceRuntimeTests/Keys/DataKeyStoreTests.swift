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
        let cipher: EnvelopeCipher

        static func with(_ body: @Sendable (Bench) async throws -> Void) async throws {
            try await ScratchDatabase.with(migrated: false) { database in
                let bench = Bench(
                    database: database, pool: try await database.keysPool(),
                    cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
                try await body(bench)
                await bench.pool.shutdown()
            }
        }

        /// As another process has it.
        func store(role: String = "tally_service", cipher: EnvelopeCipher? = nil) -> DataKeyStore {
            DataKeyStore(pool: pool, role: role, cipher: cipher ?? self.cipher)
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
            let sealed = try await bench.store().keysToSeal(of: organization)
                .seal("jo@acme.example", in: Self.place)
            for role in ["tally_service", "tally_worker", "tally_operator"] {
                let keys = try await bench.store(role: role).keys(of: organization)
                #expect(try keys.text(sealed, in: Self.place) == "jo@acme.example")
                #expect(throws: Self.unreadable) {
                    try keys.text(sealed, in: Binding(purpose: "test", ["other row"]))
                }
            }
            let others = try await bench.store().keysToSeal(of: .make())
            #expect(throws: Self.unreadable) { try others.text(sealed, in: Self.place) }
        }
    }

    /// Who only reads makes no key: one that is not there was lost, and a new one would hide that.
    @Test func keysAreMadeToSealOnly() async throws {
        try await Bench.with { bench in
            let keys = try await bench.store().keys(of: .make())
            #expect(throws: Self.missing) { try keys.seal("text", in: Self.place) }
            #expect(throws: Self.missing) { try keys.text([1], in: Self.place) }
            #expect(try await bench.rows("SELECT FROM data_keys") == [])
        }
    }

    @Test func oneOfManyFirstKeysWins() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            let all = try await withThrowingTaskGroup(of: OrganizationKeys.self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask { try await bench.store().keysToSeal(of: organization) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let sealed = try all.map { try $0.seal("text", in: Self.place) }
            for keys in all {
                #expect(try sealed.allSatisfy { try keys.text($0, in: Self.place) == "text" })
            }
            #expect(try await bench.rows("SELECT version FROM data_keys") == [["1"]])
        }
    }

    /// Its texts are gone for who holds the master key and the whole database; others' are not.
    @Test func aDestroyedKeyIsNeitherReadNorRevived() async throws {
        try await Bench.with { bench in
            let (one, other) = (OrganizationID.make(), OrganizationID.make())
            let store = bench.store()
            let sealed = try await store.keysToSeal(of: one).seal("one", in: Self.place)
            let kept = try await store.keysToSeal(of: other).seal("other", in: Self.place)
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
                source: PostgresDataKeySource(pool: bench.pool, role: "tally_worker"),
                cipher: bench.cipher, clock: clock.clock)
            _ = try await bench.store().keysToSeal(of: organization)
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
            await expect(.failedPrecondition, "DATA_KEY_DESTROYED") {
                try await bench.store().keysToSeal(of: organization)
            }
        }
    }

    @Test func anotherMasterKeyOpensNothingAndSaysSo() async throws {
        try await Bench.with { bench in
            let organization = OrganizationID.make()
            _ = try await bench.store().keysToSeal(of: organization)
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
            for id in [one, other] { _ = try await bench.store().keysToSeal(of: id) }
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
            let keys = try await store.keysToSeal(of: one)
            let index = try keys.blindIndex(of: "jo@acme.example", in: column)
            #expect(index.count == 32)
            let again = try await bench.store().keys(of: one)
            #expect(try again.blindIndex(of: "jo@acme.example", in: column) == index)
            #expect(try keys.blindIndex(of: "jo@acme.example ", in: column) != index)
            #expect(
                try keys.blindIndex(of: "jo@acme.example", in: Binding(purpose: "other", []))
                    != index)
            let others = try await store.keysToSeal(of: other)
            #expect(try others.blindIndex(of: "jo@acme.example", in: column) != index)
        }
    }

    @Test func aDatabaseThatIsAwayIsSaid() async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
            logger: .init(label: "test"))
        let store = DataKeyStore(
            pool: pool, role: "tally_service",
            cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
        await expect(.unavailable, "KEYS_DATABASE_UNAVAILABLE") {
            try await store.keys(of: OrganizationID.make())
        }
        await expect(.failedPrecondition, "KEYS_DATABASE_MISSING") {
            try await DataKeyStore.absent.keys(of: OrganizationID.make())
        }
        await pool.shutdown()
    }
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
