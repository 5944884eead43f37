import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// Reports that somebody asks for, and the queue as operators see it.
struct SyncConnectionTests {
    private func sync(
        _ bench: ConnectionBench, _ id: String, of organization: OrganizationID? = nil,
        breakRest: Bool = false
    ) async throws -> SyncConnectionResponse {
        try await bench.service.syncConnection(
            SyncConnectionRequest(id: id, breakRest: breakRest), bench.call(of: organization))
    }

    private func end(
        _ job: Job, _ outcome: JobOutcome, of queue: JobQueue
    ) async throws {
        var random = SystemRandomNumberGenerator()
        let update = JobUpdate(
            after: outcome, attempt: 1, lastError: nil, backoff: Backoff(), refusalsMax: 1,
            using: &random)
        #expect(try await queue.record(update, of: job.lease))
    }

    private func claim(_ queue: JobQueue, _ limit: Int = 9) async throws -> [String: Job] {
        let jobs = try await queue.claim([PullConnection.kind], limit: limit, lease: .seconds(600))
        return Dictionary(uniqueKeysWithValues: jobs.map { ($0.key, $0) })
    }

    @Test func whatSomebodyAsksForGoesFirst() async throws {
        try await ConnectionBench.with { bench in
            let queue = JobQueue(pool: bench.pool, owner: "worker")
            let made = try await bench.create()
            let jobs = try await claim(queue)
            let usage = try #require(jobs["\(made.id)/usage"])
            try await end(usage, .refused(reason: "KEY_REFUSED", after: .zero), of: queue)
            for name in ["b", "c", "d"] { _ = try await bench.create(name) }
            // The first claim of a worker takes what has been due longest.
            let first = try await claim(queue, 1)

            let response = try await sync(bench, made.id)
            #expect(response.reportsDue == ["usage"])
            #expect(response.reportsRunning == ["costs"])
            #expect(response.reportsWaiting.isEmpty)
            #expect(first.keys.allSatisfy { !$0.hasPrefix(made.id) })
            let next = try await claim(queue, 1)
            #expect(Array(next.keys) == ["\(made.id)/usage"])
            // Afterwards it is one among the others again.
            let again = try #require(next.values.first)
            try await end(again, .dueAgain(after: .zero), of: queue)
            #expect(try await Set(claim(queue, 1).keys) != ["\(made.id)/usage"])
        }
    }

    /// One of those that a worker has in turn is read, and the others are about to be.
    @Test func whatWaitsItsTurnIsDue() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let session = try await bench.database.session()
            try await session.execute(
                """
                UPDATE jobs SET due_at = date_trunc('second', now()), in_step_at = date_trunc('second', now())
                """)
            await session.close()
            let jobs = try await claim(JobQueue(pool: bench.pool, owner: "worker"))
            #expect(jobs.count == 2 && Set(jobs.values.map(\.lease.token)).count == 1)
            let order = jobs.values.sorted { $0.id < $1.id }.map { String($0.key.dropFirst(37)) }
            let response = try await sync(bench, made.id)
            #expect(response.reportsRunning == [order[0]] && response.reportsDue == [order[1]])
            #expect(response.reportsWaiting.isEmpty)
            let shown = try await bench.service.getConnection(
                GetConnectionRequest(id: made.id), bench.call())
            #expect(shown.reports.filter(\.running).map(\.name) == [order[0]])
            #expect(shown.reports.allSatisfy { $0.nextRunTime == nil })
        }
    }

    @Test func whoAsksAgainAndAgainHearsSo() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            _ = try await sync(bench, made.id)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await sync(bench, made.id)
            }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.reason == "SYNCED_TOO_RECENTLY")
            #expect(error?.retryAfter == .seconds(60))
        }
    }

    @Test func nobodyHurriesAProviderThatAskedToBeLeftAlone() async throws {
        try await ConnectionBench.with { bench in
            let queue = JobQueue(pool: bench.pool, owner: "worker")
            let made = try await bench.create()
            let jobs = try await claim(queue)
            let limited = JobOutcome.failed(
                reason: "PROVIDER_RATE_LIMITED", retryAfter: .seconds(600))
            try await end(try #require(jobs["\(made.id)/usage"]), limited, of: queue)
            try await end(
                try #require(jobs["\(made.id)/costs"]),
                .failed(reason: "PROVIDER_UNAVAILABLE", retryAfter: .seconds(600)), of: queue)
            let response = try await sync(bench, made.id)
            #expect(response.reportsDue == ["costs"])
            #expect(response.reportsWaiting == ["usage"])
            #expect(try await Array(claim(queue).keys) == ["\(made.id)/costs"])
        }
    }

    @Test func whoKnowsBetterBreaksTheRest() async throws {
        try await ConnectionBench.with { bench in
            let queue = JobQueue(pool: bench.pool, owner: "worker")
            let made = try await bench.create()
            let jobs = try await claim(queue)
            try await end(
                try #require(jobs["\(made.id)/usage"]),
                .throttled(reason: "PROVIDER_RATE_LIMITED", retryAfter: .seconds(86_400)),
                of: queue)
            try await end(
                try #require(jobs["\(made.id)/costs"]), .dueAgain(after: .zero), of: queue)
            #expect(try await claim(queue).isEmpty)
            // Until when is shown of the report, too, that waits for its account alone.
            let shown = try await bench.service.getConnection(
                GetConnectionRequest(id: made.id), bench.call())
            let next = shown.reports.map { $0.nextRunTime?.seconds ?? 0 }
            let session = try await bench.database.session()
            let clock = try await session.texts("SELECT extract(epoch FROM now())::bigint::text")
            let now = try #require(clock.first?[0].flatMap { Int64($0) })
            #expect(next.count == 2 && next.allSatisfy { $0 > now + 43_200 })

            #expect(try await sync(bench, made.id).reportsWaiting.sorted() == ["costs", "usage"])
            #expect(try await claim(queue).isEmpty)
            try await session.execute("UPDATE connections SET synced_at = NULL")
            _ = try await bench.service.backfillConnection(
                BackfillConnectionRequest(
                    id: made.id, from: Timestamp(try Instant(rfc3339: "2026-08-01T00:00:00Z")),
                    through: Timestamp(try Instant(rfc3339: "2026-09-01T00:00:00Z"))), bench.call())
            // One report of it was set aside.
            try await session.execute(
                """
                UPDATE jobs SET due_at = now() + interval '1 day',
                    dead_at = CASE WHEN key LIKE '%/usage' THEN now() END,
                    dead_reason = CASE WHEN key LIKE '%/usage' THEN 'WORKERS_DIED' END
                WHERE kind = 'read_backfill'
                """)
            let response = try await sync(bench, made.id, breakRest: true)
            // Its back-fill goes on, too, and no sooner than pulls do.
            #expect(
                try await session.texts(
                    """
                    SELECT DISTINCT (due_at <= now())::text, (priority = usual_priority)::text,
                        (dead_at IS NULL)::text
                    FROM jobs WHERE kind = 'read_backfill'
                    """) == [["true", "true", "true"]])
            await session.close()
            #expect(response.reportsDue.sorted() == ["costs", "usage"])
            #expect(response.reportsWaiting.isEmpty)
            #expect(try await claim(queue).count == 2)
        }
    }

    @Test func onlyOnesOwnConnectionsThatAreReadAreAskedFor() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let other = try await ConnectionBench.makeOrganization("other", in: bench.database)
            let foreign = await #expect(throws: ServiceError.self) {
                _ = try await sync(bench, made.id, of: other)
            }
            #expect(foreign?.reason == "CONNECTION_NOT_FOUND")
            _ = try await bench.service.pauseConnection(
                PauseConnectionRequest(id: made.id), bench.call())
            let paused = await #expect(throws: ServiceError.self) {
                _ = try await sync(bench, made.id)
            }
            #expect(paused?.reason == "CONNECTION_PAUSED")
        }
    }

    @Test func operatorsSeeTheQueueAndReviveWhatWasSetAside() async throws {
        try await ConnectionBench.with { bench in
            let queue = JobQueue(pool: bench.pool, owner: "worker-1")
            let made = try await bench.create()
            let jobs = try await claim(queue)
            try await end(
                try #require(jobs["\(made.id)/usage"]),
                .refused(reason: "KEY_REFUSED", after: .zero), of: queue)
            _ = try await bench.create("Due")
            let call = try bench.call(as: .operator)
            let status = try await bench.service.getWorkerStatus(GetWorkerStatusRequest(), call)
            let pulls = try #require(status.queues.first { $0.kind == "pull_connection" })
            #expect(pulls.priority == 20)
            #expect([pulls.due, pulls.running, pulls.waiting, pulls.setAside] == [2, 1, 0, 1])
            #expect(pulls.oldestDueTime != nil)
            #expect(status.workers.map(\.name) == ["worker-1"])
            #expect(status.workers.map(\.jobs) == [1])
            let job = try #require(status.setAside.first)
            #expect(status.setAside.count == 1)
            #expect(job.reason == "KEY_REFUSED" && job.organization == bench.organization.text)

            let wrong = await #expect(throws: ServiceError.self) {
                _ = try await bench.service.reviveJobs(
                    ReviveJobsRequest(ids: [job.id], all: true), call)
            }
            #expect(wrong?.reason == "JOBS_NOT_NAMED")
            // One that runs is left alone.
            let running = try #require(jobs["\(made.id)/costs"]).id.text
            let revived = try await bench.service.reviveJobs(
                ReviveJobsRequest(ids: [job.id, running]), call)
            #expect(revived.revived == [job])
            #expect(
                try await bench.service.getWorkerStatus(GetWorkerStatusRequest(), call).setAside
                    .isEmpty)
            #expect(try await claim(queue).keys.contains("\(made.id)/usage"))
            let stranger = await #expect(throws: ServiceError.self) {
                _ = try await bench.service.getWorkerStatus(
                    GetWorkerStatusRequest(), bench.call())
            }
            #expect(stranger?.reason == "OPERATOR_REQUIRED")
        }
    }
}
