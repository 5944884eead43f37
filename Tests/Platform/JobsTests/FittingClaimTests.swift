import Domain
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// A look that has places for all that is due, and what ends together.
@Suite struct FittingClaimTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        let account: String?
        var key: String { name }
        var concurrencyKey: String? { account }
    }

    private static let organization = OrganizationID.make()

    private static func update(_ outcome: JobOutcome) -> JobUpdate {
        var random = SystemRandomNumberGenerator()
        return JobUpdate(
            after: outcome, attempt: 3, lastError: nil, backoff: Backoff(), using: &random)
    }

    @Test func allThatFitsIsClaimedButWhatItsKeyHasNoRoomFor() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            do {
                try await claimAndEnd(database, pool, JobQueue(pool: pool, owner: "worker"))
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private func claimAndEnd(
        _ database: ScratchDatabase, _ pool: PostgresPool, _ queue: JobQueue
    ) async throws {
        let session = try await database.session()
        let jobs = [
            ("a", "acme"), ("b", "acme"), ("c", "acme"), ("d", "held"), ("e", nil), ("f", nil),
        ].map { Chore(name: $0, account: $1) }
        let service = TransactionOptions(
            role: "tally_service", organization: PostgresUUID(Self.organization.uuid))
        try await pool.transaction(service) { transaction in
            for job in jobs {
                try await JobQueue.enqueue(job, for: Self.organization, in: transaction)
            }
        }
        try await session.execute(
            """
            UPDATE jobs SET due_at = now() - interval '1 second' * (200 - ascii(key)) WHERE kind = 'chore';
            INSERT INTO job_holds VALUES ('held', now() + interval '1 hour')
            """)
        let claim = {
            try await queue.claim(
                [Chore.kind], limit: 9, lease: .seconds(600), perConcurrencyKey: 2)
        }
        let claimed = try await claim().sorted { $0.key < $1.key }
        #expect(claimed.map(\.key) == ["a", "b", "e", "f"])
        #expect(claimed.allSatisfy { $0.attempt == 1 && !$0.lease.followsDeaths })
        #expect(Set(claimed.map(\.lease.token)).count == 4)
        #expect(
            try await session.texts("SELECT key FROM jobs WHERE is_ready ORDER BY key")
                == [["c"], ["d"]])
        #expect(try await claim().isEmpty)

        // What ends together is stored together, each as it ended; not what is another worker's by now.
        try await session.execute(
            "UPDATE jobs SET lease_token = gen_random_uuid(), lease_owner = 'other' WHERE key = 'e'"
        )
        let outcomes: [JobOutcome] = [
            .dueAgain(after: .seconds(3600)), .failed(reason: "OUTAGE", retryAfter: .seconds(7200)),
            .dueAgain(after: .seconds(3600)), .completed,
        ]
        let stored = try await queue.record(
            zip(claimed, outcomes).map { (Self.update($1), $0.lease) })
        #expect(stored == [.written, .written, .leaseGone, .written])
        #expect(
            try await session.texts(
                """
                SELECT key, attempt::text, coalesce(last_error, ''), (lease_token IS NULL)::text,
                    CASE WHEN due_at > now() + interval '90 minutes' THEN 'late'
                        WHEN due_at > now() + interval '30 minutes' THEN 'soon' ELSE 'now' END
                FROM jobs WHERE key IN ('a', 'b', 'e', 'f') ORDER BY key
                """) == [
                    ["a", "0", "", "true", "soon"], ["b", "3", "OUTAGE", "true", "late"],
                    ["e", "1", "", "false", "now"],
                ])
        // Its key has room again.
        #expect(try await claim().map(\.key) == ["c"])
        // A worker that dies is followed by one that knows.
        try await session.execute(
            "UPDATE jobs SET due_at = now() - interval '1 second' WHERE key = 'e'")
        let followed = try await claim()
        #expect(followed.map(\.key) == ["e"] && followed.allSatisfy(\.lease.followsDeaths))
        await session.close()
    }
}
