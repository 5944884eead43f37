import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// How fresh a connection is, and what its pulls came to.
struct ConnectionHealthTests {
    private let now: Instant
    private let organization = OrganizationID.make()

    init() throws {
        // As the bench's clock.
        now = try Instant(rfc3339: "2026-11-20T12:34:56Z")
    }

    @Test(arguments: [
        (PullHealth.healthy, 1 as Int64?, 0 as Int64, false),
        (.healthy, -1, 0, true),
        (.healthy, nil, -3599, false),
        (.healthy, nil, -3601, true),
        (.pending, nil, -3599, false),
        (.pending, nil, -3601, true),
        (.degraded, -1, -9999, false),
        (.keyRefused, -1, -9999, false),
    ])
    func aReportIsLateWhereNothingHappens(
        _ health: PullHealth, _ lateAt: Int64?, _ updatedAt: Int64, _ isLate: Bool
    ) {
        let status = ReportStatus(
            connectionID: .make(), stream: .usage, health: health, through: nil,
            lastSuccessAt: nil, lastError: "", pagesRead: 0,
            lateAt: lateAt.map { now.advanced(bySeconds: $0) },
            updatedAt: now.advanced(bySeconds: updatedAt), job: nil)
        #expect(status.isLate(now) == isLate)
    }

    /// Stores where a report was read to, as a worker does that succeeds.
    private func succeed(
        _ bench: ConnectionBench, _ id: String, _ stream: PullStream, through: String,
        lateIn seconds: Int64
    ) async throws {
        let key = CheckpointKey(
            organizationID: bench.organization, connectionID: try ConnectionID(id), stream: stream)
        let update = UpdateCheckpoint(
            key,
            checkpoint: Checkpoint(through: try Instant(rfc3339: through), health: .healthy),
            pages: 1, succeededAt: now, updatedAt: now, lateAt: now.advanced(bySeconds: seconds))
        try await bench.pool.transaction(bench.worker) { try await update.store(in: $0) }
    }

    @Test func aReportThatNobodyPullsIsLate() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            try await succeed(bench, made.id, .usage, through: "2026-11-20T12:30:00Z", lateIn: 60)
            try await succeed(bench, made.id, .costs, through: "2026-11-19T00:00:00Z", lateIn: 60)
            #expect(try await bench.read(made.id).health == .healthy)
            try await succeed(bench, made.id, .costs, through: "2026-11-19T00:00:00Z", lateIn: -1)
            let late = try await bench.read(made.id)
            #expect(late.health == .late)
            #expect(late.reports.map(\.name) == ["usage", "costs"])
            #expect(late.reports.map(\.health) == [.healthy, .late])
            let listed = try await bench.service.listConnections(
                ListConnectionsRequest(), bench.call())
            #expect(listed.connections == [late])
            for (health, count) in [(ConnectionHealth.late, 1), (.healthy, 0)] {
                let found = try await bench.service.listConnections(
                    ListConnectionsRequest(filter: ConnectionFilter(healths: [health])),
                    bench.call())
                #expect(found.connections.count == count)
            }
            // Nobody waits for a connection that is paused, nor for what it is not the record of.
            _ = try await bench.service.pauseConnection(
                PauseConnectionRequest(id: made.id), bench.call())
            #expect(try await bench.read(made.id).health == .paused)
        }
    }

    @Test func aConnectionSaysHowFreshItsReportsAre() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            #expect(made.finalThrough == nil && made.lagSeconds == 0)
            #expect(made.nextRunTime != nil)
            let queue = JobQueue(pool: bench.pool, owner: "worker")
            let jobs = try await queue.claim([PullConnection.kind], limit: 2, lease: .seconds(600))
            #expect(try await bench.read(made.id).reports.map(\.running) == [true, true])
            #expect(try await bench.read(made.id).nextRunTime == nil)

            try await succeed(bench, made.id, .usage, through: "2026-11-20T12:00:00Z", lateIn: 60)
            try await succeed(bench, made.id, .costs, through: "2026-11-15T12:00:00Z", lateIn: 60)
            let costs = try #require(jobs.first { $0.key.hasSuffix("costs") })
            var random = SystemRandomNumberGenerator()
            let refused = JobUpdate(
                after: .refused(reason: "KEY_REFUSED", after: .zero), attempt: 1, lastError: nil,
                backoff: Backoff(), refusalsMax: 1, using: &random)
            try await queue.record(refused, of: costs.lease)
            let read = try await bench.read(made.id)
            #expect(read.lagSeconds == 5 * 86_400 + 34 * 60 + 56)
            // What ended three days ago is final; a day that was read in part is not.
            #expect(read.finalThrough == Timestamp(try Instant(rfc3339: "2026-11-15T00:00:00Z")))
            let usage = try #require(read.reports.first)
            #expect(usage.lagSeconds == 34 * 60 + 56)
            #expect(usage.finalThrough == Timestamp(try Instant(rfc3339: "2026-11-17T00:00:00Z")))
            #expect(read.reports.map(\.running) == [true, false])
            #expect(read.reports.map(\.setAsideReason) == ["", "KEY_REFUSED"])
        }
    }

    private func run(_ stream: PullStream, at time: Instant) -> ConnectionService.ConnectionRun {
        ConnectionService.ConnectionRun(
            id: .make(), stream: stream, beganAt: time, worker: "worker")
    }

    @Test func oldRunsGo() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let session = try await bench.database.session()
            for (connection, began) in [
                (made.id, "'2026-11-20'"), (made.id, "'2026-08-01'"),
            ] {
                try await session.execute(
                    """
                    INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, outcome,
                        pages, recorded, corrected, unchanged, retracted, worker)
                    SELECT '\(bench.organization)', '\(connection)',
                        ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'costs',
                        \(began)::timestamptz, 1, 0, 0, 0, 0, 0, 'worker'
                    FROM generate_series(
                        CASE WHEN \(began) = '2026-11-20' THEN 100 ELSE 5000 END,
                        CASE WHEN \(began) = '2026-11-20' THEN 1109 ELSE 5009 END) AS n
                    """)
            }
            // Older than all of these, and of another report.
            try await session.execute(
                """
                INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, outcome,
                    pages, recorded, corrected, unchanged, retracted, worker)
                SELECT '\(bench.organization)', '\(made.id)',
                    ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'usage',
                    '2026-11-20', 1, 0, 0, 0, 0, 0, 'worker'
                FROM generate_series(1, 5) AS n
                """)
            let key = CheckpointKey(
                organizationID: bench.organization, connectionID: try ConnectionID(made.id),
                stream: .costs)
            let run = run(.costs, at: now)
            try await bench.pool.transaction(bench.worker) {
                try await run.store(of: key, isNew: true, now: now, in: $0)
            }
            let kept = try await session.texts(
                "SELECT count(*)::text, min(began_at)::date::text FROM connection_runs")
            // Those of long ago were among the newest thousand of the report, too.
            #expect(kept == [["995", "2026-11-20"]])
            await session.close()
        }
    }

    @Test func runsAreListedTheNewestFirst() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let other = try await ConnectionBench.makeOrganization("other", in: bench.database)
            let session = try await bench.database.session()
            try await session.execute(
                """
                INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, ended_at, outcome,
                    pages, recorded, corrected, unchanged, retracted, worker)
                SELECT '\(bench.organization)', '\(made.id)',
                    ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
                    CASE WHEN n % 2 = 0 THEN 'usage' ELSE 'costs' END, now(), now(), 2,
                    n, 0, 0, 0, 0, 'worker'
                FROM generate_series(1, 7) AS n
                """)
            await session.close()
            func pages(_ report: String, size: Int32) async throws -> [Int64] {
                var pages: [Int64] = []
                var token = ""
                repeat {
                    let page = try await bench.service.listConnectionRuns(
                        ListConnectionRunsRequest(
                            id: made.id, report: report, pageSize: size, pageToken: token),
                        bench.call())
                    #expect(page.runs.count <= Int(size))
                    pages += page.runs.map(\.pages)
                    token = page.nextPageToken
                } while !token.isEmpty
                return pages
            }
            #expect(try await pages("", size: 3) == [7, 6, 5, 4, 3, 2, 1])
            #expect(try await pages("usage", size: 2) == [6, 4, 2])
            let error = await #expect(throws: ServiceError.self) {
                _ = try await bench.service.listConnectionRuns(
                    ListConnectionRunsRequest(id: made.id), bench.call(of: other))
            }
            #expect(error?.reason == "CONNECTION_NOT_FOUND")
        }
    }
}
