import Domain
import TestSupport
import Testing

@testable import Worker

/// Users that were stored before users were sealed.
@Suite struct SealUsersTests {
    private static func insert(_ id: OrganizationID, _ worker: WorkerBench) async throws {
        try await worker.execute(
            """
            INSERT INTO dimension_sets (org_id, id, hash, provider, model, user_id,
                rule_set_version, derived_by)
            SELECT '\(id)', n, sha256(n::text::bytea), 'openai', 'gpt-6-sol',
                CASE WHEN n % 3 > 0 THEN 'user-' || n || '@acme.example' ELSE '' END,
                CASE WHEN n % 3 > 1 THEN 1 END,
                CASE WHEN n % 3 > 1 THEN jsonb_build_object('user', jsonb_build_object(
                    'rule', 'r', 'sent', 'sent-' || n || '@acme.example')) END
            FROM generate_series(1, 1300) AS n
            """)
        // The first one once more, as a server of before stores it that looks for it by its old hash.
        try await worker.execute(
            """
            INSERT INTO dimension_sets (org_id, id, hash, provider, model, user_id)
            VALUES ('\(id)', 2000, sha256('2000'), 'openai', 'gpt-6-sol', 'user-1@acme.example')
            """)
    }

    /// A worker seals them of every organization that has a key, more than a transaction's at once; one that
    /// has none keeps no other waiting.
    @Test func aWorkerSealsThem() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            let keyless = try await ScratchOrganization.make(in: worker.database)
            for id in [worker.organization, keyless.id] {
                try await worker.execute(
                    "INSERT INTO organization_slugs VALUES ('s\(id)', '\(id)')")
                try await Self.insert(id, worker)
            }
            let state = { (id: OrganizationID) in
                try await worker.texts(
                    """
                    SELECT count(*) FILTER (WHERE user_id <> ''),
                        count(*) FILTER (WHERE derived_by -> 'user' ? 'sent'),
                        count(DISTINCT user_key) FILTER (WHERE user_key <> ''),
                        count(*) FILTER (WHERE hash = sha256(id::text::bytea))
                    FROM dimension_sets WHERE org_id = '\(id)'
                    """)
            }
            #expect(try await worker.readOnce())
            #expect(try await state(worker.organization) == [["0", "0", "867", "433"]])
            #expect(try await state(keyless.id) == [["868", "433", "0", "1301"]])
            #expect(
                worker.log.lines.contains {
                    $0.contains("users not sealed") && $0.contains("DATA_KEY_MISSING")
                })
            #expect(
                worker.log.lines.contains {
                    $0.contains("users sealed") && $0.contains("sets=868")
                })
        }
    }
}
