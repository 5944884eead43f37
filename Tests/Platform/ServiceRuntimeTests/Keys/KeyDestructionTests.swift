import Core
import Domain
import Encryption
import Postgres
import TestSupport
import Testing

@testable import ServiceRuntime

/// What was destroyed stays so when the keys' database is restored from a backup.
@Suite struct KeyDestructionTests {
    private static let place = Binding(purpose: "test", ["row"])

    private struct Bench: Sendable {
        let database: ScratchDatabase
        let pool: PostgresPool
        let mainPool: PostgresPool
        let cipher: EnvelopeCipher

        static func with(_ body: (Bench) async throws -> Void) async throws {
            try await ScratchDatabase.with { database in
                let bench = Bench(
                    database: database, pool: try await database.keysPool(),
                    mainPool: database.pool(connectionsMax: 2),
                    cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random())))
                try await body(bench)
                await bench.pool.shutdown()
                await bench.mainPool.shutdown()
            }
        }

        /// Of a process that asked for no key yet.
        var store: DataKeyStore {
            DataKeyStore(pool: pool, mainPool: mainPool, role: "tally_service", cipher: cipher)
        }

        func execute(_ sql: String) async throws {
            let session = try await database.keysSession()
            try await session.execute(sql)
            await session.close()
        }

        func backUp() async throws {
            try await execute(
                "DROP TABLE IF EXISTS backup; CREATE TABLE backup AS SELECT * FROM data_keys")
        }

        /// As who restores a database does: past its triggers.
        func restore() async throws {
            try await execute(
                """
                BEGIN;
                ALTER TABLE data_keys DISABLE TRIGGER USER;
                DELETE FROM data_keys;
                INSERT INTO data_keys SELECT * FROM backup;
                ALTER TABLE data_keys ENABLE TRIGGER USER;
                COMMIT
                """)
        }

        /// As a main database that is restored from before.
        func forgetDestructions() async throws {
            let session = try await database.session()
            try await session.execute("TRUNCATE destroyed_data_keys")
            await session.close()
        }

        /// Organizations that have a key which opens something.
        func withKeys() async throws -> Set<String> {
            let session = try await database.keysSession()
            let rows = try await session.texts(
                "SELECT org_id FROM data_keys WHERE octet_length(wrapped_key) > 0")
            await session.close()
            return Set(rows.compactMap { $0[0] })
        }
    }

    /// Whatever is made, destroyed, backed up and restored in whichever order: nobody opens again what
    /// was destroyed once, what is not destroyed and not lost opens, and no lost key gets another in its
    /// place.
    @Test func aRestoredKeyIsNotOpenedAgain() async throws {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        let seed = random.seed
        let steps = (0..<60).map { _ in Int.random(in: 0..<10, using: &random) }
        let choices = steps.map { _ in Int.random(in: 0..<1000, using: &random) }
        try await Bench.with { bench in
            var sealed: [OrganizationID: [UInt8]] = [:]
            var order: [OrganizationID] = []
            var destroyed: Set<OrganizationID> = []
            var backedUp: Set<OrganizationID> = []
            var lost: Set<OrganizationID> = []
            try await bench.backUp()
            for (step, choice) in zip(steps, choices) {
                let chosen = order.isEmpty ? nil : order[choice % order.count]
                switch (step, chosen) {
                case (0...3, _):
                    let id = OrganizationID.make()
                    order.append(id)
                    sealed[id] = try await bench.store.makeKeys(of: id)
                        .seal("of \(id)", in: Self.place)
                case (4...5, let id?):
                    try await bench.store.destroy(keysOf: id)
                    destroyed.insert(id)
                case (6, _):
                    try await bench.backUp()
                    backedUp = Set(order).subtracting(lost)
                case (7...8, _):
                    try await bench.restore()
                    lost = Set(order).subtracting(backedUp)
                case (9, _):
                    let cameBack = try await KeyDestruction(
                        pool: bench.pool, mainPool: bench.mainPool, pageSize: 2
                    ).run().destroyed
                    #expect(destroyed.isSuperset(of: cameBack), "seed \(seed)")
                    let gone = Set(destroyed.map(\.text))
                    #expect(try await bench.withKeys().isDisjoint(with: gone), "seed \(seed)")
                default: break
                }
                let store = bench.store
                for (id, sealed) in sealed {
                    let keys = try await store.keys(of: id)
                    let text = try? keys.open(sealed, in: Self.place).reveal()
                    let isReadable = !destroyed.contains(id) && !lost.contains(id)
                    #expect((text == Array("of \(id)".utf8)) == isReadable, "seed \(seed)")
                    #expect(keys.areDestroyed == destroyed.contains(id), "seed \(seed)")
                }
            }
        }
    }

    @Test func keysThatCameBackAreDestroyedAgainAndNamed() async throws {
        try await Bench.with { bench in
            let ids = (0..<5).map { _ in OrganizationID.make() }.sorted { $0.text < $1.text }
            for id in ids.dropLast() { try await bench.store.makeKeys(of: id) }
            try await bench.backUp()
            // The last one never had a key; the first one keeps its.
            for id in ids.dropFirst() { try await bench.store.destroy(keysOf: id) }
            let again = KeyDestruction(pool: bench.pool, mainPool: bench.mainPool, pageSize: 2)
            #expect(try await again.run() == KeyDestruction.Outcome())
            try await bench.restore()
            #expect(try await bench.withKeys().count == 4)
            #expect(try await again.run().destroyed == Array(ids[1...3]))
            #expect(try await bench.withKeys() == [ids[0].text])
            #expect(try await again.run() == KeyDestruction.Outcome())
            await expect(.failedPrecondition, "DATA_KEY_DESTROYED") {
                try await bench.store.makeKeys(of: ids[4])
            }
        }
    }

    /// What one database forgot in a restore, the other one remembers; and of what both forgot a list
    /// remembers.
    @Test func eitherDatabaseRemembersWhatWasDestroyed() async throws {
        try await Bench.with { bench in
            let ids = (0..<5).map { _ in OrganizationID.make() }.sorted { $0.text < $1.text }
            for id in ids { try await bench.store.makeKeys(of: id) }
            try await bench.backUp()
            for id in ids.dropFirst(2) { try await bench.store.destroy(keysOf: id) }
            let again = KeyDestruction(pool: bench.pool, mainPool: bench.mainPool, pageSize: 2)
            // The main database is restored, and then the other one, too.
            try await bench.forgetDestructions()
            #expect(try await again.run() == .init(destroyed: [], rememberedCount: 3))
            try await bench.restore()
            for id in ids.dropFirst(2) {
                #expect(try await bench.store.keys(of: id).areDestroyed)
            }
            #expect(try await again.run().destroyed == Array(ids[2...]))
            // Both at once.
            try await bench.forgetDestructions()
            try await bench.restore()
            #expect(try await again.run() == KeyDestruction.Outcome())
            let listed = [ids[1], ids[4], ids[3], OrganizationID.make()]
            #expect(try await again.run(listed).destroyed == [ids[1], ids[3], ids[4]])
            #expect(try await bench.withKeys() == [ids[0].text, ids[2].text])
        }
    }

    /// Not even the schema's owner forgets that a key was destroyed.
    @Test(arguments: [
        "DELETE FROM destroyed_data_keys", "TRUNCATE destroyed_data_keys",
        "UPDATE destroyed_data_keys SET destroyed_at = now()",
    ])
    func destructionsAreRememberedForGood(sql: String) async throws {
        try await Bench.with { bench in
            try await bench.store.destroy(keysOf: OrganizationID.make())
            for role in ["tally_owner", "tally_worker", "tally_service", "tally_operator"] {
                let session = try await bench.database.session()
                try await session.execute("BEGIN; SET LOCAL ROLE \(role)")
                let error = await #expect(throws: PostgresError.self) {
                    try await session.execute(sql)
                }
                #expect(error?.sqlState == .insufficientPrivilege, "\(role)")
                await session.close()
            }
        }
    }

    @Test func statementsFitTheSchemaOfTheKeys() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try await database.keysSession()
            try await session.prepare(DestroyDataKeysAgain.self)
            try await session.prepare(SelectDestroyedDataKeys.self)
            try await session.prepare(SelectInstallation.self)
            try await session.prepare(InsertInstallation.self)
            try await session.prepare(SelectWhetherKeysAreThere.self)
            await session.close()
        }
    }
}
