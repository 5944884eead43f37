import API
import ConnectionService
import Core
import Domain
import Postgres
import ServiceRuntime
import Synchronization
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
                    $0.contains("users sealed") && $0.contains("rows=868")
                })
        }
    }

    /// A connection whose account's name, and one of whose users' ids, stand in clear.
    private static func connection(
        _ worker: WorkerBench, _ users: [String], keys: OrganizationKeys
    ) async throws -> ConnectionID {
        let id = try await worker.connect(.anthropic)
        try await worker.execute(
            "UPDATE connections SET account_id = 'org_1', account_name = 'Planted account'")
        try await worker.execute(ReadingHistory.remember("\(worker.organization)"))
        for user in users {
            let sealed = try keys.seal(
                ProviderObjectName(name: "Planted \(user)", email: ""), connection: id.text,
                kind: "user", id: user)
            let bytes = sealed.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try await worker.execute(
                """
                INSERT INTO provider_objects (org_id, connection_id, kind, id, sealed_name,
                    first_seen_at, last_seen_at)
                VALUES ('\(worker.organization)', '\(id.text)', 'user', '\(user)', '\\x\(bytes)',
                    '2026-01-01Z', '2026-11-01Z')
                """)
        }
        return id
    }

    /// What connections say of people is sealed with them, and still found; a user whom a worker of before
    /// has stored once more is one.
    @Test func aWorkerSealsWhatConnectionsSayOfPeople() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            try await worker.execute(
                "INSERT INTO organization_slugs VALUES ('s', '\(worker.organization)')")
            let keys = try await worker.call.keysToSeal()
            let id = try await Self.connection(
                worker, ["planted-1@acme.example", "planted-2@acme.example"], keys: keys)
            let organization = worker.organization
            let again = UpsertProviderObjects(
                organizationID: organization, connectionID: id, kind: "user",
                objects: [
                    try ProviderObject(
                        kind: "user", id: "planted-2@acme.example", name: "Planted newer",
                        email: "",
                        status: "", connection: id, keys: keys)
                ], seenAt: try Instant(rfc3339: "2026-11-20T00:00:00Z"))
            _ = try await WorkerDatabase(pool: worker.pool).transaction(for: organization) {
                try await $0.execute(again)
            }
            try await worker.execute(
                """
                INSERT INTO connection_checkpoints
                    (org_id, connection_id, stream, window_start, window_end, opened_at, cursor)
                VALUES ('\(organization)', '\(id.text)', 'names/users', '2026-11-19Z', '2026-11-20Z',
                    '2026-11-20Z', 'planted-3')
                ON CONFLICT (org_id, connection_id, stream) DO UPDATE SET
                    window_start = excluded.window_start, window_end = excluded.window_end,
                    opened_at = excluded.opened_at, cursor = excluded.cursor
                """)
            // Nor does a pull go on with the list.
            try await worker.execute("DELETE FROM jobs WHERE kind = 'pull_connection'")
            #expect(try await worker.everyRow().contains { $0.lowercased().contains("planted") })
            #expect(try await worker.readOnce())
            for row in try await worker.everyRow() {
                #expect(!row.lowercased().contains("planted"))
            }
            #expect(try await worker.connection(id).account?.displayName == "Planted account")
            #expect(
                try await worker.userName("planted-1@acme.example")
                    == "Planted planted-1@acme.example")
            #expect(try await worker.userName("planted-2@acme.example") == "Planted newer")
            #expect(
                try await worker.texts(
                    """
                    SELECT id_is_sealed, first_seen_at = '2026-01-01Z' FROM provider_objects
                    WHERE kind = 'user'
                    """) == [["t", "t"], ["t", "t"]])
        }
    }

    /// A user whose name does not open stays as it is, and keeps no other one in clear.
    @Test func whatDoesNotOpenKeepsNothingElseInClear() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            try await worker.execute(
                "INSERT INTO organization_slugs VALUES ('s', '\(worker.organization)')")
            let keys = try await worker.call.keysToSeal()
            let id = try await Self.connection(
                worker, ["planted-1", "planted-2", "planted-3"], keys: keys)
            try await worker.execute(
                "UPDATE provider_objects SET sealed_name = '\\x00ff' WHERE id = 'planted-1'")
            #expect(try await worker.readOnce())
            #expect(
                try await worker.texts(
                    "SELECT id FROM provider_objects WHERE kind = 'user' AND NOT id_is_sealed")
                    == [["planted-1"]])
            #expect(
                worker.log.lines.contains {
                    $0.contains("their names do not open") && $0.contains("connection=\(id)")
                })
        }
    }

    /// The pages of a list, of which the second is broken at first.
    private final class Pages: Sendable {
        let isMended = Atomic(false)
        /// Requests for the first one.
        let beginnings = Atomic(0)

        func answer(_ request: StubHTTPServer.Request) -> String {
            guard request.query("after") == ["planted-1"] else {
                beginnings.add(1, ordering: .relaxed)
                return page("planted-1", true)
            }
            return isMended.load(ordering: .relaxed) ? page("planted-2", false) : "{"
        }

        private func page(_ id: String, _ hasMore: Bool) -> String {
            """
            {"object":"list","data":[{"object":"organization.user","id":"\(id)","name":"N",
            "email":"n@acme.example","role":"reader","added_at":1711471533}],
            "first_id":"\(id)","last_id":"\(id)","has_more":\(hasMore)}
            """
        }
    }

    /// The place that a list has reached names a user: nowhere in clear, and still where it goes on.
    @Test func thePlaceInAListOfUsersIsSealed() async throws {
        let pages = Pages()
        let provider = FakeProvider(.init())
        try await WorkerBench.with({ request in
            request.path == "/v1/organization/users"
                ? .init(body: pages.answer(request)) : await provider.respond(request)
        }) { worker in
            _ = try await worker.connect(.openai)
            // It would wait until the page is mended.
            let reading = Task { _ = try await worker.readOnce() }
            try await until {
                try await worker.texts(
                    """
                    SELECT health FROM connection_checkpoints
                    WHERE stream = 'names/users' AND health = 3
                    """) != []
            }
            reading.cancel()
            _ = await reading.result
            let cursors = """
                SELECT left(cursor, 7) FROM connection_checkpoints WHERE stream = 'names/users'
                """
            #expect(try await worker.texts(cursors) == [["sealed:"]])
            for row in try await worker.everyRow() { #expect(!row.contains("planted")) }
            pages.isMended.store(true, ordering: .relaxed)
            #expect(try await worker.readOnce(now: "2026-11-20T18:00:00Z"))
            #expect(try await worker.texts(cursors) == [[nil]])
            #expect(pages.beginnings.load(ordering: .relaxed) == 1)
            let users = "SELECT count(*) FROM provider_objects WHERE kind = 'user'"
            #expect(try await worker.texts(users) == [["2"]])
        }
    }
}
