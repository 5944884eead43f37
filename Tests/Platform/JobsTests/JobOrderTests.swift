import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Which job is claimed next.
@Suite struct JobOrderTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var account: String?
        var key: String { name }
        var concurrencyKey: String? { account }
    }

    private struct Question: JobArguments {
        static let kind = JobKind(rawValue: "question")
        static let priority = JobPriority.interactive
        let name: String
        var key: String { name }
    }

    private struct Sweep: JobArguments {
        static let kind = JobKind(rawValue: "sweep")
        static let priority = JobPriority.housekeeping
        var key: String { "all" }
    }

    private static let kinds = [Chore.kind, Question.kind, Sweep.kind]

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

    private func enqueue(
        _ jobs: [some JobArguments], for organization: OrganizationID = .make(),
        _ pool: PostgresPool
    ) async throws {
        let options = TransactionOptions(
            role: "tally_service", organization: PostgresUUID(organization.uuid))
        try await pool.transaction(options) { transaction in
            for job in jobs {
                try await JobQueue.enqueue(job, for: organization, in: transaction)
            }
        }
    }

    private func claim(_ queue: JobQueue, perKey: Int? = nil) async throws -> Job? {
        try await queue.claim(
            Self.kinds, limit: 1, lease: .seconds(600), perConcurrencyKey: perKey
        ).first
    }

    @Test func smallerPrioritiesGoFirst() async throws {
        try await with { _, pool, queue in
            try await enqueue([Sweep()], pool)
            try await enqueue([Chore(name: "a"), Chore(name: "b")], pool)
            try await enqueue([Question(name: "c")], pool)
            var kinds: [String] = []
            while let job = try await claim(queue) { kinds.append("\(job.kind)") }
            // The first one claimed is whatever is due longest.
            #expect(kinds == ["sweep", "question", "chore", "chore"])
        }
    }

    @Test func organizationsTakeTurns() async throws {
        try await with { _, pool, queue in
            let crowd = OrganizationID.make()
            try await enqueue((0..<200).map { Chore(name: "\($0)") }, for: crowd, pool)
            // More than are served between two claims that go by time.
            let others = (0..<20).map { _ in OrganizationID.make() }
            for other in others {
                try await enqueue([Chore(name: "x"), Chore(name: "y")], for: other, pool)
            }
            var served: [OrganizationID] = []
            for _ in 0..<48 {
                served.append(try #require(try await claim(queue)).organizationID)
            }
            // Each eighth claim is one of the crowd's, being due longest; the others are each one's in turn.
            for other in others { #expect(served.count { $0 == other } == 2) }
            #expect(served.count { $0 == crowd } == 8)
            // Of several claimed at once, too.
            for other in others { try await enqueue([Chore(name: "z")], for: other, pool) }
            let several = try await queue.claim(Self.kinds, limit: 22, lease: .seconds(600))
            #expect(Set(several.map(\.organizationID)) == Set(others + [crowd]))
        }
    }

    /// By what the database counts of one claim, not by time.
    @Test func aClaimReadsFewRowsHoweverManyWait() async throws {
        try await with { database, _, _ in
            let session = try await database.session()
            // What waits for its time, what one organization has ready, and one job each of others.
            for (organization, isReady, due, count) in [
                ("gen_random_uuid()", false, "now() + interval '1 hour'", 10_000),
                ("'\(OrganizationID.make())'", true, "now() - interval '1 hour'", 10_000),
                ("gen_random_uuid()", true, "now()", 100),
            ] {
                try await session.execute(
                    """
                    INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, is_ready)
                    SELECT gen_random_uuid(), \(organization), 'chore', n::text, '{}', \(due),
                        \(isReady)
                    FROM generate_series(1, \(count)) AS n
                    """)
            }
            for isLongestDueFirst in [false, true] {
                try await session.execute("BEGIN")
                let claimed = try await session.texts(
                    """
                    SELECT id::text FROM tally.claim_jobs('{chore}', 1, 'worker', '1 minute', 2, 10,
                        '{20}', '{ffffffff-ffff-ffff-ffff-ffffffffffff}', \(isLongestDueFirst))
                    """)
                #expect(claimed.count == 1)
                let read = try await session.texts(
                    """
                    SELECT (seq_tup_read + idx_tup_fetch)::text FROM pg_stat_xact_user_tables
                    WHERE relname = 'jobs'
                    """)
                let count = try #require(read.first?[0].flatMap { Int($0) })
                #expect(count < 200, "rows read, longest due first: \(isLongestDueFirst)")
                try await session.execute("COMMIT")
            }
            await session.close()
        }
    }

    @Test func nothingWaitsForEverBehindWhatSomebodyWaitsFor() async throws {
        try await with { _, pool, queue in
            let organization = OrganizationID.make()
            let questions = (0..<60).map { Question(name: "\($0)") }
            try await enqueue(Array(questions[..<10]), for: organization, pool)
            try await enqueue([Sweep()], pool)
            for claims in 10..<60 {
                // As many questions come as are answered.
                try await enqueue([questions[claims]], for: organization, pool)
                if try await claim(queue)?.kind == Sweep.kind { return }
            }
            Issue.record("the sweep still waits")
        }
    }

    /// What the first has claimed and not committed counts as well.
    @Test func aKeyHasNoRoomForTwoWhoClaimAtOnce() async throws {
        try await with { database, pool, queue in
            try await enqueue(
                (0..<4).map { Chore(name: "\($0)", account: "acme") }
                    + [Chore(name: "other", account: "elsewhere")], pool)
            // Else the first one's transaction would make them ready, and keep them to itself meanwhile.
            let session = try await database.session()
            try await session.execute(
                """
                UPDATE jobs SET is_ready = true, due_at = now() - CASE key
                    WHEN 'other' THEN interval '1 second' ELSE interval '1 hour' END
                WHERE kind = 'chore'
                """)
            let second = JobQueue(pool: pool, owner: "second")
            try await pool.transaction(TransactionOptions(role: "tally_worker")) { transaction in
                let statement = ClaimJobs(
                    kinds: Self.kinds, limit: 1, owner: "first", lease: .seconds(600),
                    perConcurrencyKey: 1, choice: ClaimTurn().next())
                #expect(try await transaction.run(statement).first?.key != "other")
                // The lock of the key is taken: of its jobs none, before it is known what runs.
                let meanwhile = try await claim(second, perKey: 1)
                #expect(meanwhile?.key == "other")
                #expect(try await claim(second, perKey: 1) == nil)
            }
            #expect(try await claim(second, perKey: 1) == nil)
            // Nor where it was free when the job was chosen, and is not any more.
            let late = try await session.texts(
                """
                SELECT c.id::text FROM jobs AS j,
                    tally.claim_job(j.id, j.concurrency_key, 'late', '1 minute', 1) AS c
                WHERE j.is_ready
                """)
            #expect(late.count == 3 && late.allSatisfy { $0 == [nil] })
            #expect(try await claim(queue, perKey: 2) != nil)
            #expect(try await claim(queue, perKey: 2) == nil)
            await session.close()
        }
    }

    @Test func aRunGivesItsRoomBackAndAnInteractiveOneGoesFirst() async throws {
        try await with { database, pool, queue in
            let organization = OrganizationID.make()
            let chores = ["a", "b", "c"].map { Chore(name: $0, account: "acme") }
            try await enqueue(chores, for: organization, pool)
            let session = try await database.session()
            try await session.execute(
                "UPDATE jobs SET due_at = now() - interval '1 hour' / ascii(key) WHERE kind = 'chore'"
            )
            await session.close()
            let first = try #require(try await claim(queue, perKey: 1))
            #expect(first.key == "a")
            #expect(try await claim(queue, perKey: 1) == nil)
            let options = TransactionOptions(
                role: "tally_service", organization: PostgresUUID(organization.uuid))
            try await pool.transaction(options) {
                try await JobQueue.restart(
                    [chores[2]], for: organization, priority: .interactive, in: $0)
            }
            var random = SystemRandomNumberGenerator()
            let again = JobUpdate(
                after: .dueAgain(after: .seconds(600)), attempt: 1, lastError: nil,
                backoff: Backoff(), using: &random)
            try await queue.record(again, of: first.lease)
            let second = try #require(try await claim(queue, perKey: 1))
            #expect(second.key == "c")
            try await queue.record(again, of: second.lease)
            #expect(try await claim(queue, perKey: 1)?.key == "b")
        }
    }
}
