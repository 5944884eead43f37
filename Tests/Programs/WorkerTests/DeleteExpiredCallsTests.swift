import Core
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import Worker

@Suite struct DeleteExpiredCallsTests {
    /// The job is there from the migration on, and does its work without being asked.
    @Test func callsWhoseTimeIsOverAreDeletedAndNoOthers() async throws {
        let provider = FakeProvider(.init())
        try await WorkerBench.with(provider) { bench in
            let session = try await bench.database.session()
            try await session.execute(
                """
                INSERT INTO recorded_calls
                    (org_id, key, request_hash, recorded_at, expires_at)
                SELECT org, key, sha256(''), now() - interval '24 hours', now() + ends
                FROM (VALUES ('\(bench.organization)'::uuid), (gen_random_uuid()),
                    ('00000000-0000-0000-0000-000000000000')) AS o (org),
                    (VALUES ('over', interval '0'), ('not yet', interval '1 minute')) AS k (key, ends)
                """)
            #expect(try await bench.readOnce())
            let left = try await session.texts(
                "SELECT key, count(*) FROM recorded_calls GROUP BY 1")
            #expect(left == [["not yet", "3"]])
            let job = try await session.texts(
                """
                SELECT due_at > now() + interval '59 minutes', last_error FROM jobs
                WHERE kind = 'delete_expired_calls'
                """)
            #expect(job == [["t", nil]])
            await session.close()
        }
    }

    @Test func manyAreDeletedInBatches() async throws {
        try await ScratchDatabase.with { database in
            let session = try await database.session()
            try await session.execute(
                """
                INSERT INTO recorded_calls (org_id, key, request_hash, recorded_at, expires_at)
                SELECT gen_random_uuid(), n::text, sha256(''), now() - interval '24 hours', now()
                FROM generate_series(1, 25) AS n
                """)
            let pool = database.pool()
            let deleted = try await pool.transaction(TransactionOptions(role: "tally_worker")) {
                try await $0.execute(DeleteExpiredCallRows(limit: 10))
            }
            #expect(deleted == 10)
            #expect(
                try await session.texts("SELECT count(*) FROM recorded_calls") == [["15"]])
            await session.close()
            await pool.shutdown()
        }
    }
}
