import API
import Core
import Domain
import Postgres
import Synchronization
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// Workers learn whose account they read, and leave it alone as a whole.
struct AccountLimitTests {
    private static func provider() throws -> FakeProvider {
        FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 31))
    }

    private static func connect(
        _ name: String, _ provider: API.Provider, _ key: String, _ bench: WorkerBench
    ) async throws -> API.Connection {
        try await ConnectionService.Service().createConnection(
            CreateConnectionRequest(
                provider: provider, displayName: name, apiKey: key, backfillDays: 10), bench.call)
    }

    private static let limits = """
        SELECT DISTINCT c.display_name, j.concurrency_key
        FROM jobs AS j JOIN connections AS c ON c.id::text = j.arguments ->> 'connection'
        ORDER BY 1
        """

    @Test func aWorkerLearnsTheAccountWithTheFirstPull() async throws {
        let provider = try Self.provider()
        try await WorkerBench.with(provider) { bench in
            let first = try await Self.connect("first", .anthropic, "sk-key-of-one", bench)
            let second = try await Self.connect("second", .anthropic, "sk-key-of-two", bench)
            let third = try await Self.connect("third", .openai, "sk-key-of-three", bench)
            // It does not answer at first, which is no failure of the pull.
            #expect(try await bench.readOnce())
            let unknown = try await bench.texts(Self.limits)
            #expect(Set(unknown.map { $0[1] }).count == 3)
            #expect(try await bench.connection(ConnectionID(first.id)).account == nil)
            provider.state.withLock {
                $0.bodies["/v1/organizations/me"] =
                    #"{"id":"org_9","type":"organization","name":"Planted Nine"}"#
            }
            #expect(try await bench.readOnce(now: "2026-11-21T13:00:00Z"))
            let known = try await bench.texts(Self.limits)
            #expect(known.count == 3 && known[0][1] == known[1][1])
            #expect(known[0][1] != unknown[0][1] && known[2] == unknown[2])
            let shown = try await bench.connection(ConnectionID(first.id))
            #expect(shown.account?.id == "org_9" && shown.account?.displayName == "Planted Nine")
            // It may be a person's.
            for text in try await bench.log.lines + bench.everyRow() {
                #expect(!text.lowercased().contains("planted"))
            }
            #expect(shown.overlappingConnectionIds == [second.id])
            #expect(shown.etag == first.etag)
            // Another key is of the same account, as long as its provider says nothing else.
            _ = try await bench.replaceKey(ConnectionID(first.id), "sk-key-of-else")
            let kept = try await bench.connection(ConnectionID(first.id)).account
            #expect(kept?.id == "org_9" && kept?.displayName == "Planted Nine")
            // Its pulls have a limit of their own until that says so.
            let apart = try await bench.texts(Self.limits)
            #expect(apart[0] != known[0] && apart[1...] == known[1...])
            provider.state.withLock {
                $0.bodies["/v1/organizations/me"] = #"{"id":"org_8","type":"organization"}"#
            }
            #expect(try await bench.readOnce(now: "2026-11-21T14:30:00Z"))
            #expect(try await bench.connection(ConnectionID(first.id)).account?.id == "org_8")
            #expect(try await bench.connection(ConnectionID(second.id)).account?.id == "org_9")
            let learnt = try await bench.texts(Self.limits)
            #expect(learnt[0] != known[0] && learnt[1] == known[1])
            // What was told of a key that was replaced meanwhile is not taken for the new one's.
            let (organization, id) = (bench.organization, try ConnectionID(third.id))
            let keys = try await bench.call.keysToSeal()
            try await WorkerDatabase(pool: bench.pool).transaction(for: organization) {
                try await LearnAccount(
                    organizationID: organization, connectionID: id, provider: .openAI,
                    keyIndex: [1, 2, 3], account: ProviderAccount(id: "org_9", name: ""), keys: keys
                ).store(in: $0, now: WallClock.system.now)
            }
            #expect(try await bench.connection(id).account == nil)
            #expect(try await bench.texts(Self.limits) == learnt)
        }
    }

    /// A key whose account is not told is not asked for it with each of its reports.
    @Test func whatIsNotToldIsAskedForOnce() async throws {
        let provider = try Self.provider()
        try await WorkerBench.with(provider) { bench in
            let made = try await Self.connect("first", .openai, "sk-key-of-one", bench)
            #expect(try await bench.readOnce())
            #expect(try await bench.connection(ConnectionID(made.id)).health == .healthy)
            let counts = provider.state.withLock { $0.counts }
            let lists = counts.filter {
                $0.key.hasPrefix("/v1/organization/projects?")
                    && $0.key.contains("include_archived=true")
            }
            // Once for the account, and once for the names.
            #expect(lists.values.reduce(0, +) == 2)
        }
    }

    /// A 429 is the account's: it is left alone as a whole, and no other waits for it.
    @Test func aStormSlowsItsAccountAlone() async throws {
        let provider = try Self.provider()
        provider.state.withLock { $0.throttledPaths = "/v1/organizations/" }
        try await WorkerBench.with(provider) { bench in
            for name in ["first", "second"] {
                _ = try await Self.connect(name, .anthropic, "sk-the-same-key", bench)
            }
            let calm = try await Self.connect("calm", .openai, "sk-another-key", bench)
            // Whoever stormed is due long before.
            try await bench.execute(
                """
                UPDATE jobs SET due_at = now() - interval '1 hour'
                WHERE arguments ->> 'connection' <> '\(calm.id)'
                """)
            let program = try bench.program([
                "TALLY_CONCURRENCY": "2", "TALLY_ACCOUNT_CONCURRENCY": "1",
            ])
            do {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await program.run() }
                    defer { group.cancelAll() }
                    let deadline = ContinuousClock.now.advanced(by: .seconds(300))
                    while try await bench.connection(ConnectionID(calm.id)).health != .healthy {
                        try #require(ContinuousClock.now < deadline)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
            } catch {
                try await program.shutdown()
                throw error
            }
            try await program.shutdown()
            #expect(provider.state.withLock { $0.throttled } == 1)
            #expect(
                try await bench.texts(
                    "SELECT count(*)::text FROM job_holds WHERE held_until > now()") == [["1"]])
        }
    }
}
