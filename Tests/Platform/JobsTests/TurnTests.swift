import Core
import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Jobs that were claimed as one, while they wait for their turn.
@Suite struct TurnTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var key: String { name }
        var concurrencyKey: String? { "acme" }
    }

    private struct Doing: JobHandler {
        let body: @Sendable (Job) async throws -> JobOutcome

        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
            try await body(job)
        }
    }

    /// With jobs of these names in step, whose ids are in the order of their names.
    private func with(
        _ names: [String],
        _ body: (PostgresSession, PostgresPool, JobQueue, OrganizationID) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            do {
                let session = try await database.session()
                let organization = OrganizationID.make()
                let options = TransactionOptions(
                    role: "tally_service", organization: PostgresUUID(organization.uuid))
                try await pool.transaction(options) { transaction in
                    for name in names {
                        try await JobQueue.enqueue(
                            Chore(name: name), for: organization, in: transaction)
                    }
                }
                try await session.execute(
                    """
                    UPDATE jobs SET id = ('00000000-0000-7000-8000-00000000000' || key)::uuid,
                        due_at = date_trunc('second', now()), in_step_at = date_trunc('second', now())
                    WHERE kind = 'chore'
                    """)
                try await body(
                    session, pool, JobQueue(pool: pool, owner: "worker"), organization)
                await session.close()
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    /// Runs until so many jobs have ended or lost their leases.
    private func run(
        _ queue: JobQueue, _ configuration: JobRunner.Configuration, until count: Int,
        _ body: @escaping @Sendable (Job) async throws -> JobOutcome
    ) async -> (finished: [String], lost: [String]) {
        let control = JobControl()
        let ended = Mutex<(finished: [String], lost: [String])>(([], []))
        let runner = JobRunner(
            queue: queue, handlers: [Chore.kind: Doing(body: body)], configuration: configuration,
            control: control
        ) { event in
            let isOver = ended.withLock {
                switch event {
                case .finished(let job, _, _): $0.finished.append(job.key)
                case .leaseLost(let job): $0.lost.append(job.key)
                case .threw, .setAside, .queueFailed: break
                }
                return $0.finished.count + $0.lost.count >= count
            }
            if isOver { control.stop() }
        }
        await runner.run()
        return ended.withLock { $0 }
    }

    @Test func leasesLastWhileTheirJobsWaitTheirTurn() async throws {
        try await with(["a", "b"]) { session, _, queue, _ in
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(6)
            let tokens = Mutex<[String: UUIDv7]>([:])
            let renewed = """
                SELECT 1 FROM jobs AS b WHERE b.key = 'b' AND b.due_at > now()
                    AND now() > (SELECT first FROM leases)
                """
            let ended = await run(queue, configuration, until: 2) { job in
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

    /// As a back-fill of years that is at the first report: the others do not wait for it, and do not run beside one another.
    @Test func whatWaitsBehindALongOneIsDoneMeanwhile() async throws {
        try await with(["a", "b", "c"]) { _, _, queue, _ in
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            configuration.turn = .milliseconds(100)
            configuration.perConcurrencyKey = 2
            let runs = Mutex<(now: Int, most: Int, done: [String], tokens: Set<UUIDv7>)>(
                (0, 0, [], []))
            let ended = await run(queue, configuration, until: 5) { job in
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
        try await with(["a", "b", "c"]) { session, _, queue, _ in
            var configuration = JobRunner.Configuration()
            configuration.lease = .seconds(600)
            configuration.holdLook = .zero
            let begun = Mutex<[String]>([])
            let ended = await run(queue, configuration, until: 3) { job in
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
        try await with(["a", "b", "c"]) { _, pool, queue, organization in
            let claimed = try await queue.claim([Chore.kind], limit: 9, lease: .seconds(600))
            #expect(Set(claimed.map(\.lease.token)).count == 1)
            let options = TransactionOptions(
                role: "tally_service", organization: PostgresUUID(organization.uuid))
            let states = {
                try await pool.transaction(options) {
                    try await JobQueue.states(
                        ["a", "b", "c"].map { Chore(name: $0) }, for: organization, in: $0)
                }
            }
            let before = try await states()
            #expect(before.values.allSatisfy { $0.isClaimed })
            #expect(before.filter(\.value.isRunning).map(\.key) == ["a"])
            var random = SystemRandomNumberGenerator()
            let update = JobUpdate(
                after: .dueAgain(after: .seconds(60)), attempt: 1, lastError: nil,
                backoff: Backoff(), using: &random)
            let first = try #require(claimed.first { $0.key == "a" })
            #expect(try await queue.record(update, of: first.lease))
            let after = try await states()
            #expect(after.filter(\.value.isClaimed).map(\.key).sorted() == ["b", "c"])
            #expect(after.filter(\.value.isRunning).map(\.key) == ["b"])
        }
    }
}
