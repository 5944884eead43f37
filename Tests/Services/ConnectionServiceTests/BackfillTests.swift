import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// Spans of the past that somebody asks for; what workers make of them stands in `WorkerTests`.
struct BackfillTests {
    private static let now = "2026-11-20T12:34:56Z"

    private func request(
        _ id: String, from: String? = "2026-08-01T00:00:00Z", through: String? = nil
    ) throws -> BackfillConnectionRequest {
        BackfillConnectionRequest(
            id: id, from: try from.map { Timestamp(try Instant(rfc3339: $0)) },
            through: try through.map { Timestamp(try Instant(rfc3339: $0)) })
    }

    private func ask(
        _ bench: ConnectionBench, _ id: String, of organization: OrganizationID? = nil
    ) async throws -> ConnectionBackfill {
        try await bench.service.backfillConnection(request(id), bench.call(of: organization))
    }

    private func change(
        _ bench: ConnectionBench, _ backfill: String,
        _ action: ChangeConnectionBackfillRequest.Action
    ) async throws -> ConnectionBackfill {
        try await bench.service.changeConnectionBackfill(
            ChangeConnectionBackfillRequest(id: backfill, action: action),
            bench.call())
    }

    private func jobs(_ bench: ConnectionBench) async throws -> [[String?]] {
        let session = try await bench.database.session()
        let rows = try await session.texts(
            """
            SELECT key, priority::text, (lease_token IS NOT NULL)::text, coalesce(dead_reason, '')
            FROM jobs WHERE kind = 'read_backfill' ORDER BY key
            """)
        await session.close()
        return rows
    }

    @Test func aBackfillIsAskedForOnceAndTellsHowFarItIs() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let asked = try await ask(bench, made.id)
            #expect(asked.from == Timestamp(try Instant(rfc3339: "2026-08-01T00:00:00Z")))
            #expect(asked.through == Timestamp(try Instant(rfc3339: "2026-11-21T00:00:00Z")))
            #expect(asked.reports.map(\.name) == ["usage", "costs"])
            #expect(asked.reports.allSatisfy { $0.state == .running && $0.days == 112 })
            // Behind what is scheduled.
            #expect(
                try await jobs(bench) == [
                    ["\(asked.id)/costs", "30", "false", ""],
                    ["\(asked.id)/usage", "30", "false", ""],
                ])
            let key = BackfillKey(
                CheckpointKey(
                    organizationID: bench.organization, connectionID: try ConnectionID(made.id),
                    stream: .usage), try BackfillID(asked.id))
            try await bench.pool.transaction(bench.worker) { transaction in
                guard var stored = try await transaction.first(SelectReportBackfill(key)) else {
                    return
                }
                stored.readFrom = stored.from
                stored.progress.through = stored.from.advanced(bySeconds: 28 * 86_400 + 3600)
                stored.tally.pages = 7
                #expect(try await transaction.first(UpdateReportBackfill(key, stored)) != nil)
            }
            let shown = try #require(try await bench.read(made.id).backfill)
            #expect(shown.reports.map(\.daysRead) == [28, 0])
            #expect(shown.reports.map(\.percent) == [25, 0])
            #expect(shown.percent == 12 && shown.state == .running)
            await #expect(throws: ServiceError(.failedPrecondition, "BACKFILL_UNDER_WAY", "")) {
                _ = try await ask(bench, made.id)
            }
            #expect(try await change(bench, asked.id, .cancel).state == .cancelled)
            // Again changes nothing.
            #expect(try await change(bench, asked.id, .cancel).state == .cancelled)
            let next = try await ask(bench, made.id)
            #expect(next.id > asked.id)
            var listed: [String] = []
            var token = ""
            repeat {
                let page = try await bench.service.listConnectionBackfills(
                    ListConnectionBackfillsRequest(id: made.id, pageSize: 1, pageToken: token),
                    bench.call())
                #expect(page.backfills.allSatisfy { $0.reports.count == 2 })
                listed += page.backfills.map(\.id)
                token = page.nextPageToken
            } while !token.isEmpty
            #expect(listed == [next.id, asked.id])
        }
    }

    /// What was set aside, since a key was refused, is tried again when somebody says so.
    @Test func resumingTriesAgainWhatWasSetAside() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let asked = try await ask(bench, made.id)
            let session = try await bench.database.session()
            try await session.execute(
                """
                UPDATE jobs SET dead_at = now(), dead_reason = 'KEY_REFUSED'
                WHERE key = '\(asked.id)/usage'
                """)
            await session.close()
            let stuck = try #require(try await bench.read(made.id).backfill)
            #expect(stuck.reports.map(\.setAsideReason) == ["KEY_REFUSED", ""])
            let resumed = try await change(bench, asked.id, .resume)
            #expect(resumed.reports.map(\.setAsideReason) == ["", ""])
            #expect(try await jobs(bench).allSatisfy { $0[3] == "" })
        }
    }

    @Test func onlyTheNewestAreKept() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let session = try await bench.database.session()
            try await session.execute(
                """
                INSERT INTO connection_backfills (org_id, connection_id, id, stream, range_start,
                    range_end, state, created_at, ended_at)
                SELECT '\(bench.organization.text)', '\(made.id)',
                    ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, stream,
                    now() - interval '1 day', now(), 3, now(), now()
                FROM generate_series(1, 120) AS n, unnest(ARRAY['usage', 'costs']) AS stream
                """)
            let asked = try await ask(bench, made.id)
            let kept = try await session.texts(
                "SELECT DISTINCT id::text FROM connection_backfills ORDER BY 1")
            await session.close()
            #expect(kept.count == 100)
            #expect(kept.first == ["00000000-0000-7000-8000-000000000022"])
            #expect(kept.last == [asked.id])
        }
    }

    @Test(
        arguments: [
            (nil, nil, "BACKFILL_RANGE_MISSING", "from"),
            ("2026-11-20T12:34:56Z", nil, "BACKFILL_RANGE_IN_FUTURE", "from"),
            ("2023-11-18T23:59:59Z", nil, "BACKFILL_RANGE_TOO_OLD", "from"),
            ("2025-09-30T09:59:59Z", nil, "BACKFILL_RANGE_TOO_OLD", "from"),
            ("2026-10-02T00:00:00Z", "2026-10-02T00:00:00Z", "BACKFILL_RANGE_EMPTY", "through"),
        ] as [(String?, String?, ServiceError.Reason, String)])
    func spansThatCannotBeReadAreRefused(
        _ from: String?, _ through: String?, _ reason: ServiceError.Reason, _ field: String
    ) throws {
        let error = #expect(throws: ServiceError.self) {
            _ = try BackfillRange(
                wire: request("", from: from, through: through),
                now: Instant(rfc3339: Self.now),
                keptFrom: reason == "BACKFILL_RANGE_TOO_OLD" && from?.hasPrefix("2025") == true
                    ? Instant(rfc3339: "2025-09-30T10:00:00Z") : nil)
        }
        #expect(error?.reason == reason)
        #expect(error?.field == field)
    }

    @Test func daysAreWholeAndEndWithToday() throws {
        let now = try Instant(rfc3339: Self.now)
        func range(_ from: String, _ through: String?) throws -> [String] {
            let range = try BackfillRange(
                wire: request("", from: from, through: through), now: now, keptFrom: nil)
            return [range.from.rfc3339, range.through.rfc3339]
        }
        #expect(
            try range("2023-11-20T00:00:00Z", nil)
                == ["2023-11-20T00:00:00Z", "2026-11-21T00:00:00Z"])
        #expect(
            try range("2026-10-02T07:00:00Z", "2026-10-02T07:00:01Z")
                == ["2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z"])
        #expect(
            try range("2026-10-02T00:00:00Z", "2026-10-05T00:00:00Z")
                == ["2026-10-02T00:00:00Z", "2026-10-05T00:00:00Z"])
        #expect(
            try range("2026-11-20T12:00:00Z", "2999-01-01T00:00:00Z")
                == ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"])
    }

    @Test func closedMonthsAndOtherOrganizationsAreLeftAlone() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let session = try await bench.database.session()
            try await session.execute(
                """
                INSERT INTO period_closures (org_id, month, closed_at)
                VALUES ('\(bench.organization.text)', '2026-07-01', now())
                """)
            await session.close()
            func error(_ from: String, _ through: String) async -> ServiceError.Reason? {
                do {
                    _ = try await bench.service.backfillConnection(
                        request(made.id, from: from, through: through), bench.call())
                    return nil
                } catch {
                    return (error as? ServiceError)?.reason
                }
            }
            #expect(await error("2026-07-31T00:00:00Z", "2026-08-09T00:00:00Z") == "PERIOD_CLOSED")
            #expect(await error("2026-06-09T00:00:00Z", "2026-07-02T00:00:00Z") == "PERIOD_CLOSED")
            #expect(await error("2026-06-09T00:00:00Z", "2026-07-01T00:00:00Z") == nil)

            let other = try await ConnectionBench.makeOrganization("other", in: bench.database)
            let id = try #require(try await bench.read(made.id).backfill?.id)
            for action in [ChangeConnectionBackfillRequest.Action.pause, .resume, .cancel] {
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await bench.service.changeConnectionBackfill(
                        ChangeConnectionBackfillRequest(id: id, action: action),
                        bench.call(of: other))
                }
                #expect(error?.reason == "BACKFILL_NOT_FOUND")
            }
            let error = await #expect(throws: ServiceError.self) {
                _ = try await ask(bench, made.id, of: other)
            }
            #expect(error?.reason == "CONNECTION_NOT_FOUND")
            #expect(try await bench.read(made.id).backfill?.state == .running)
        }
    }
}
