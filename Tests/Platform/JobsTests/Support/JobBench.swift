import Domain
import Postgres
import Synchronization
import TestSupport

@testable import Jobs

/// A queue with some jobs of one organization, and a runner of it.
struct JobBench: Sendable {
    struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        let name: String
        var account: String?
        var key: String { name }
        var concurrencyKey: String? { account }
    }

    private struct Doing: JobHandler {
        let body: @Sendable (Job) async throws -> JobOutcome

        func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
            try await body(job)
        }
    }

    /// What a runner said of its jobs, by their names.
    struct Ended: Sendable {
        var finished: [String] = []
        var lost: [String] = []
        /// How often the queue could not be used.
        var failures = 0
    }

    /// The superuser's.
    let session: PostgresSession
    /// The queue's.
    let pool: PostgresPool
    let queue: JobQueue
    let organization: OrganizationID

    /// As a service acts.
    var service: TransactionOptions {
        TransactionOptions(role: "tally_service", organization: PostgresUUID(organization.uuid))
    }

    /// - Parameters:
    ///   - names: of the jobs, in the order of their ids, of the time since which they are due, and in the table.
    ///   - account: what they ask; nil for nothing.
    ///   - inStep: whether they are claimed as one.
    ///   - connectionsMax: of the queue's pool.
    static func with(
        _ names: [String], account: String? = nil, inStep: Bool = false, connectionsMax: Int = 8,
        _ body: (JobBench) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool(connectionsMax: connectionsMax)
            do {
                let bench = JobBench(
                    session: try await database.session(), pool: pool,
                    queue: JobQueue(pool: pool, owner: "worker"), organization: .make())
                for name in names {
                    try await pool.transaction(bench.service) {
                        try await JobQueue.enqueue(
                            Chore(name: name, account: account), for: bench.organization, in: $0)
                    }
                }
                try await bench.session.execute(
                    """
                    UPDATE jobs SET id = ('00000000-0000-7000-8000-00000000000'
                        || array_position('{\(names.joined(separator: ","))}'::text[], key))::uuid
                    WHERE kind = 'chore'
                    """)
                if inStep {
                    try await bench.session.execute(
                        """
                        UPDATE jobs SET due_at = date_trunc('second', now()),
                            in_step_at = date_trunc('second', now()) WHERE kind = 'chore'
                        """)
                }
                try await body(bench)
                await bench.session.close()
            } catch {
                await pool.shutdown()
                throw error
            }
            await pool.shutdown()
        }
    }

    func claim(lease: Duration = .seconds(600)) async throws -> [Job] {
        try await queue.claim([Chore.kind], limit: 9, lease: lease)
    }

    /// What becomes of a job's row after its first run.
    static func update(_ outcome: JobOutcome) -> JobUpdate {
        var random = SystemRandomNumberGenerator()
        return JobUpdate(
            after: outcome, attempt: 1, lastError: nil, backoff: Backoff(), using: &random)
    }

    /// Runs until so many jobs have ended or lost their leases.
    func run(
        _ configuration: JobRunner.Configuration, until count: Int,
        _ control: JobControl = JobControl(),
        _ body: @escaping @Sendable (Job) async throws -> JobOutcome
    ) async -> Ended {
        let ended = Mutex(Ended())
        let runner = JobRunner(
            queue: queue, handlers: [Chore.kind: Doing(body: body)], configuration: configuration,
            control: control
        ) { event in
            let isOver = ended.withLock {
                switch event {
                case .finished(let job, _, _): $0.finished.append(job.key)
                case .leaseLost(let job): $0.lost.append(job.key)
                case .queueFailed: $0.failures += 1
                case .threw, .setAside: break
                }
                return $0.finished.count + $0.lost.count >= count
            }
            if isOver { control.stop() }
        }
        await runner.run()
        return ended.withLock { $0 }
    }
}

/// Something that happens once.
final class Signal: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() {
        flag.store(true, ordering: .releasing)
    }
}
