import API
import Core
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// Providers' keys that were sealed before their version was bound.
@Suite struct SealKeysTests {
    @Test func aWorkerSealsThemAnewAndTheyAreRead() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            try await worker.execute(
                """
                INSERT INTO organization_slugs
                VALUES ('s\(worker.organization)', '\(worker.organization)')
                """)
            let first = try await worker.connect()
            let damaged = try await worker.connect(.anthropic)
            let old = try KeyVault.seal(
                Secret(WorkerBench.key), of: first, version: 0,
                with: try await worker.call.keysToSeal())
            let digits = old.bytes.map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0\(text)" : text
            }
            try await worker.execute(
                """
                SET session_replication_role = replica;
                UPDATE connections SET sealed_key_version = 0, sealed_key = CASE
                    WHEN id = '\(first)' THEN '\\x\(digits.joined())'::bytea ELSE 'damaged' END
                """)
            #expect(try await !worker.readOnce())
            let versions = "SELECT sealed_key_version FROM connections ORDER BY id = '\(damaged)'"
            #expect(try await worker.texts(versions) == [["1"], ["0"]])
            #expect(try await worker.connection(first).health == .healthy)
            #expect(
                worker.log.lines.count { $0.contains("a provider's key not sealed anew") } == 1)
            // What was sealed anew is read, too.
            #expect(try await !worker.readOnce(now: "2026-11-20T14:00:00Z"))
            #expect(try await worker.connection(first).health == .healthy)
        }
    }
}
