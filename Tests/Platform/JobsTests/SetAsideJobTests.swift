import Core
import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Jobs that cannot be done, and workers that die.
@Suite struct SetAsideJobTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var account: String?
        var key: String { name }
        var concurrencyKey: String? { account }
    }

    private let organization = OrganizationID.make()

    private var service: TransactionOptions {
        TransactionOptions(
            role: "tally_service", organization: PostgresUUID(organization.uuid))
    }

    private func with(
        _ chores: [Chore], _ body: (ScratchDatabase, PostgresPool, JobQueue) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            do {
                try await pool.transaction(service) { transaction in
                    for chore in chores {
                        try await JobQueue.enqueue(chore, for: organization, in: transaction)
                    }
                }
                try await body(database, pool, JobQueue(pool: pool, owner: "worker"))
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    private func claim(_ queue: JobQueue, lease: Duration = .seconds(600)) async throws -> Job? {
        try await queue.claim([Chore.kind], limit: 1, lease: lease).first
    }

    private struct RefusedChores: JobHandler {
        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
            .refused(reason: "KEY_REFUSED", after: .zero)
        }
    }

    @Test func whatWaitingDoesNotMendIsSetAsideAndRevived() async throws {
        try await with([Chore(name: "a")]) { database, pool, queue in
            var configuration = JobRunner.Configuration()
            configuration.refusalsMax = 3
            let runs = Mutex(0)
            let control = JobControl()
            let runner = JobRunner(
                queue: queue, handlers: [Chore.kind: RefusedChores()],
                configuration: configuration, control: control
            ) { event in
                switch event {
                case .finished: runs.withLock { $0 += 1 }
                case .setAside: control.stop()
                case .threw, .leaseLost, .queueFailed: break
                }
            }
            await runner.run()
            #expect(runs.withLock { $0 } == 3)
            let counts = try await queue.counts([Chore.kind])
            #expect(counts.setAside == 1 && counts.unsettled == 0 && counts.withError == 1)
            try await queue.expedite([Chore.kind])
            #expect(try await claim(queue) == nil)
            // Enqueuing does not revive it: who does so does not know that it was mended.
            try await pool.transaction(service) {
                try await JobQueue.enqueue(Chore(name: "a"), for: organization, in: $0)
            }
            #expect(try await claim(queue) == nil)
            let session = try await database.session()
            let cause = try await session.texts("SELECT dead_reason FROM jobs WHERE kind = 'chore'")
            #expect(cause == [["KEY_REFUSED"]])
            await session.close()

            try await pool.transaction(service) {
                try await JobQueue.restart([Chore(name: "a")], for: organization, in: $0)
            }
            let revived = try #require(try await claim(queue))
            #expect(revived.refusals == 0 && revived.attempt == 1)
        }
    }

    @Test func whatItsWorkersDieOfIsSetAside() async throws {
        try await with([Chore(name: "a")]) { database, _, queue in
            // A lease of no time: its worker is as good as dead.
            for death in 1...JobQueue.deathsMax {
                #expect(try await claim(queue, lease: .zero)?.attempt == death)
            }
            #expect(try await claim(queue) == nil)
            #expect(try await queue.counts([Chore.kind]).setAside == 1)
            let session = try await database.session()
            let cause = try await session.texts("SELECT dead_reason FROM jobs WHERE kind = 'chore'")
            #expect(cause == [["WORKERS_DIED"]])
            await session.close()
        }
    }

    private struct Sweep: JobArguments {
        static let kind = JobKind(rawValue: "sweep")
        static let priority = JobPriority.housekeeping
        var key: String { "all" }
    }

    /// Nobody could ask for it again.
    @Test func housekeepingThatItsWorkersDieOfRestsForAnHour() async throws {
        try await with([]) { database, pool, queue in
            try await pool.transaction(service) {
                try await JobQueue.enqueue(Sweep(), for: organization, in: $0)
            }
            let claim = { try await queue.claim([Sweep.kind], limit: 1, lease: .zero).first }
            for _ in 1...JobQueue.deathsMax { #expect(try await claim() != nil) }
            #expect(try await claim() == nil)
            #expect(try await queue.counts([Sweep.kind]).setAside == 0)
            let session = try await database.session()
            let later = try await session.texts(
                "SELECT due_at > now() + interval '50 minutes' FROM jobs WHERE kind = 'sweep'")
            #expect(later == [["t"]])
            try await session.execute("UPDATE jobs SET due_at = now() WHERE kind = 'sweep'")
            #expect(try await claim() != nil)
            await session.close()
        }
    }

    @Test func aJobThatMakesProgressIsNotWhatItsWorkersDieOf() async throws {
        try await with([Chore(name: "a")]) { _, pool, queue in
            for _ in 1...(2 * JobQueue.deathsMax) {
                let job = try #require(try await claim(queue, lease: .zero))
                try await pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await JobQueue.hold(job.lease, in: $0)
                    try await JobQueue.getsOn(job.lease, in: $0)
                }
            }
            #expect(try await claim(queue) != nil)
        }
    }

    /// What workers do, in an order that the seed gives: they claim, die, fail, and end what they hold.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyJobIsDoneWhoeverDies(seed: UInt64) async throws {
        let perKey = 2
        let chores = (0..<40).map { Chore(name: "\($0)", account: "account-\($0 % 5)") }
        try await with(chores) { _, pool, _ in
            var random = SeededRandom(seed: seed)
            let queues = (0..<3).map { JobQueue(pool: pool, owner: "worker-\($0)") }
            var held: [Job] = []
            var dead: [Job] = []
            var done: [String] = []
            let update = { (outcome: JobOutcome, job: Job, random: inout SeededRandom) in
                JobUpdate(
                    after: outcome, attempt: job.attempt, lastError: nil, backoff: Backoff(),
                    using: &random)
            }
            for step in 0..<2000 where done.count < chores.count {
                let queue = queues[Int.random(in: 0..<3, using: &random)]
                if held.isEmpty || Int.random(in: 0..<5, using: &random) < 3 {
                    let dies = Int.random(in: 0..<4, using: &random) == 0
                    let job = try await queue.claim(
                        [Chore.kind], limit: 1, lease: dies ? .zero : .seconds(600),
                        perConcurrencyKey: perKey
                    ).first
                    if let job {
                        #expect(!held.contains { $0.id == job.id } && !done.contains(job.key))
                        if dies { dead.append(job) } else { held.append(job) }
                    }
                } else {
                    let job = held.remove(at: Int.random(in: held.indices, using: &random))
                    let isDone = Bool.random(using: &random)
                    let outcome = isDone ? JobOutcome.completed : .dueAgain(after: .zero)
                    #expect(
                        try await queue.record(update(outcome, job, &random), of: job.lease))
                    if isDone { done.append(job.key) }
                }
                let accounts = held.map { (Int($0.key) ?? 0) % 5 }
                for account in 0..<5 {
                    #expect(
                        accounts.count { $0 == account } <= perKey, "seed \(seed), step \(step)")
                }
            }
            #expect(Set(done).count == chores.count && done.count == chores.count)
            for job in dead {
                #expect(try await !queues[0].renew(job.lease, for: .seconds(600)))
            }
        }
    }
}
