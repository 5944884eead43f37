import Core
import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Jobs that were claimed as one, while they wait for their turn.
@Suite struct TurnTests {
    private func with(_ names: [String], _ body: (JobBench) async throws -> Void) async throws {
        try await JobBench.with(names, account: "acme", inStep: true, body)
    }

    @Test func leasesLastWhileTheirJobsWaitTheirTurn() async throws {
        try await with(["a", "b"]) { bench in
            let session = bench.session
            var configuration = JobRunner.Configuration()
            // So long that a busy machine renews it in time.
            configuration.lease = .seconds(30)
            configuration.turn = .seconds(600)
            let tokens = Mutex<[String: UUIDv7]>([:])
            let renewed = """
                SELECT 1 FROM jobs AS b WHERE b.key = 'b' AND b.due_at > now()
                    AND now() > (SELECT first FROM leases)
                """
            let ended = await bench.run(configuration, until: 2) { job in
                tokens.withLock { $0[job.key] = job.lease.token }
                guard job.key == "a" else { return .dueAgain(after: .seconds(3600)) }
                // Until the first lease of the one that waits is over, and it has another.
                try await session.execute(
                    "CREATE TEMPORARY TABLE leases AS SELECT due_at AS first FROM jobs WHERE key = 'b'"
                )
                try await until { try await !session.texts(renewed).isEmpty }
                return .dueAgain(after: .seconds(3600))
            }
            #expect(ended.finished.sorted() == ["a", "b"] && ended.lost.isEmpty)
            #expect(tokens.withLock { $0["a"] == $0["b"] && $0["a"] != nil })
        }
    }

    /// What waited for long, while its lease could not be renewed, has little left of it when it begins.
    @Test func whatWaitedItsTurnIsRenewedWhenThatIsDue() async throws {
        try await with(["a", "b"]) { bench in
            let session = bench.session
            try await session.execute(
                """
                CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'lost' USING ERRCODE = 'deadlock_detected';
                END
                $$;
                CREATE TRIGGER lose BEFORE UPDATE ON jobs FOR EACH ROW
                WHEN (NEW.key = 'b' AND NEW.lease_token = OLD.lease_token) EXECUTE FUNCTION lose();
                """)
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(30)
            configuration.turn = .seconds(600)
            let runsOut = """
                SELECT 1 FROM jobs WHERE key = 'b' AND due_at < now() + interval '9 seconds'
                """
            let isRenewed = """
                SELECT 1 FROM jobs WHERE key = 'b' AND due_at > now() + interval '15 seconds'
                """
            let ended = await bench.run(configuration, until: 2) { job in
                if job.key == "a" {
                    try await until { try await !session.texts(runsOut).isEmpty }
                    try await session.execute("DROP TRIGGER lose ON jobs")
                } else {
                    try await until { try await !session.texts(isRenewed).isEmpty }
                }
                return .dueAgain(after: .seconds(3600))
            }
            #expect(ended.finished.sorted() == ["a", "b"] && ended.lost.isEmpty)
        }
    }

    /// As a back-fill of years that is at the first report: the others do not wait for it, and do not run beside one another.
    @Test func whatWaitsBehindALongOneIsDoneMeanwhile() async throws {
        try await with(["a", "b", "c"]) { bench in
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            configuration.turn = .milliseconds(100)
            configuration.perConcurrencyKey = 2
            let runs = Mutex<(now: Int, most: Int, done: [String], tokens: Set<UUIDv7>)>(
                (0, 0, [], []))
            let ended = await bench.run(configuration, until: 5) { job in
                runs.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                    $0.tokens.insert(job.lease.token)
                }
                if job.key == "a" {
                    try await until { runs.withLock { $0.done.count == 2 } }
                }
                runs.withLock {
                    $0.now -= 1
                    $0.done.append(job.key)
                }
                return .dueAgain(after: .seconds(3600))
            }
            // Each of those that wait ends twice: given back, and done.
            #expect(ended.finished.sorted() == ["a", "b", "b", "c", "c"] && ended.lost.isEmpty)
            #expect(runs.withLock { $0.done.last } == "a")
            #expect(runs.withLock { $0.most } == 2)
            #expect(runs.withLock { $0.tokens.count } == 3)
        }
    }

    /// Whoever else is told to leave the account alone says so to those that wait, too.
    @Test(arguments: [true, false])
    func whatWaitsItsTurnIsGivenBackWhereItsKeyIsHeld(isHeld: Bool) async throws {
        try await with(["a", "b", "c"]) { bench in
            let session = bench.session
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            configuration.holdLook = .zero
            let begun = Mutex<[String]>([])
            let ended = await bench.run(configuration, until: 3) { job in
                begun.withLock { $0.append(job.key) }
                if job.key == "b", isHeld {
                    try await session.execute(
                        "INSERT INTO job_holds VALUES ('acme', now() + interval '1 hour')")
                }
                return .dueAgain(after: .seconds(3600))
            }
            #expect(begun.withLock { $0 } == (isHeld ? ["a", "b"] : ["a", "b", "c"]))
            #expect(ended.finished.sorted() == ["a", "b", "c"] && ended.lost.isEmpty)
            let given = try await session.texts(
                """
                SELECT attempt::text, (lease_token IS NULL)::text, (due_at <= now())::text
                FROM jobs WHERE key = 'c'
                """)
            #expect(given == [["0", "true", "\(isHeld)"]])
        }
    }

    @Test func ofWhatWasClaimedAsOneTheFirstRuns() async throws {
        try await with(["a", "b", "c"]) { bench in
            let claimed = try await bench.claim()
            #expect(Set(claimed.map(\.lease.token)).count == 1)
            let states = {
                try await bench.pool.transaction(bench.service) {
                    try await JobQueue.states(
                        ["a", "b", "c"].map { JobBench.Chore(name: $0) }, for: bench.organization,
                        in: $0)
                }
            }
            let before = try await states()
            #expect(before.values.allSatisfy { $0.isClaimed })
            #expect(before.filter(\.value.isRunning).map(\.key) == ["a"])
            let update = JobBench.update(.dueAgain(after: .seconds(60)))
            let first = try #require(claimed.first { $0.key == "a" })
            #expect(try await bench.queue.record(update, of: first.lease))
            let after = try await states()
            #expect(after.filter(\.value.isClaimed).map(\.key).sorted() == ["b", "c"])
            #expect(after.filter(\.value.isRunning).map(\.key) == ["b"])
        }
    }
}
