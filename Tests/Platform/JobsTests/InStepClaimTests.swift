import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Jobs that are due at the same instant of their rhythm, and what a look does with all that fits.
@Suite struct InStepClaimTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var account: String? = "acme"
        var key: String { name }
        var concurrencyKey: String? { account }
    }

    private func with(
        _ body: (PostgresSession, PostgresPool, JobQueue) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            do {
                let session = try await database.session()
                try await body(session, pool, JobQueue(pool: pool, owner: "worker"))
                await session.close()
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private func enqueue(
        _ jobs: [Chore], for organization: OrganizationID, _ pool: PostgresPool
    ) async throws {
        let options = TransactionOptions(
            role: "tally_service", organization: PostgresUUID(organization.uuid))
        try await pool.transaction(options) { transaction in
            for job in jobs {
                try await JobQueue.enqueue(job, for: organization, in: transaction)
            }
        }
    }

    /// Due since the same instant of their rhythm.
    private func putInStep(_ keys: String, _ session: PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE jobs SET due_at = date_trunc('second', now()), in_step_at = date_trunc('second', now())
            WHERE kind = 'chore' AND key = ANY('{\(keys)}')
            """)
    }

    private static func update(_ outcome: JobOutcome) -> JobUpdate {
        var random = SystemRandomNumberGenerator()
        return JobUpdate(
            after: outcome, attempt: 1, lastError: nil, backoff: Backoff(), using: &random)
    }

    @Test func jobsInStepAreClaimedAsOneAndAreDueTogetherAgain() async throws {
        try await with { session, pool, queue in
            let organization = OrganizationID.make()
            try await enqueue(
                ["a", "b", "c", "d"].map { Chore(name: $0) }, for: organization, pool)
            try await enqueue([Chore(name: "e")], for: .make(), pool)
            try await putInStep("a,b,c,e", session)
            // Of another time.
            try await session.execute("UPDATE jobs SET in_step_at = now() WHERE key = 'd'")
            let claimed = try await queue.claim(
                [Chore.kind], limit: 3, lease: .seconds(600), perConcurrencyKey: 3
            ).sorted { $0.key < $1.key }
            #expect(claimed.map(\.key) == ["a", "b", "c", "d", "e"])
            #expect(Set(claimed[..<3].map(\.lease.token)).count == 1)
            #expect(Set(claimed.map(\.lease.token)).count == 3)

            // Three run, not five.
            try await enqueue([Chore(name: "f")], for: organization, pool)
            let more = { room in
                try await queue.claim(
                    [Chore.kind], limit: 9, lease: .seconds(600), perConcurrencyKey: room
                ).map(\.key)
            }
            #expect(try await more(3) == [])
            #expect(try await more(4) == ["f"])

            // Each ends by itself, and all are due together again, not too soon. Ten minutes from where the next
            // instant of the rhythm is, not at the limit of two, which the three might be on both sides of.
            let phase = try #require(
                try await session.texts(
                    "SELECT (extract(epoch FROM now())::bigint + 600) % 3600"
                ).first?[0])
            let rhythm = JobRhythm(
                every: .seconds(3600), seed: try #require(UInt64(phase)) * 1_000_000)
            for job in claimed[..<3] {
                let outcome = JobOutcome.dueInStep(after: .seconds(3600), rhythm)
                #expect(try await queue.record(Self.update(outcome), of: job.lease))
            }
            let together = try await session.texts(
                """
                SELECT count(*)::text, count(DISTINCT due_at)::text, bool_and(due_at = in_step_at)::text,
                    bool_and(due_at BETWEEN now() + interval '20 minutes'
                        AND now() + interval '90 minutes')::text,
                    min(extract(epoch FROM due_at)::bigint % 3600)::text
                FROM jobs WHERE kind = 'chore' AND key < 'd'
                """)
            #expect(together == [["3", "1", "true", "true", phase]])

            // Whoever asks for one gets it by itself.
            try await putInStep("a,b,c", session)
            let options = TransactionOptions(
                role: "tally_service", organization: PostgresUUID(organization.uuid))
            try await pool.transaction(options) {
                try await JobQueue.restart(
                    [Chore(name: "a")], for: organization, priority: .interactive, in: $0)
            }
            let again = try await queue.claim([Chore.kind], limit: 9, lease: .seconds(600))
            let tokens = Dictionary(again.map { ($0.key, $0.lease.token) }) { first, _ in first }
            #expect(Set(again.map(\.key)) == ["a", "b", "c"])
            #expect(tokens["b"] == tokens["c"] && tokens["a"] != tokens["b"])
        }
    }

    /// An old worker would do all of one lease at once.
    @Test func whoDoesNotTakeTurnsClaimsEachByItself() async throws {
        try await with { session, pool, _ in
            try await enqueue(["a", "b", "c"].map { Chore(name: $0) }, for: .make(), pool)
            try await putInStep("a,b,c", session)
            let claimed = try await session.texts(
                """
                SELECT lease_token::text FROM tally.claim_jobs(
                    '{chore}', 9, 'worker', '1 minute', 2, 10, '{}', '{}', true)
                """)
            #expect(claimed.count == 2)
            #expect(Set(claimed.map { $0[0] }).count == 2)
        }
    }

    /// How the second of several jobs in step ends, and what becomes of the rest.
    struct Turn: Sendable {
        let outcome: JobOutcome
        var most = Duration.seconds(600)
        let begun: [String]

        static let all = [
            Turn(outcome: .throttled(reason: "BUSY"), begun: ["a", "b"]),
            Turn(outcome: .failed(reason: "BUSY"), begun: ["a", "b"]),
            Turn(outcome: .interrupted, begun: ["a", "b"]),
            Turn(outcome: .dueAgain(after: .seconds(3600)), begun: ["a", "b", "c", "d"]),
            Turn(outcome: .dueAgain(after: .seconds(3600)), most: .zero, begun: ["a"]),
        ]
    }

    /// Its jobs in turn, of which "b" ends in a way of its own.
    private final class Chores: JobHandler {
        let outcome: JobOutcome

        init(_ outcome: JobOutcome) {
            self.outcome = outcome
        }

        let begun = Mutex<[(key: String, token: UUIDv7)]>([])
        let runningMax = Mutex<(now: Int, most: Int)>((0, 0))

        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
            begun.withLock { $0.append((job.key, job.lease.token)) }
            runningMax.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            runningMax.withLock { $0.now -= 1 }
            return job.key == "b" ? outcome : .dueAgain(after: .seconds(3600))
        }
    }

    @Test(arguments: Turn.all) func theyAreDoneInTurnUntilOneIsNotDone(_ turn: Turn) async throws {
        try await with { session, pool, queue in
            let keys = ["a", "b", "c", "d"]
            try await enqueue(keys.map { Chore(name: $0) }, for: .make(), pool)
            try await putInStep(keys.joined(separator: ","), session)
            // So that their order is known.
            try await session.execute(
                """
                UPDATE jobs SET id = ('00000000-0000-7000-8000-00000000000' || key)::uuid
                WHERE kind = 'chore'
                """)
            let handler = Chores(turn.outcome)
            let control = JobControl()
            let ended = Mutex(0)
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            configuration.turn = turn.most
            let runner = JobRunner(
                queue: queue, handlers: [Chore.kind: handler], configuration: configuration,
                control: control
            ) { event in
                guard case .finished = event else { return }
                let count = ended.withLock {
                    $0 += 1
                    return $0
                }
                if count == keys.count { control.stop() }
            }
            await runner.run()
            // What was given back may be claimed anew before the runner stops.
            let begun = handler.begun.withLock { $0 }
            let first = try #require(begun.first?.token)
            #expect(begun.filter { $0.token == first }.map(\.key) == turn.begun)
            guard case .throttled = turn.outcome else { return }
            #expect(handler.runningMax.withLock { $0.most } == 1)
            // What was not begun has lost nothing but its time.
            #expect(
                try await session.texts(
                    """
                    SELECT key, attempt::text, coalesce(last_error, ''), (lease_token IS NULL)::text
                    FROM jobs WHERE kind = 'chore' ORDER BY key
                    """) == [
                        ["a", "0", "", "true"], ["b", "1", "BUSY", "true"],
                        ["c", "0", "", "true"], ["d", "0", "", "true"],
                    ])
        }
    }

    /// By what the database counts of one claim: a job that is made ready first is written twice.
    @Test func whatFitsIsWrittenOnceWhicheverAccountRests() async throws {
        try await with { session, pool, _ in
            try await enqueue(
                ["a", "b", "c"].map { Chore(name: $0, account: $0) }
                    + [Chore(name: "d", account: "held")], for: .make(), pool)
            try await session.execute(
                """
                INSERT INTO job_holds VALUES ('held', now() + interval '1 hour');
                UPDATE jobs SET is_ready = true WHERE key = 'd'
                """)
            // Some of what was written before may not have been counted in yet.
            let count = {
                let rows = try await session.texts(
                    "SELECT n_tup_upd::text FROM pg_stat_xact_user_tables WHERE relname = 'jobs'")
                return try #require(rows.first?[0].flatMap { Int($0) })
            }
            try await session.execute("BEGIN")
            let before = try await count()
            let claimed = try await session.texts(
                """
                SELECT key FROM tally.claim_jobs('{chore}', 9, 'worker', '1 minute', 2, 10, '{}', '{}', true)
                ORDER BY key
                """)
            #expect(claimed == [["a"], ["b"], ["c"]])
            #expect(try await count() - before == 3)
            try await session.execute("COMMIT")
        }
    }

    @Test func organizationsTakeTurnsAtAKeyThatHasNoRoomForAll() async throws {
        try await with { session, pool, queue in
            let organizations = [OrganizationID.make(), .make()].sorted { $0.text < $1.text }
            let claim = {
                try await queue.claim(
                    [Chore.kind], limit: 9, lease: .seconds(600), perConcurrencyKey: 1
                ).map(\.key)
            }
            // The first claim goes by time.
            try await enqueue([Chore(name: "other", account: nil)], for: .make(), pool)
            #expect(try await claim() == ["other"])
            try await enqueue([Chore(name: "due longer")], for: organizations[1], pool)
            try await enqueue([Chore(name: "first in turn")], for: organizations[0], pool)
            try await session.execute(
                "UPDATE jobs SET due_at = now() - interval '1 hour' WHERE key = 'due longer'")
            #expect(try await claim() == ["first in turn"])
        }
    }
}
