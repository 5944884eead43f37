import Domain
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Who locks several jobs at the same time as others do, and who loses against them.
@Suite struct LockOrderTests {
    /// Everything that locks several jobs and waits for them, by what it does to "a" and "b".
    enum Change: CaseIterable {
        case renewed, restarted, hastened, shared, expedited

        /// Whether it is of jobs that are claimed.
        var isOfClaimed: Bool {
            switch self {
            case .renewed, .restarted: true
            case .hastened, .shared, .expedited: false
            }
        }

        fileprivate func make(_ bench: JobBench, _ jobs: [Job]) async throws {
            let (queue, pool, organization) = (bench.queue, bench.pool, bench.organization)
            let chores = ["b", "a"].map { JobBench.Chore(name: $0) }
            switch self {
            case .renewed: _ = try await queue.renew(jobs.map(\.lease), for: .seconds(600))
            case .restarted:
                try await pool.transaction(bench.service) {
                    try await JobQueue.restart(chores, for: organization, in: $0)
                }
            case .hastened:
                _ = try await pool.transaction(bench.service) {
                    try await JobQueue.hasten(
                        chores, for: organization, priority: .interactive, exceptFor: [], in: $0)
                }
            case .shared:
                _ = try await pool.transaction(bench.service) { transaction in
                    try await transaction.run(
                        ShareConcurrencyKey(
                            organizationID: organization, argument: "account", value: "acme",
                            concurrencyKey: "another"))
                }
            case .expedited: try await queue.expedite([JobBench.Chore.kind])
            }
        }
    }

    /// Claimed or not, two jobs of which the first by its key is the last by its id, by the time since which it is due,
    /// by that at which it was set aside, and in the table.
    private func with(_ body: (JobBench) async throws -> Void) async throws {
        try await JobBench.with(["b", "a"], account: "acme", body)
    }

    private static let waiting = """
        SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
    private static let lockA = "BEGIN; SELECT FROM jobs WHERE key = 'a' FOR UPDATE"

    /// Whoever waits for the first of them has none of the others.
    @Test(arguments: Change.allCases)
    func severalJobsAreLockedInOneOrder(_ change: Change) async throws {
        try await with { bench in
            let session = bench.session
            var jobs: [Job] = []
            if change.isOfClaimed {
                jobs = try await bench.claim()
                #expect(jobs.count == 2)
            } else {
                try await session.execute(
                    "UPDATE jobs SET due_at = now() + interval '1 hour' WHERE kind = 'chore'")
            }
            jobs.sort { $0.key > $1.key }
            try await session.execute(Self.lockA)
            async let made: Void = change.make(bench, jobs)
            try await until { try await !session.texts(Self.waiting).isEmpty }
            #expect(
                try await session.texts(
                    "SELECT key FROM jobs WHERE key = 'b' FOR UPDATE SKIP LOCKED") == [["b"]])
            try await session.execute("COMMIT")
            try await made
        }
    }

    /// What several runs came to: be it all one statement's, or of "b" another's.
    @Test(arguments: [JobOutcome.interrupted, .completed])
    func whatIsNotLockedIsStoredAtOnce(outcome: JobOutcome) async throws {
        try await with { bench in
            let jobs = try await bench.claim().sorted { $0.key < $1.key }
            let gone = JobLease(jobID: jobs[1].id, token: jobs[1].id.uuid)
            try await bench.session.execute(Self.lockA)
            let recorded = try await bench.queue.record([
                (JobBench.update(.interrupted), jobs[0].lease),
                (JobBench.update(outcome), jobs[1].lease),
            ])
            #expect(recorded == [.locked, .written])
            try await bench.session.execute("COMMIT")
            let again = try await bench.queue.record([
                (JobBench.update(.interrupted), jobs[0].lease), (JobBench.update(outcome), gone),
            ])
            #expect(again == [.written, .leaseGone])
            let left = try await bench.session.texts(
                "SELECT key FROM jobs WHERE kind = 'chore' AND lease_token IS NULL ORDER BY key")
            #expect(left == (outcome == .completed ? [["a"]] : [["a"], ["b"]]))
        }
    }

    /// By the runner, which tries it again, and stores what else has ended meanwhile.
    @Test func whatWasLockedIsStoredOnceItIsFree() async throws {
        try await with { bench in
            let session = bench.session
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            let isLocked = Signal()
            async let unlocked: Void = {
                let states = { (transaction: PostgresTransaction) in
                    try await JobQueue.states(
                        [JobBench.Chore(name: "b")], for: bench.organization, in: transaction)
                }
                try await until {
                    guard isLocked.isSet else { return false }
                    let state = try await bench.pool.transaction(bench.service, states)
                    return state["b"]?.isClaimed == false
                }
                try await session.execute("COMMIT")
            }()
            let ended = await bench.run(configuration, until: 2) { job in
                if job.key == "a" {
                    try await session.execute(Self.lockA)
                    isLocked.set()
                } else {
                    try await until { isLocked.isSet }
                }
                return .dueAgain(after: .seconds(3600))
            }
            try await unlocked
            #expect(ended.finished == ["b", "a"] && ended.lost.isEmpty)
            // Nothing waited for the lock until its statement had to end.
            #expect(ended.failures == 0)
        }
    }

    /// What ends later is stored; what is never free is told of, once nothing else is to be stored.
    @Test(arguments: [true, false])
    func whatIsLockedKeepsNobodyWaitingWhileARunnerStops(isFreed: Bool) async throws {
        try await with { bench in
            let session = bench.session
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            let control = JobControl()
            async let unlocked: Void = {
                guard isFreed else { return }
                try await until { control.isStopping }
                let left = "SELECT 1 FROM jobs WHERE key = 'b' AND lease_token IS NULL"
                try await until { try await !session.texts(left).isEmpty }
                try await session.execute("COMMIT")
            }()
            let ended = await bench.run(configuration, until: 2, control) { job in
                if job.key == "a" {
                    try await session.execute(Self.lockA)
                    control.stop()
                } else {
                    try await until { control.isStopping }
                    // What "a" came to has been tried to be stored.
                    try await Task.sleep(for: .milliseconds(500))
                }
                return .dueAgain(after: .seconds(3600))
            }
            try await unlocked
            if !isFreed { try await session.execute("COMMIT") }
            #expect(ended.finished == (isFreed ? ["b", "a"] : ["b"]))
            #expect(ended.lost == (isFreed ? [] : ["a"]))
            #expect(ended.failures == (isFreed ? 0 : 1))
        }
    }

    /// It was locked, and tried again; meanwhile somebody restarted its job, and it was claimed, and ended, once more.
    @Test(arguments: [JobOutcome.interrupted, .completed])
    func whatWasTakenAwayIsNotStoredWithItsNextClaim(outcome: JobOutcome) async throws {
        try await with { bench in
            let first = try await bench.claim()
            try await bench.pool.transaction(bench.service) {
                try await JobQueue.restart(
                    [JobBench.Chore(name: "a")], for: bench.organization, in: $0)
            }
            let second = try await bench.claim()
            let leases = (first + second).filter { $0.key == "a" }.map(\.lease)
            #expect(leases.count == 2)
            let recorded = try await bench.queue.record(
                leases.map { (JobBench.update(outcome), $0) })
            #expect(recorded == [.leaseGone, .written])
        }
    }

    /// Operators, who may not see keys, wait for nobody, and hear of it.
    @Test func whatOthersHaveLockedIsNotRevivedAndIsNamed() async throws {
        try await with { bench in
            let (session, pool) = (bench.session, bench.pool)
            try await session.execute(
                "UPDATE jobs SET dead_reason = 'KEY_REFUSED', dead_at = now() WHERE kind = 'chore'")
            let ids = try await session.texts(
                "SELECT id::text FROM jobs WHERE kind = 'chore' ORDER BY key")
            let revive = {
                let (revived, passedOver) = try await pool.transaction(
                    TransactionOptions(role: "tally_operator")
                ) {
                    try await JobQueue.revive([], in: $0)
                }
                return [revived, passedOver].map { $0.map { [$0.id.text as String?] } }
            }
            try await session.execute(Self.lockA)
            #expect(try await revive() == [[ids[1]], [ids[0]]])
            try await session.execute("COMMIT")
            #expect(try await revive() == [[ids[0]], []])
        }
    }

    /// A deadlock ends one of those who wait for one another: it is the lease that is renewed, twice.
    @Test func whatCouldNotBeRenewedIsTriedAgainWhileItsLeaseLasts() async throws {
        // In step, so that the second waits for its turn.
        try await JobBench.with(["a", "b"], account: "acme", inStep: true) { bench in
            let session = bench.session
            try await session.execute(
                """
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
            configuration.lease = .seconds(30)
            configuration.turn = .seconds(600)
            let renewed = """
                SELECT 1 FROM jobs WHERE kind = 'chore'
                HAVING bool_and(due_at > (SELECT max(first) FROM leases))
                """
            let ended = await bench.run(configuration, until: 2) { job in
                guard job.key == "a" else { return .dueAgain(after: .seconds(3600)) }
                try await session.execute(
                    "CREATE TEMPORARY TABLE leases AS SELECT due_at AS first FROM jobs WHERE kind = 'chore'"
                )
                // Until both have another one.
                try await until { try await !session.texts(renewed).isEmpty }
                return .dueAgain(after: .seconds(3600))
            }
            #expect(ended.lost == [])
            #expect(ended.finished.sorted() == ["a", "b"])
            #expect(ended.failures >= 4)
        }
    }
}
