import Core
import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// The queue against PostgreSQL: claims, leases, takeovers.
struct JobQueueTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var key: String { name }
    }

    private let organization = OrganizationID.make()

    /// As a service acts when it enqueues.
    private var service: TransactionOptions {
        TransactionOptions(
            role: "tally_service",
            organization: PostgresUUID(
                high: organization.uuid.bytes.high, low: organization.uuid.bytes.low))
    }

    @Test func everyStatementSuitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertJob.self, ClaimJobs.self, RenewLease.self, HoldLease.self, MakeJobDue.self,
                RemoveJob.self, ExpediteJobs.self, CountJobs.self, RestartJobs.self,
                ForgetDeaths.self, SetJobAside.self, SelectNextDue.self, RenewLeases.self,
                MakeJobsDue.self, HoldJob.self, HoldFreeJobs.self, SelectHeld.self, HastenJobs.self,
                ShareConcurrencyKey.self,
                ReviveJobs.self,
            ])
            #expect(faults == [])
        }
    }

    /// Runs `body` with two queues, as two workers have them, on one database.
    private func withQueues(
        _ body: (PostgresPool, JobQueue, JobQueue) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let first = JobQueue(pool: pool, owner: "first", role: "tally_worker")
            let second = JobQueue(pool: pool, owner: "second", role: "tally_worker")
            do {
                try await body(pool, first, second)
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private func enqueue(
        _ names: [String], after delay: Duration = .zero, _ pool: PostgresPool
    ) async throws {
        try await pool.transaction(service) { transaction in
            for name in names {
                try await JobQueue.enqueue(
                    Chore(name: name), for: organization, after: delay, in: transaction)
            }
        }
    }

    @Test func aJobExistsExactlyIfItsTransactionCommits() async throws {
        struct Undo: Error {}
        try await withQueues { pool, first, _ in
            await #expect(throws: Undo.self) {
                try await pool.transaction(service) {
                    try await JobQueue.enqueue(
                        Chore(name: "a"), for: organization, in: $0)
                    throw Undo()
                }
            }
            #expect(try await first.claim([Chore.kind], limit: 9, lease: .seconds(30)).isEmpty)
            try await enqueue(["a", "a"], pool)
            try await enqueue(["a"], pool)
            let jobs = try await first.claim([Chore.kind], limit: 9, lease: .seconds(30))
            #expect(jobs.count == 1)
            #expect(try jobs[0].arguments(Chore.self).name == "a")
            #expect(jobs[0].organizationID == organization)
            #expect(jobs[0].attempt == 1)
        }
    }

    @Test func noTwoWorkersHoldOneJob() async throws {
        try await withQueues { pool, first, second in
            try await enqueue((0..<40).map { "job-\($0)" }, pool)
            let keys = try await withThrowingTaskGroup(of: [String].self) { group in
                for queue in [first, second, first, second] {
                    group.addTask { try await Self.claimAll(queue, pool) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(keys.count == 40)
            #expect(Set(keys).count == 40)
        }
    }

    private func claimOne(_ queue: JobQueue, lease: Duration) async throws -> Job {
        let jobs = try await queue.claim([Chore.kind], limit: 1, lease: lease)
        return try #require(jobs.first)
    }

    /// Until none is left: a claim passes over what another one looks at, and may so find nothing before.
    private static func claimAll(
        _ queue: JobQueue, _ pool: PostgresPool
    ) async throws -> [String] {
        var keys: [String] = []
        while true {
            let jobs = try await queue.claim([Chore.kind], limit: 3, lease: .seconds(60))
            keys += jobs.map(\.key)
            let overview = try await pool.transaction(TransactionOptions(role: "tally_worker")) {
                try await JobQueue.overview(in: $0)
            }
            if overview.depths.allSatisfy({ $0.kind != Chore.kind.rawValue || $0.due == 0 }) {
                return keys
            }
        }
    }

    @Test func anAbandonedJobIsTakenOverAndItsFirstWorkerCanWriteNothingMore() async throws {
        try await withQueues { pool, first, second in
            try await enqueue(["a"], pool)
            let lost = try await claimOne(first, lease: .zero)
            let taken = try await claimOne(second, lease: .seconds(60))
            #expect(taken.id == lost.id)
            #expect(taken.attempt == 2)

            #expect(try await !first.renew(lost.lease, for: .seconds(60)))
            var random = SystemRandomNumberGenerator()
            let done = JobUpdate(
                after: .completed, attempt: 1, lastError: nil, backoff: Backoff(),
                using: &random)
            #expect(try await !first.record(done, of: lost.lease))
            await #expect(throws: ServiceError(.aborted, "JOB_LEASE_LOST", "")) {
                try await pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await JobQueue.hold(lost.lease, in: $0)
                }
            }
            #expect(try await second.record(done, of: taken.lease))
            #expect(try await second.counts([Chore.kind]).untilNextDue == nil)
        }
    }

    @Test func aHeldLeaseIsNotTakenOverBeforeItsTransactionEnds() async throws {
        try await withQueues { pool, first, second in
            try await enqueue(["a"], pool)
            let job = try await claimOne(first, lease: .zero)
            try await pool.transaction(TransactionOptions(role: "tally_worker")) {
                try await JobQueue.hold(job.lease, in: $0)
                let taken = try await second.claim([Chore.kind], limit: 1, lease: .seconds(60))
                #expect(taken.isEmpty)
                // The heartbeat does not wait for the transaction.
                #expect(try await first.renew(job.lease, for: .zero))
            }
            let taken = try await second.claim([Chore.kind], limit: 1, lease: .seconds(60))
            #expect(taken.count == 1)
        }
    }

    @Test func aHeartbeatKeepsTheJob() async throws {
        try await withQueues { pool, first, second in
            try await enqueue(["a"], pool)
            let job = try await claimOne(first, lease: .zero)
            #expect(try await first.renew(job.lease, for: .seconds(60)))
            #expect(try await second.claim([Chore.kind], limit: 1, lease: .zero).isEmpty)
        }
    }

    @Test func aJobWaitsForItsTimeUnlessExpedited() async throws {
        try await withQueues { pool, first, _ in
            try await enqueue(["later"], after: .seconds(600), pool)
            #expect(try await first.claim([Chore.kind], limit: 1, lease: .seconds(9)).isEmpty)
            let waiting = try await first.counts([Chore.kind])
            #expect(waiting.unsettled == 0)
            #expect(waiting.untilNextDue.map { $0 > .seconds(500) } == true)
            try await first.expedite([Chore.kind])
            #expect(try await first.claim([Chore.kind], limit: 1, lease: .seconds(9)).count == 1)
        }
    }

    @Test func aRestartedJobIsDueAtOnceAndItsRunCanWriteNothingMore() async throws {
        try await withQueues { pool, first, second in
            try await enqueue(["running", "waiting", "other"], after: .seconds(600), pool)
            try await first.expedite([Chore.kind])
            let claimed = try await first.claim([Chore.kind], limit: 9, lease: .seconds(600))
            let jobs = Dictionary(uniqueKeysWithValues: claimed.map { ($0.key, $0) })
            let running = try #require(jobs["running"])
            var random = SystemRandomNumberGenerator()
            let waits = JobUpdate(
                after: .blocked(reason: "KEY_REFUSED", after: .seconds(900)), attempt: 1,
                lastError: nil, backoff: Backoff(), using: &random)
            try await first.record(waits, of: try #require(jobs["waiting"]).lease)
            try await pool.transaction(service) {
                try await JobQueue.restart(
                    ["running", "waiting", "gone"].map { Chore(name: $0) }, for: organization,
                    in: $0)
            }
            #expect(try await !first.record(waits, of: running.lease))
            let due = try await second.claim([Chore.kind], limit: 9, lease: .seconds(60))
            #expect(Set(due.map(\.key)) == ["running", "waiting", "gone"])
            #expect(due.first { $0.key == "waiting" }?.lastError == "KEY_REFUSED")
            #expect(due.allSatisfy { $0.attempt == 1 })
        }
    }

    /// Another organization's jobs are out of a service's reach.
    @Test func aServiceRestartsJobsOfItsOrganizationOnly() async throws {
        try await withQueues { pool, first, _ in
            try await enqueue(["a"], pool)
            let job = try await claimOne(first, lease: .seconds(600))
            var other = service
            other.organization = PostgresUUID(high: 1, low: 1)
            try await pool.transaction(other) { transaction in
                let restarted = try await transaction.run(
                    RestartJobs(organizationID: organization, kind: Chore.kind, keys: ["a"]))
                #expect(restarted.isEmpty)
            }
            #expect(try await first.renew(job.lease, for: .seconds(60)))
        }
    }

    @Test func anInterruptedRunKeepsTheReasonOfTheLastFailure() async throws {
        try await withQueues { pool, first, _ in
            try await enqueue(["a"], pool)
            let job = try await claimOne(first, lease: .seconds(60))
            var random = SystemRandomNumberGenerator()
            let failed = JobUpdate(
                after: .blocked(reason: "KEY_REFUSED", after: .zero), attempt: 1, lastError: nil,
                backoff: Backoff(), using: &random)
            try await first.record(failed, of: job.lease)
            let control = JobControl()
            let runner = JobRunner(
                queue: first, handlers: [Chore.kind: InterruptedChores()],
                configuration: JobRunner.Configuration(), control: control
            ) { event in
                if case .finished = event { control.stop() }
            }
            await runner.run()
            let again = try await claimOne(first, lease: .seconds(60))
            #expect(again.lastError == "KEY_REFUSED")
            #expect(again.attempt == 1)
        }
    }

    private struct InterruptedChores: JobHandler {
        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome { .interrupted }
    }

    @Test func theRunnerRetriesUntilEverythingSucceeded() async throws {
        try await withQueues { pool, first, _ in
            try await enqueue(["a", "b", "c"], pool)
            var configuration = JobRunner.Configuration()
            configuration.backoff.first = .milliseconds(1)
            configuration.idle = .milliseconds(1)
            let handler = FlakyChores()
            let runner = JobRunner(
                queue: first, handlers: [Chore.kind: handler], configuration: configuration,
                control: JobControl()
            ) { _ in }
            await runner.runUntilSettled()
            #expect(handler.tries.withLock { $0 } == ["a": 3, "b": 3, "c": 3])
            #expect(try await first.counts([Chore.kind]).untilNextDue == nil)
        }
    }

    /// Fails twice per job, then succeeds.
    private final class FlakyChores: JobHandler {
        let tries = Mutex<[String: Int]>([:])

        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
            let attempt = tries.withLock {
                $0[job.key, default: 0] += 1
                return $0[job.key, default: 0]
            }
            return attempt < 3 ? .failed(reason: "FLAKY") : .completed
        }
    }
}
