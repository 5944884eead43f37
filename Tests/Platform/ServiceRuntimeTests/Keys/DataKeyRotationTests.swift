import Core
import Domain
import Encryption
import Foundation
import Postgres
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct DataKeyRotationTests {
    private static let place = Binding(purpose: "test", ["row"])

    /// Some organizations with something sealed, under a master key that is to go.
    private struct Bench: Sendable {
        let database: ScratchDatabase
        let pool: PostgresPool
        let old: MasterKey
        let new: MasterKey
        let sealed: [OrganizationID: [UInt8]]

        static func with(
            organizations: Int, _ body: @Sendable (Bench) async throws -> Void
        ) async throws {
            try await ScratchDatabase.with(migrated: false) { database in
                let pool = try await database.keysPool()
                let old = try MasterKey(SecretKey.random())
                let store = DataKeyStore(
                    pool: pool, role: "tally_service", cipher: EnvelopeCipher(current: old))
                var sealed: [OrganizationID: [UInt8]] = [:]
                for _ in 0..<organizations {
                    let id = OrganizationID.make()
                    sealed[id] = try await store.keysToSeal(of: id)
                        .seal("of \(id)", in: DataKeyRotationTests.place)
                }
                let bench = Bench(
                    database: database, pool: pool, old: old,
                    new: try MasterKey(SecretKey.random()), sealed: sealed)
                try await body(bench)
                await pool.shutdown()
            }
        }

        /// As of a process that has these master keys, and asked for no key yet.
        func store(_ cipher: EnvelopeCipher) -> DataKeyStore {
            DataKeyStore(pool: pool, role: "tally_service", cipher: cipher)
        }

        func rotation(retired: [MasterKey], pageSize: Int = 500) -> DataKeyRotation {
            DataKeyRotation(
                pool: pool, cipher: EnvelopeCipher(current: new, retired: retired),
                pageSize: pageSize)
        }

        /// How many of the texts open.
        func openCount(_ cipher: EnvelopeCipher) async -> Int {
            let store = store(cipher)
            var count = 0
            for (organization, sealed) in sealed {
                let text = try? await store.keys(of: organization)
                    .text(sealed, in: DataKeyRotationTests.place)
                if text == "of \(organization)" { count += 1 }
            }
            return count
        }
    }

    @Test func statementsFitTheSchema() async throws {
        try await Bench.with(organizations: 0) { bench in
            let session = try await bench.database.keysSession()
            try await session.prepare(SelectWrappedKeys.self)
            try await session.prepare(UpdateWrappedKey.self)
            await session.close()
        }
    }

    /// However it is cut into pages, everything opens with the new key alone afterwards.
    @Test(arguments: [1, 3, 7, 500])
    func everyKeyIsWrappedAnewAndNoneIsLost(pageSize: Int) async throws {
        try await Bench.with(organizations: 7) { bench in
            let both = EnvelopeCipher(current: bench.new, retired: [bench.old])
            #expect(await bench.openCount(both) == 7)
            #expect(await bench.openCount(EnvelopeCipher(current: bench.new)) == 0)
            let rotation = bench.rotation(retired: [bench.old], pageSize: pageSize)
            let first = try await rotation.run()
            #expect(first == .init(rewrappedCount: 7, currentCount: 0))
            #expect(await bench.openCount(EnvelopeCipher(current: bench.new)) == 7)
            #expect(await bench.openCount(EnvelopeCipher(current: bench.old)) == 0)
            // Servers that have both go on, and a second run finds nothing to do.
            #expect(await bench.openCount(both) == 7)
            let second = try await rotation.run()
            #expect(second == .init(rewrappedCount: 0, currentCount: 7))
        }
    }

    /// What was done before it stopped stays done.
    @Test func aRotationThatStopsIsTakenUpAgain() async throws {
        try await Bench.with(organizations: 5) { bench in
            // The last key is wrapped by a key that the rotation lacks.
            let stranger = try MasterKey(SecretKey.random())
            let last = OrganizationID(PostgresUUID(high: .max, low: .max))
            let sealed = try await bench.store(EnvelopeCipher(current: stranger))
                .keysToSeal(of: last).seal("last", in: Self.place)
            await expect(.failedPrecondition, "MASTER_KEY_UNKNOWN") {
                try await bench.rotation(retired: [bench.old], pageSize: 2).run()
            }
            let half = await bench.openCount(EnvelopeCipher(current: bench.new))
            #expect(half == 4)
            let outcome = try await bench.rotation(retired: [bench.old, stranger], pageSize: 2)
                .run()
            #expect(outcome == .init(rewrappedCount: 2, currentCount: 4))
            let now = EnvelopeCipher(current: bench.new)
            #expect(await bench.openCount(now) == 5)
            #expect(
                try await bench.store(now).keys(of: last).text(sealed, in: Self.place) == "last")
        }
    }

    @Test func destroyedKeysStayDestroyed() async throws {
        try await Bench.with(organizations: 3) { bench in
            let gone = try #require(bench.sealed.keys.first)
            let both = EnvelopeCipher(current: bench.new, retired: [bench.old])
            try await bench.store(both).destroy(keysOf: gone)
            let outcome = try await bench.rotation(retired: [bench.old]).run()
            #expect(outcome == .init(rewrappedCount: 2, currentCount: 0))
            #expect(try await bench.store(both).keys(of: gone).areDestroyed)
            #expect(await bench.openCount(both) == 2)
        }
    }

    /// A key that is destroyed between reading and writing is not brought back.
    @Test func aKeyDestroyedMeanwhileIsNotWrittenOver() async throws {
        try await Bench.with(organizations: 1) { bench in
            let id = try #require(bench.sealed.keys.first)
            let source = PostgresDataKeySource(pool: bench.pool, role: "tally_service")
            let key = try #require(try await source.keys(of: id.postgresUUID).first)
            _ = try await source.destroy(keysOf: id.postgresUUID)
            let options = TransactionOptions(role: "tally_owner")
            let written = try await bench.pool.transaction(options) { transaction in
                try await transaction.first(UpdateWrappedKey(key: key, wrapped: key.wrapped))
            }
            #expect(written == nil)
            let left = try await source.keys(of: id.postgresUUID)
            #expect(left.map(\.wrapped) == [[]])
        }
    }

    @Test func settingsSayWhereTheMasterKeyIs() throws {
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        let settings = { (more: [String: String]) throws in
            let all = ["TALLY_KEYS_DATABASE_URL": "postgresql://x@/keys"].merging(more) { $1 }
            return try DataKeySettings { all[$0] }
        }
        let reason = { (more: [String: String]) -> String? in
            do {
                _ = try settings(more).cipher()
                return nil
            } catch let error as ServiceError {
                return "\(error.reason.rawValue) \(error.field ?? "")"
            } catch {
                return "\(error)"
            }
        }
        #expect(reason(["TALLY_MASTER_KEY": key]) == nil)
        #expect(reason(["TALLY_MASTER_KEY_COMMAND": "echo \(key)"]) == nil)
        #expect(reason([:]) == "SETTING_MISSING TALLY_MASTER_KEY_FILE")
        #expect(
            reason(["TALLY_MASTER_KEY": key, "TALLY_MASTER_KEY_FILE": "/m"])
                == "SETTING_AMBIGUOUS TALLY_MASTER_KEY")
        for text in ["x", key + key, key + " "] {
            #expect(reason(["TALLY_MASTER_KEY": text]) == "MASTER_KEY_MALFORMED TALLY_MASTER_KEY")
            #expect(
                reason(["TALLY_MASTER_KEY_COMMAND": "echo '\(text)'"])
                    == "MASTER_KEY_MALFORMED TALLY_MASTER_KEY")
        }
        for command in ["exit 3", "echo \(key); false", "/nonexistent/command 2>/dev/null"] {
            #expect(
                reason(["TALLY_MASTER_KEY_COMMAND": command])
                    == "MASTER_KEY_COMMAND_FAILED TALLY_MASTER_KEY_COMMAND")
        }
        // The same key, wherever it is from.
        let binding = Binding(purpose: "test", [])
        let (_, wrapped) = try settings(["TALLY_MASTER_KEY": key]).cipher()
            .makeDataKey(boundTo: binding)
        let file = NSTemporaryDirectory() + "tally-master-\(UUID().uuidString)"
        _ = FileManager.default.createFile(
            atPath: file, contents: Data(key.utf8), attributes: [.posixPermissions: 0o600])
        defer { try? FileManager.default.removeItem(atPath: file) }
        for more in [
            ["TALLY_MASTER_KEY_FILE": file], ["TALLY_MASTER_KEY_COMMAND": "cat \(file)"],
            [
                "TALLY_MASTER_KEY": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "TALLY_RETIRED_MASTER_KEY_FILES": file,
            ],
        ] {
            _ = try settings(more).cipher().unwrapDataKey(wrapped, boundTo: binding)
        }
        #expect(
            reason([
                "TALLY_MASTER_KEY": key, "TALLY_KEYS_DATABASE_URL": "postgresql://x@/x",
                "TALLY_DATABASE_URL": "postgresql://x@/x",
            ]) == "SETTING_MALFORMED TALLY_KEYS_DATABASE_URL")
    }
}
