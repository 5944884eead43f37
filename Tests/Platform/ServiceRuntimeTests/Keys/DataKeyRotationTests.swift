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
        let mainPool: PostgresPool
        let old: MasterKey
        let new: MasterKey
        let sealed: [OrganizationID: [UInt8]]

        static func with(
            organizations: Int, _ body: @Sendable (Bench) async throws -> Void
        ) async throws {
            try await ScratchDatabase.with { database in
                let pool = try await database.keysPool()
                let mainPool = database.pool(connectionsMax: 2)
                let old = try MasterKey(SecretKey.random())
                let store = DataKeyStore(
                    pool: pool, mainPool: mainPool, role: "tally_service",
                    cipher: EnvelopeCipher(current: old))
                var sealed: [OrganizationID: [UInt8]] = [:]
                for _ in 0..<organizations {
                    let id = OrganizationID.make()
                    sealed[id] = try await store.makeKeys(of: id)
                        .seal("of \(id)", in: DataKeyRotationTests.place)
                }
                let bench = Bench(
                    database: database, pool: pool, mainPool: mainPool, old: old,
                    new: try MasterKey(SecretKey.random()), sealed: sealed)
                try await body(bench)
                await pool.shutdown()
                await mainPool.shutdown()
            }
        }

        /// As of a process that has these master keys, and asked for no key yet.
        func store(_ cipher: EnvelopeCipher) -> DataKeyStore {
            DataKeyStore(
                pool: pool, mainPool: mainPool, role: "tally_service", cipher: cipher)
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

    /// Keys that do not open, wherever they stand, are named and left as they are; all others are
    /// wrapped anew, and the rest is once what they need is there.
    @Test(arguments: [1, 2, 3, 500])
    func aKeyThatDoesNotOpenStopsNothing(pageSize: Int) async throws {
        let stranger = try MasterKey(SecretKey.random())
        try await Bench.with(organizations: 12) { bench in
            var random = SeededRandom(seed: .random(in: .min ... .max))
            let seed = random.seed
            let ids = bench.sealed.keys.sorted { $0.text < $1.text }.shuffled(using: &random)
            let (damaged, swapped) = (ids[0], ids[1...2])
            let foreign = OrganizationID(PostgresUUID(high: .max, low: random.next()))
            try await bench.store(EnvelopeCipher(current: stranger)).makeKeys(of: foreign)
            let session = try await bench.database.keysSession()
            // A flipped bit of the text, and two keys in each other's place.
            let offset = Int.random(in: 10..<60, using: &random)
            try await session.execute(
                """
                UPDATE data_keys SET wrapped_key =
                    set_byte(wrapped_key, \(offset), get_byte(wrapped_key, \(offset)) # 1)
                WHERE org_id = '\(damaged)';
                UPDATE data_keys AS k SET wrapped_key = o.wrapped_key FROM data_keys AS o
                WHERE k.org_id IN ('\(ids[1])', '\(ids[2])')
                    AND o.org_id IN ('\(ids[1])', '\(ids[2])') AND o.org_id <> k.org_id
                """)
            await session.close()
            let rotation = bench.rotation(retired: [bench.old], pageSize: pageSize)
            let outcome = try await rotation.run()
            #expect(outcome.rewrappedCount == 9 && outcome.currentCount == 0, "seed \(seed)")
            let named = Dictionary(
                uniqueKeysWithValues: outcome.unopened.map { ($0.organization, $0.reason) })
            let expected: [OrganizationID: DataKeyRotation.Unopened.Reason] = [
                damaged: .damaged, ids[1]: .damaged, ids[2]: .damaged, foreign: .masterKeyUnknown,
            ]
            #expect(named == expected, "seed \(seed)")
            #expect(await bench.openCount(EnvelopeCipher(current: bench.new)) == 9)
            for id in [damaged] + swapped {
                await expect(.dataLoss, "DATA_KEY_DAMAGED") {
                    try await bench.store(EnvelopeCipher(current: bench.new, retired: [bench.old]))
                        .keys(of: id)
                }
            }
            let again = try await bench.rotation(
                retired: [bench.old, stranger], pageSize: pageSize
            ).run()
            #expect(again.rewrappedCount == 1 && again.currentCount == 9, "seed \(seed)")
            #expect(again.unopened.count == 3)
            // One that the current master key wrapped is looked at, too.
            try await damage(foreign, bench)
            let last = try await rotation.run()
            #expect(last.unopened.contains { $0.organization == foreign && $0.reason == .damaged })
        }
    }

    private func damage(_ organization: OrganizationID, _ bench: Bench) async throws {
        let session = try await bench.database.keysSession()
        try await session.execute(
            """
            UPDATE data_keys SET wrapped_key = set_byte(wrapped_key, 30, get_byte(wrapped_key, 30) # 1)
            WHERE org_id = '\(organization)'
            """)
        await session.close()
    }

    /// The exchange that deploy/README.md describes: at each moment of it, some processes have the
    /// settings of a step, and some those of the next. Whatever one of them seals, all others open, and
    /// nobody is refused.
    @Test func aMasterKeyIsExchangedStepByStep() async throws {
        try await Bench.with(organizations: 3) { bench in
            let steps = [
                EnvelopeCipher(current: bench.old),
                EnvelopeCipher(current: bench.old, retired: [bench.new]),
                EnvelopeCipher(current: bench.new, retired: [bench.old]),
                EnvelopeCipher(current: bench.new),
            ]
            let wrongs =
                try await mixed(bench, steps[0], steps[1]) + mixed(bench, steps[1], steps[2])
            #expect(wrongs == 0)
            let rotation = bench.rotation(retired: [bench.old], pageSize: 2)
            async let rotated = rotation.run()
            let meanwhile = try await mixed(bench, steps[2], steps[2])
            #expect(meanwhile == 0)
            let outcome = try await rotated
            #expect(outcome.unopened.isEmpty && outcome.rewrappedCount >= 3)
            #expect(try await mixed(bench, steps[2], steps[3]) == 0)
            for cipher in steps[2...] { #expect(await bench.openCount(cipher) == 3) }
            // A step left out is noticed: the old key alone opens nothing that the new one wrapped.
            #expect(try await mixed(bench, steps[0], steps[2]) > 0)
        }
    }

    /// How often one of two processes could not open what the other sealed, of organizations that are
    /// new and of those there are.
    private func mixed(
        _ bench: Bench, _ one: EnvelopeCipher, _ other: EnvelopeCipher
    ) async throws -> Int {
        var wrongs = 0
        for (makes, opens) in [(one, other), (other, one), (one, one), (other, other)] {
            let id = OrganizationID.make()
            let sealed = try await bench.store(makes).makeKeys(of: id)
                .seal("new", in: Self.place)
            let text = try? await bench.store(opens).keysToSeal(of: id).text(sealed, in: Self.place)
            if text != "new" { wrongs += 1 }
            if await bench.openCount(opens) != 3 { wrongs += 1 }
        }
        return wrongs
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
            let source = PostgresDataKeySource(
                pool: bench.pool, mainPool: bench.mainPool, role: "tally_service")
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
        // It has the program's environment, but none of its settings, which hold passwords.
        setenv("TALLY_SECRET_FOR_THE_TEST", key, 1)
        setenv("OTHER_SECRET_FOR_THE_TEST", key, 1)
        defer {
            unsetenv("TALLY_SECRET_FOR_THE_TEST")
            unsetenv("OTHER_SECRET_FOR_THE_TEST")
        }
        #expect(reason(["TALLY_MASTER_KEY_COMMAND": "echo $OTHER_SECRET_FOR_THE_TEST"]) == nil)
        #expect(
            reason(["TALLY_MASTER_KEY_COMMAND": "echo $TALLY_SECRET_FOR_THE_TEST"])
                == "MASTER_KEY_MALFORMED TALLY_MASTER_KEY")
        // Its output ends before it does, and it is waited for.
        #expect(
            reason(["TALLY_MASTER_KEY_COMMAND": "echo \(key); exec >&-; sleep 0.1; exit 4"])
                == "MASTER_KEY_COMMAND_FAILED TALLY_MASTER_KEY_COMMAND")
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
            [
                "TALLY_MASTER_KEY": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "TALLY_RETIRED_MASTER_KEYS": "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,\(key)",
            ],
            [
                "TALLY_MASTER_KEY": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "TALLY_RETIRED_MASTER_KEY_COMMANDS":
                    "echo AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\ncat \(file)\n",
            ],
        ] {
            _ = try settings(more).cipher().unwrapDataKey(wrapped, boundTo: binding)
        }
        #expect(
            reason(["TALLY_MASTER_KEY_COMMAND": "yes"])
                == "MASTER_KEY_COMMAND_FAILED TALLY_MASTER_KEY_COMMAND")
        #expect(
            reason(["TALLY_MASTER_KEY": key, "TALLY_RETIRED_MASTER_KEYS": "x"])
                == "MASTER_KEY_MALFORMED TALLY_RETIRED_MASTER_KEYS")
        #expect(
            reason(["TALLY_MASTER_KEY": key, "TALLY_RETIRED_MASTER_KEY_COMMANDS": "exit 2"])
                == "MASTER_KEY_COMMAND_FAILED TALLY_RETIRED_MASTER_KEY_COMMANDS")
        #expect(
            reason([
                "TALLY_MASTER_KEY": key, "TALLY_KEYS_DATABASE_URL": "postgresql://x@/x",
                "TALLY_DATABASE_URL": "postgresql://x@/x",
            ]) == "SETTING_MALFORMED TALLY_KEYS_DATABASE_URL")
    }

    /// What a command leaves running, with its output open, is neither waited for nor left.
    @Test(.timeLimit(.minutes(3))) func whatACommandLeavesRunningEndsWithIt() throws {
        let file = NSTemporaryDirectory() + "tally-left-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        let all = [
            "TALLY_KEYS_DATABASE_URL": "postgresql://x@/keys",
            "TALLY_MASTER_KEY_COMMAND": "sleep 3600 & echo $! > \(file); echo \(key)",
        ]
        _ = try DataKeySettings { all[$0] }.cipher(commandTimeout: .seconds(3600))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let left = try #require(
            pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // Whoever takes care of orphans sees to it in a moment.
        while kill(left, 0) == 0 && !isZombie(left) { poll(nil, 0, 10) }
    }

    private func isZombie(_ process: pid_t) -> Bool {
        let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return text?.contains(") Z ") ?? false
    }

    /// A command that does not end is killed with what it started, whether it writes or is silent.
    @Test(arguments: [
        "sleep 600", "echo AAAA; sleep 600 & wait", "trap '' TERM; sleep 600",
        "exec >&-; sleep 600",
    ])
    func aCommandHasItsTime(command: String) throws {
        let all = [
            "TALLY_KEYS_DATABASE_URL": "postgresql://x@/keys", "TALLY_MASTER_KEY_COMMAND": command,
        ]
        let settings = try DataKeySettings { all[$0] }
        let start = ContinuousClock.now
        let error = #expect(throws: ServiceError.self) {
            _ = try settings.cipher(commandTimeout: .milliseconds(200))
        }
        #expect(error?.reason == "MASTER_KEY_COMMAND_TOO_SLOW")
        #expect(error?.field == "TALLY_MASTER_KEY_COMMAND")
        #expect(ContinuousClock.now - start < .seconds(60))
    }
}
