import API
import Core
import Domain
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// A key that was replaced stays replaced, whoever puts it back.
@Suite struct KeyVersionTests {
    private static let unreadable = ServiceError(.dataLoss, "SEALED_TEXT_UNREADABLE", "")

    private static func stored(
        _ id: ConnectionID, _ bench: ConnectionBench
    ) async throws -> SealedKey {
        try #require(
            try await bench.pool.transaction(bench.worker) {
                try await $0.first(
                    SelectSealedKey(organizationID: bench.organization, connectionID: id))
            })
    }

    /// As a superuser; what the database says against it, empty where it says nothing.
    private static func put(
        _ key: SealedKey, _ bench: ConnectionBench, version: Int64, guarded: Bool = true
    ) async throws -> String {
        let digits = key.bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }
        let session = try await bench.database.session()
        let rows = try await session.texts(
            """
            SET session_replication_role = \(guarded ? "origin" : "replica");
            DO $$
            BEGIN
                UPDATE connections SET sealed_key_version = \(version),
                    sealed_key = '\\x\(digits.joined())';
                CREATE TEMPORARY TABLE said AS SELECT '' AS said;
            EXCEPTION WHEN integrity_constraint_violation THEN
                CREATE TEMPORARY TABLE said AS SELECT SQLERRM AS said;
            END $$;
            SELECT said FROM said
            """)
        await session.close()
        return rows.last?[0] ?? ""
    }

    @Test func anOldKeyPutBackDoesNotOpen() async throws {
        try await ConnectionBench.with { bench in
            let id = try ConnectionID(try await bench.create().id)
            let keys = try await bench.keys.keys(of: bench.organization)
            let old = try await Self.stored(id, bench)
            #expect(old.version == 1)
            _ = try await bench.replaceKey(id.text, "sk-admin-another-key-wxyz")
            let new = try await Self.stored(id, bench)
            #expect(new.version == 2)
            let opened = try KeyVault.open(new, of: id, with: keys)
            #expect(opened.reveal() == "sk-admin-another-key-wxyz")

            // The database takes back neither the version nor the key alone.
            for version in [0, 1, 2] as [Int64] {
                let said = try await Self.put(old, bench, version: version)
                #expect(said.contains("comes after version 2"))
            }
            #expect(try await Self.stored(id, bench) == new)
            // Where nothing guards it, as in a row put together of two backups, it does not open.
            for version in [0, 2, 3] as [Int64] {
                #expect(
                    try await Self.put(old, bench, version: version, guarded: false) == "")
                let stored = try await Self.stored(id, bench)
                #expect(throws: Self.unreadable) {
                    try KeyVault.open(stored, of: id, with: keys)
                }
            }
            // The limit that the vault states: with its own number, past the guard.
            #expect(try await Self.put(old, bench, version: 1, guarded: false) == "")
            let stored = try await Self.stored(id, bench)
            #expect(
                try KeyVault.open(stored, of: id, with: keys).reveal() == ConnectionBench.planted)
        }
    }

    /// Nor does a row that is deleted and put back from a backup of before versions were bound.
    @Test func noConnectionComesWithAKeyThatHasNoVersion() async throws {
        try await ConnectionBench.with { bench in
            _ = try await bench.create()
            let session = try await bench.database.session()
            for (version, key, said) in [
                (0, "old", "KEY_VERSION_IS_MISSING"), (0, "", ""), (1, "old", ""),
            ] {
                let rows = try await session.texts(
                    """
                    DROP TABLE IF EXISTS said;
                    CREATE TEMPORARY TABLE said (said text);
                    DO $$
                    DECLARE hint text;
                    BEGIN
                        INSERT INTO connections (org_id, id, provider, display_name, key_hint,
                            backfill_from, created_at, sealed_key, sealed_key_version)
                        SELECT org_id, gen_random_uuid(), provider, display_name || random(),
                            key_hint, backfill_from, created_at, '\(key)', \(version)
                        FROM connections LIMIT 1;
                    EXCEPTION WHEN integrity_constraint_violation THEN
                        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
                        INSERT INTO said VALUES (hint);
                    END $$;
                    SELECT said FROM said
                    """)
                #expect((rows.last?[0] ?? "") == said, "\(version) \(key)")
            }
            await session.close()
        }
    }

    /// Of before versions were bound.
    @Test func aKeyOfBeforeOpensAndIsSealedAnewOnce() async throws {
        try await ConnectionBench.with { bench in
            let id = try ConnectionID(try await bench.create().id)
            let keys = try await bench.keys.keys(of: bench.organization)
            let secret = Secret(ConnectionBench.planted)
            let old = try KeyVault.seal(secret, of: id, version: 0, with: keys)
            #expect(try await Self.put(old, bench, version: 0, guarded: false) == "")
            let stored = try await Self.stored(id, bench)
            #expect(try KeyVault.open(stored, of: id, with: keys).reveal() == secret.reveal())
            let anew = try #require(try KeyVault.sealedAnew(stored, of: id, with: keys))
            #expect(anew.version == 1)
            #expect(try KeyVault.open(anew, of: id, with: keys).reveal() == secret.reveal())
            #expect(throws: Self.unreadable) {
                try KeyVault.open(SealedKey(bytes: old.bytes, version: 1), of: id, with: keys)
            }
            #expect(try KeyVault.sealedAnew(anew, of: id, with: keys) == nil)
            let deleted = SealedKey(bytes: [], version: 0)
            #expect(try KeyVault.sealedAnew(deleted, of: id, with: keys) == nil)
        }
    }
}
