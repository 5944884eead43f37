import Domain
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// What one job was asked to wait for, all jobs of its concurrency key wait for.
@Suite struct HeldKeyTests {
    private struct Question: JobArguments {
        static let kind = JobKind(rawValue: "question")
        let name: String
        let account: String
        var key: String { name }
        var concurrencyKey: String? { account }
    }

    private static let organization = OrganizationID.make()
    private static let service = TransactionOptions(
        role: "tally_service", organization: PostgresUUID(organization.uuid))

    private func with(
        _ body: (ScratchDatabase, PostgresPool, JobQueue) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            do {
                try await body(database, pool, JobQueue(pool: pool, owner: "worker"))
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private func claim(_ queue: JobQueue) async throws -> Job? {
        try await queue.claim(
            [Question.kind], limit: 1, lease: .seconds(600), perConcurrencyKey: 9
        ).first
    }

    private static func update(_ outcome: JobOutcome) -> JobUpdate {
        var random = SystemRandomNumberGenerator()
        return JobUpdate(
            after: outcome, attempt: 1, lastError: nil, backoff: Backoff(), using: &random)
    }

    @Test func aThrottledJobHoldsItsKeyAndNoOther() async throws {
        try await with { database, pool, queue in
            let jobs = ["a", "b"].map { Question(name: $0, account: "acme") }
            try await pool.transaction(Self.service) { transaction in
                for job in jobs {
                    try await JobQueue.enqueue(job, for: Self.organization, in: transaction)
                }
            }
            let first = try #require(try await claim(queue))
            // A failure of its own holds nobody else.
            try await queue.record(
                Self.update(.failed(reason: "OUTAGE", retryAfter: .seconds(3600))), of: first.lease)
            let second = try #require(try await claim(queue))
            #expect(second.key != first.key)
            try await queue.record(
                Self.update(.throttled(reason: "LEFT_ALONE", retryAfter: .seconds(3600))),
                of: second.lease)
            let other = Question(name: "c", account: "elsewhere")
            let late = Question(name: "d", account: "acme")
            try await pool.transaction(Self.service) { transaction in
                for job in [late, other] {
                    try await JobQueue.enqueue(job, for: Self.organization, in: transaction)
                }
            }
            #expect(try await claim(queue)?.key == "c")
            #expect(try await claim(queue) == nil)
            // Nor where somebody asks for it: whoever is to be left alone is not hurried.
            let hastened = try await pool.transaction(Self.service) { transaction in
                try await JobQueue.hasten(
                    [late], for: Self.organization, priority: .interactive, exceptFor: [],
                    in: transaction)
            }
            #expect(hastened.isEmpty)
            #expect(try await claim(queue) == nil)
            let session = try await database.session()
            // Nor where the key was free when the job was chosen, and is not any more.
            let chosen = try await session.texts(
                """
                SELECT c.id::text FROM jobs AS j,
                    tally.claim_job(j.id, j.concurrency_key, 'late', '1 minute', 9) AS c
                WHERE j.key = 'd'
                """)
            #expect(chosen == [[nil]])
            // A shorter hold does not end a longer one.
            try await session.execute(
                """
                INSERT INTO job_holds VALUES ('elsewhere', now() + interval '1 day'),
                    ('long ago', now() - interval '1 day')
                """)
            try await session.execute(
                "UPDATE job_holds SET held_until = now() WHERE concurrency_key = 'acme'")
            #expect(try await claim(queue)?.key == "d")
            // Holds that are over are forgotten with the next one.
            let again = try #require(
                try await session.texts(
                    "UPDATE jobs SET due_at = now() WHERE key = 'b' RETURNING key"
                ).first)
            #expect(again == ["b"])
            let third = try #require(try await claim(queue))
            try await queue.record(
                Self.update(.throttled(reason: "LEFT_ALONE")), of: third.lease)
            #expect(
                try await session.texts(
                    """
                    SELECT concurrency_key, (held_until > now())::text FROM job_holds ORDER BY 1
                    """) == [["acme", "true"], ["elsewhere", "true"]])
            await session.close()
        }
    }

    /// Whoever learns that two accounts are one says so of jobs that are there.
    @Test func jobsThatAreThereShareAnotherKey() async throws {
        try await with { database, pool, queue in
            let jobs = ["a", "b", "c"].map { Question(name: $0, account: $0) }
            try await pool.transaction(Self.service) { transaction in
                for job in jobs {
                    try await JobQueue.enqueue(job, for: Self.organization, in: transaction)
                }
                try await JobQueue.share(
                    "acme", amongJobsWhose: "account", is: "a", for: Self.organization,
                    in: transaction)
            }
            let session = try await database.session()
            let keys = "SELECT key, concurrency_key FROM jobs WHERE kind = 'question' ORDER BY 1"
            #expect(
                try await session.texts(keys) == [["a", "acme"], ["b", "b"], ["c", "c"]])
            await session.close()
        }
    }
}
