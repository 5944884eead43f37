import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Who locks several jobs at the same time as others do, and who loses against them.
@Suite struct LockOrderTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var key: String { name }
    }

    /// Everything that locks several jobs, by what it does to "a" and "b".
    enum Change: CaseIterable {
        case renewed, madeDue, ended, restarted, hastened, shared, expedited

        /// Whether it is of jobs that are claimed.
        var isOfClaimed: Bool {
            switch self {
            case .renewed, .madeDue, .ended, .restarted: true
            case .hastened, .shared, .expedited: false
            }
        }

        fileprivate func make(
            _ queue: JobQueue, _ pool: PostgresPool, _ organization: OrganizationID, _ jobs: [Job]
        ) async throws {
            let options = TransactionOptions(
                role: "tally_service", organization: PostgresUUID(organization.uuid))
            let chores = ["b", "a"].map { Chore(name: $0) }
            switch self {
            case .renewed: _ = try await queue.renew(jobs.map(\.lease), for: .seconds(600))
            case .madeDue:
                _ = try await queue.record(jobs.map { (Self.update(.interrupted), $0.lease) })
            case .ended:
                // Of two statements, the first of which is of "b".
                _ = try await queue.record(
                    jobs.map { (Self.update($0.key == "a" ? .completed : .interrupted), $0.lease) })
            case .restarted:
                try await pool.transaction(options) {
                    try await JobQueue.restart(chores, for: organization, in: $0)
                }
            case .hastened:
                _ = try await pool.transaction(options) {
                    try await JobQueue.hasten(
                        chores, for: organization, priority: .interactive, exceptFor: [], in: $0)
                }
            case .shared:
                _ = try await pool.transaction(options) { transaction in
                    try await transaction.run(
                        ShareConcurrencyKey(
                            organizationID: organization, argument: "account", value: "acme",
                            concurrencyKey: "acme"))
                }
            case .expedited: try await queue.expedite([Chore.kind])
            }
        }

        private static func update(_ outcome: JobOutcome) -> JobUpdate {
            var random = SystemRandomNumberGenerator()
            return JobUpdate(
                after: outcome, attempt: 1, lastError: nil, backoff: Backoff(), using: &random)
        }
    }

    /// Claimed or not, two jobs of which the first by its key is the last by its id, by the time since which it is due,
    /// by that at which it was set aside, and in the table.
    private func with(
        _ names: [String] = ["b", "a"],
        _ body: (PostgresSession, PostgresPool, JobQueue, OrganizationID) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            do {
                let session = try await database.session()
                let organization = OrganizationID.make()
                let options = TransactionOptions(
                    role: "tally_service", organization: PostgresUUID(organization.uuid))
                for name in names {
                    try await pool.transaction(options) {
                        try await JobQueue.enqueue(Chore(name: name), for: organization, in: $0)
                    }
                }
                try await session.execute(
                    """
                    UPDATE jobs SET arguments = arguments || '{"account": "acme"}',
                        id = ('00000000-0000-7000-8000-00000000000'
                            || array_position('{\(names.joined(separator: ","))}'::text[], key))::uuid
                    WHERE kind = 'chore'
                    """)
                try await body(session, pool, JobQueue(pool: pool, owner: "worker"), organization)
                await session.close()
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private static let waiting = """
        SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """

    /// Whoever waits for the first of them has none of the others.
    @Test(arguments: Change.allCases)
    func severalJobsAreLockedInOneOrder(_ change: Change) async throws {
        try await with { session, pool, queue, organization in
            var jobs: [Job] = []
            if change.isOfClaimed {
                jobs = try await queue.claim([Chore.kind], limit: 9, lease: .seconds(600))
                #expect(jobs.count == 2)
            } else {
                try await session.execute(
                    "UPDATE jobs SET due_at = now() + interval '1 hour' WHERE kind = 'chore'")
            }
            jobs.sort { $0.key > $1.key }
            try await session.execute("BEGIN; SELECT FROM jobs WHERE key = 'a' FOR UPDATE")
            async let made: Void = change.make(queue, pool, organization, jobs)
            try await until { try await !session.texts(Self.waiting).isEmpty }
            #expect(
                try await session.texts(
                    "SELECT key FROM jobs WHERE key = 'b' FOR UPDATE SKIP LOCKED") == [["b"]])
            try await session.execute("COMMIT")
            try await made
        }
    }

    /// Operators, who may not see keys, wait for nobody.
    @Test func whatOthersHaveLockedIsNotRevived() async throws {
        try await with { session, pool, _, _ in
            try await session.execute(
                "UPDATE jobs SET dead_reason = 'KEY_REFUSED', dead_at = now() WHERE kind = 'chore'")
            let ids = try await session.texts(
                "SELECT id::text FROM jobs WHERE kind = 'chore' ORDER BY key")
            let revive = {
                try await pool.transaction(TransactionOptions(role: "tally_operator")) {
                    try await JobQueue.revive([], in: $0)
                }.map { [$0.id.text as String?] }
            }
            try await session.execute("BEGIN; SELECT FROM jobs WHERE key = 'a' FOR UPDATE")
            #expect(try await revive() == [ids[1]])
            try await session.execute("COMMIT")
            #expect(try await revive() == [ids[0]])
        }
    }

    /// A deadlock ends one of those who wait for one another: it is the lease that is renewed, twice.
    @Test func whatCouldNotBeRenewedIsTriedAgainWhileItsLeaseLasts() async throws {
        try await with(["a", "b"]) { session, pool, queue, _ in
            // In step, so that the second waits for its turn.
            try await session.execute(
                """
                UPDATE jobs SET due_at = date_trunc('second', now()), concurrency_key = 'acme',
                    in_step_at = date_trunc('second', now()) WHERE kind = 'chore';
                CREATE SEQUENCE tries_a;
                CREATE SEQUENCE tries_b;
                CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    IF nextval(('public.tries_' || NEW.key)::regclass) <= 2 THEN
                        RAISE EXCEPTION 'lost' USING ERRCODE = 'deadlock_detected';
                    END IF;
                    RETURN NEW;
                END
                $$;
                CREATE TRIGGER lose BEFORE UPDATE ON jobs FOR EACH ROW
                WHEN (NEW.kind = 'chore' AND NEW.lease_token = OLD.lease_token) EXECUTE FUNCTION lose();
                """)
            var configuration = JobRunner.Configuration()
            // As long as a busy machine may need for two further tries.
            configuration.lease = .seconds(12)
            let failures = Mutex(0)
            let ended = Mutex<(finished: [String], lost: [String])>(([], []))
            let control = JobControl()
            let renewed = """
                SELECT 1 FROM jobs WHERE kind = 'chore'
                HAVING bool_and(due_at > (SELECT max(first) FROM leases))
                """
            let handler = Doing { job in
                guard job.key == "a" else { return .dueAgain(after: .seconds(3600)) }
                try await session.execute(
                    "CREATE TEMPORARY TABLE leases AS SELECT due_at AS first FROM jobs WHERE kind = 'chore'"
                )
                // Until both have another one.
                try await until { try await !session.texts(renewed).isEmpty }
                return .dueAgain(after: .seconds(3600))
            }
            let runner = JobRunner(
                queue: queue, handlers: [Chore.kind: handler], configuration: configuration,
                control: control
            ) { event in
                let isOver = ended.withLock {
                    switch event {
                    case .finished(let job, _, _): $0.finished.append(job.key)
                    case .leaseLost(let job): $0.lost.append(job.key)
                    case .queueFailed: failures.withLock { $0 += 1 }
                    case .threw, .setAside: break
                    }
                    return $0.finished.count + $0.lost.count >= 2
                }
                if isOver { control.stop() }
            }
            await runner.run()
            #expect(ended.withLock { $0.lost } == [])
            #expect(ended.withLock { $0.finished.sorted() } == ["a", "b"])
            #expect(failures.withLock { $0 } >= 4)
        }
    }

    private struct Doing: JobHandler {
        let body: @Sendable (Job) async throws -> JobOutcome

        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
            try await body(job)
        }
    }
}
