import Core
import Domain
import Jobs
import Ledger
import Logging
import Postgres
import TenantService
import TestSupport
import Testing

@testable import Worker

/// Usage that an organization does not want kept any more goes, and nothing else.
@Suite struct RemoveUsageTests {
    /// Two organizations, of which one keeps its usage for a while only.
    private struct Bench {
        let worker: WorkerBench
        let brief: OrganizationID
        let other: OrganizationID

        static func with(_ body: @Sendable (Bench) async throws -> Void) async throws {
            try await WorkerBench.with(FakeProvider(.init())) { worker in
                let other = try await ScratchOrganization.make(in: worker.database)
                try await body(
                    Bench(worker: worker, brief: worker.organization, other: other.id))
            }
        }

        /// As an organization's owner says, so long ago.
        func keep(
            _ months: Int, of id: OrganizationID, since: String = "- interval '1 minute'"
        ) async throws {
            try await worker.execute(
                """
                INSERT INTO organization_states (org_id, retention_months, retention_begins_at)
                VALUES ('\(id)', \(months), now() \(since))
                ON CONFLICT (org_id) DO UPDATE SET retention_months = excluded.retention_months,
                    retention_begins_at = excluded.retention_begins_at
                """)
        }

        /// An event at each of the times, with its key and its call's, and a roll-up of its quarter of an hour.
        func fill(_ id: OrganizationID, _ times: [Instant]) async throws {
            let list = times.map { "'\($0.rfc3339)'" }.joined(separator: ", ")
            try await worker.execute(
                """
                SELECT tally.ensure_usage_months(min(t), max(t))
                FROM unnest(ARRAY[\(list)]::timestamptz[]) AS t;
                INSERT INTO idempotency_keys
                SELECT '\(id)', tally.entry_key('test', n::text), gen_random_uuid(), n, t
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n);
                INSERT INTO idempotency_keys
                SELECT '\(id)', tally.entry_key('tally:call/p', n::text), gen_random_uuid(), n, t, true
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n);
                INSERT INTO call_tellers (org_id, entry_id, event_time, call_key, source_key)
                SELECT '\(id)', n, t, gen_random_uuid(), gen_random_uuid()
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n);
                INSERT INTO dimension_sets (org_id, id, hash, provider, model, source)
                VALUES ('\(id)', 1, sha256('1'), 'p', 'm', 'test');
                INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at,
                    kind, source, event_id, dimension_set_id, currency, usage_state, status)
                SELECT '\(id)', n, t, t, t, 1, 'test', n::text, 1, 'USD', 1, 1
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n)
                WHERE n % 2 = 0;
                INSERT INTO usage_event_blocks (org_id, first_entry_id, first_event_time,
                    last_event_time, recorded_at, currency, events, total_picos, unpriced_events,
                    event_time, event_id, dimension_set_id)
                SELECT '\(id)', n, t, t, t, 'USD', 1, 0, 1, ARRAY[t], ARRAY[n::text], '{1}'
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n)
                WHERE n % 2 = 1;
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    entries, amount_picos, last_recorded_at)
                SELECT '\(id)', t, n % 3, 1, 'USD', n, 10 * n, t
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n)
                WHERE n % 4 > 0;
                INSERT INTO usage_rollups_daily (org_id, day_start, dimension_set_id, kind, currency,
                    entries, amount_picos, last_recorded_at)
                SELECT org_id, date_bin('1 day', bucket_start, '1970-01-01Z'), dimension_set_id, kind,
                    currency, sum(entries), sum(amount_picos), max(last_recorded_at)
                FROM usage_rollups WHERE org_id = '\(id)' GROUP BY 1, 2, 3, 4, 5;
                INSERT INTO usage_rollups_monthly (org_id, month_start, dimension_set_id, kind,
                    currency, entries, amount_picos, last_recorded_at)
                SELECT org_id, date_trunc('month', day_start, 'UTC'), dimension_set_id, kind, currency,
                    sum(entries), sum(amount_picos), max(last_recorded_at)
                FROM usage_rollups_daily WHERE org_id = '\(id)' GROUP BY 1, 2, 3, 4, 5;
                INSERT INTO usage_rollup_deltas (org_id, recorded_at, first_bucket_start,
                    last_bucket_start, bucket_start, dimension_set_id, kind, currency, entries)
                SELECT '\(id)', now(), min(t), max(t), array_agg(t), array_agg(n % 3),
                    array_agg(1::smallint), array_agg('USD'::text), array_agg(n)
                FROM unnest(ARRAY[\(list)]::timestamptz[]) WITH ORDINALITY AS e (t, n)
                WHERE n % 4 = 0 HAVING count(*) > 0;
                UPDATE ledger_clocks SET last_recorded_at = now(),
                    (unmerged_commits, unmerged_rollups) = (
                        SELECT count(*), coalesce(sum(cardinality(bucket_start)), 0)
                        FROM usage_rollup_deltas WHERE org_id = '\(id)')
                WHERE org_id = '\(id)';
                """)
        }

        static let tables = [
            "ledger_entries": "event_time",
            "(SELECT * FROM idempotency_keys WHERE of_call IS NULL) AS k": "event_time",
            "(SELECT * FROM idempotency_keys WHERE of_call) AS c": "event_time",
            "call_tellers": "event_time", "current_usage_rollups": "bucket_start",
        ]

        /// Days of what is kept that are not what their quarters of an hour come to, and months that are not
        /// what their days do.
        func unequalDays(from edge: Instant) async throws -> [RollupVerifier.Difference] {
            let seconds = edge.microseconds / 1_000_000
            let span =
                Instant(seconds: seconds - seconds % 86_400)..<Instant(seconds: 4_102_444_800)
            var found: [RollupVerifier.Difference] = []
            for id in [brief, other] {
                found += try await WorkerDatabase(pool: worker.pool).transaction(for: id) {
                    let verifier = RollupVerifier(organization: id)
                    return try await verifier.days(span, limit: 100, in: $0)
                        + verifier.months(span, limit: 100, in: $0)
                }
            }
            return found
        }

        /// Those that a guard keeps.
        static let guarded = [
            "usage_entries": "event_time", "usage_event_blocks": "last_event_time",
            "idempotency_keys": "event_time", "call_tellers": "event_time",
            "usage_rollups": "bucket_start",
            "usage_rollups_daily": "day_start", "usage_rollups_monthly": "month_start",
        ]

        /// Times of what is left, the same in every table.
        func left(_ id: OrganizationID) async throws -> [Instant] {
            var found: Set<[Instant]> = []
            for (table, column) in Self.tables {
                let rows = try await worker.texts(
                    """
                    SELECT to_char(\(column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                    FROM \(table) WHERE org_id = '\(id)' ORDER BY 1
                    """)
                found.insert(try rows.map { try Instant(rfc3339: $0[0] ?? "") })
            }
            #expect(found.count == 1)
            return found.first ?? []
        }

        /// Claims the organization's job, which others may have had.
        func claimed(_ id: OrganizationID) async throws -> Job {
            try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                try await JobQueue.enqueue(
                    RemoveOrganizationUsage(id), for: RemoveOrganizationUsage.owner, in: $0)
            }
            try await worker.execute(
                """
                UPDATE jobs SET due_at = now(), lease_token = NULL, lease_owner = NULL
                WHERE kind = 'remove_organization_usage' AND key = '\(id)';
                UPDATE jobs SET due_at = now() + interval '1 day'
                WHERE kind = 'remove_organization_usage' AND key <> '\(id)';
                """)
            let queue = JobQueue(pool: worker.pool, owner: "test")
            let claimed = try await queue.claim(
                [RemoveOrganizationUsage.kind], limit: 1, lease: .seconds(60))
            return try #require(claimed.first)
        }

        func remover(batch: Int = 5000) -> RemoveOrganizationUsageWorker {
            RemoveOrganizationUsageWorker(
                database: WorkerDatabase(pool: worker.pool), logger: Logger(label: "test"),
                batch: batch, calls: batch, batchesMax: 12)
        }

        /// Lets a whole worker look at everything once.
        func look() async throws {
            try await worker.execute(
                "UPDATE jobs SET due_at = now() WHERE kind = 'remove_old_usage'")
            #expect(try await worker.readOnce())
        }

        /// Makes the removal of an organization's usage fail.
        func fail(_ id: OrganizationID) async throws {
            try await worker.execute(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION ''a fault''; END';
                CREATE TRIGGER fault BEFORE DELETE ON usage_rollups FOR EACH ROW
                WHEN (OLD.org_id = '\(id)') EXECUTE FUNCTION refuse();
                """)
        }
    }

    /// Times around an instant, and others of the three years before now.
    private static func times(
        around edge: Instant, using random: inout SeededRandom
    ) -> [Instant] {
        let now = WallClock.system.now
        let some = (0..<20).map { _ in
            now.advanced(bySeconds: -Int64.random(in: 0..<(3 * 365 * 86_400), using: &random))
        }
        let near = [-1, 0, 1, -3_600_000_000, 3_600_000_000].map {
            Instant(microseconds: edge.microseconds + $0)
        }
        return Set(some + near).sorted()
    }

    /// Whatever there is, and however often the removal is cut off: what is left is what is to be kept,
    /// of others everything, and doing it again changes nothing.
    @Test func whatIsOlderGoesAndNothingElse() async throws {
        try await Bench.with { bench in
            var random = SeededRandom(seed: .random(in: .min ... .max))
            let months = Int.random(in: 13...24, using: &random)
            let edge = UsageRetention(months: months).keptFrom(at: WallClock.system.now)
            let times = Self.times(around: edge, using: &random)
            for id in [bench.brief, bench.other] { try await bench.fill(id, times) }
            try await bench.keep(months, of: bench.brief)
            let remover = bench.remover(batch: Int.random(in: 1...9, using: &random))
            var runs = 0
            while try await remover.run(bench.claimed(bench.brief), JobControl()) == .interrupted {
                runs += 1
                try #require(runs < 100)
                #expect(try await bench.unequalDays(from: edge) == [], "seed \(random.seed)")
            }
            let kept = times.filter { $0 >= edge }
            #expect(kept.count < times.count - 2)
            for _ in 0..<2 {
                #expect(try await bench.left(bench.brief) == kept, "seed \(random.seed)")
                #expect(try await bench.left(bench.other) == times, "seed \(random.seed)")
                #expect(
                    try await bench.unequalDays(from: Instant(seconds: 0)) == [],
                    "seed \(random.seed)")
                _ = try await bench.remover().run(bench.claimed(bench.brief), JobControl())
            }
            // The month that is cut is read by its days: nothing is left of it, nor of those before.
            #expect(
                try await bench.worker.texts(
                    """
                    SELECT count(*) FILTER (WHERE org_id = '\(bench.brief)'),
                        count(*) FILTER (WHERE org_id = '\(bench.other)') > 0
                    FROM usage_rollups_monthly WHERE month_start < '\(edge.rfc3339)'
                    """) == [["0", "t"]], "seed \(random.seed)")
            let said = try await bench.worker.texts(
                """
                SELECT usage_removed_before = tally.usage_kept_from(\(months), now())
                FROM organization_states WHERE org_id = '\(bench.brief)'
                """)
            #expect(said == [["t"]])
        }
    }

    /// Both sides of what workers and servers compute are the same.
    @Test func theDatabaseAndTheServersMeanTheSameMonth() async throws {
        try await ScratchDatabase.with { database in
            let session = try await database.session()
            var random = SeededRandom(seed: .random(in: .min ... .max))
            for _ in 0..<200 {
                let now = Instant(
                    microseconds: .random(in: 0..<4_000_000_000_000_000, using: &random))
                let months = Int.random(in: UsageRetention.monthsRange, using: &random)
                let rows = try await session.texts(
                    """
                    SELECT extract(epoch FROM tally.usage_kept_from(
                        \(months), '\(now.rfc3339)'::timestamptz))::bigint
                    """)
                let expected = UsageRetention(months: months).keptFrom(at: now)
                #expect(rows == [["\(expected.seconds)"]], "\(now.rfc3339), \(months)")
            }
            await session.close()
        }
    }

    /// A worker that runs finds whose usage is too old, and one whose removal fails stops no other.
    @Test func aRemovalThatFailsStopsNoOther() async throws {
        try await Bench.with { bench in
            var random = SeededRandom(seed: 7)
            let edge = UsageRetention(months: 13).keptFrom(at: WallClock.system.now)
            let times = Self.times(around: edge, using: &random)
            for id in [bench.brief, bench.other] {
                try await bench.fill(id, times)
                try await bench.keep(13, of: id)
            }
            try await bench.fail(bench.brief)
            let queue = JobQueue(pool: bench.worker.pool, owner: "test")
            let look = try #require(
                try await queue.claim([RemoveOldUsage.kind], limit: 1, lease: .seconds(60)).first)
            _ = try await RemoveOldUsageWorker(
                pool: bench.worker.pool, logger: Logger(label: "test")
            ).run(look, JobControl())
            let jobs = try await queue.claim(
                [RemoveOrganizationUsage.kind], limit: 9, lease: .seconds(60))
            #expect(Set(jobs.map(\.key)) == [bench.brief.text, bench.other.text])
            for job in jobs {
                if job.key == bench.other.text {
                    #expect(try await bench.remover().run(job, JobControl()) == .completed)
                } else {
                    await #expect(throws: PostgresError.self) {
                        try await bench.remover().run(job, JobControl())
                    }
                }
            }
            #expect(try await bench.left(bench.other) == times.filter { $0 >= edge })
            #expect(try await bench.left(bench.brief) == times)
            // The next worker finds it again, and then nothing until another month begins.
            try await bench.worker.execute(
                """
                DROP TRIGGER fault ON usage_rollups;
                DELETE FROM jobs WHERE kind = 'remove_organization_usage'
                """)
            #expect(
                try await bench.worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await $0.run(SelectOrganizationsWithOldUsage(limit: 9))
                } == [bench.brief])
            try await bench.look()
            #expect(try await bench.left(bench.brief) == times.filter { $0 >= edge })
            #expect(
                try await bench.worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await $0.run(SelectOrganizationsWithOldUsage(limit: 9))
                } == [])
        }
    }

    /// The database keeps what is to be kept, whatever a worker does.
    @Test func theDatabaseKeepsWhatIsToBeKept() async throws {
        try await Bench.with { bench in
            let edge = UsageRetention(months: 13).keptFrom(at: WallClock.system.now)
            // Every other one is a row of its own; the last is of a day that is kept whole.
            let times = [-2, -1, 0, 1, 86_400].map { edge.advanced(bySeconds: $0) }
            for id in [bench.brief, bench.other] { try await bench.fill(id, times) }
            let remove = { (id: OrganizationID, sign: String) async throws -> Set<String> in
                var hints: Set<String> = []
                for (table, column) in Bench.guarded {
                    do {
                        try await bench.worker.execute(
                            """
                            BEGIN; SET LOCAL ROLE tally_worker; SET LOCAL app.org_id = '\(id)';
                            DELETE FROM \(table)
                            WHERE org_id = '\(id)' AND \(column) \(sign) '\(edge.rfc3339)'; ROLLBACK
                            """)
                        hints.insert("")
                    } catch let error as PostgresError {
                        hints.insert(error.hint ?? "\(error)")
                    }
                }
                return hints
            }
            // It keeps everything, or not yet for the time that it asked for.
            #expect(try await remove(bench.brief, "<") == ["USAGE_IS_KEPT"])
            try await bench.keep(13, of: bench.brief, since: "+ interval '1 hour'")
            #expect(try await remove(bench.brief, "<") == ["USAGE_IS_KEPT"])
            let looked = try await bench.remover().run(bench.claimed(bench.brief), JobControl())
            #expect(looked == .completed)
            #expect(try await bench.left(bench.brief) == times)
            try await bench.keep(13, of: bench.brief)
            #expect(try await remove(bench.brief, "<") == [""])
            #expect(try await remove(bench.brief, ">=") == ["USAGE_IS_KEPT"])
            #expect(try await remove(bench.other, "<") == ["USAGE_IS_KEPT"])
        }
    }

    /// Months that nobody has usage in any more leave the database, whole, and only old ones.
    @Test func emptyMonthsAreDropped() async throws {
        try await Bench.with { bench in
            let used = try Instant(rfc3339: "2015-02-14T00:00:00Z")
            try await bench.fill(bench.other, [used])
            try await bench.worker.execute(
                """
                SELECT tally.ensure_usage_months('2015-01-01', '2015-03-01');
                SELECT tally.ensure_usage_months(now() - interval '37 months',
                    now() + interval '3 months')
                """)
            let months = {
                try await bench.worker.texts(
                    """
                    SELECT right(relname, 7), count(*) FROM pg_class
                    WHERE relispartition AND relkind = 'r' AND relname ~ '^usage_(entries|event_blocks)_h'
                        AND relname ~ '_[0-9]{4}_[0-9]{2}$'
                    GROUP BY 1 ORDER BY 1
                    """
                ).map { $0.map { $0 ?? "" } }
            }
            let before = try await months()
            #expect(
                before.prefix(3) == [["2015_01", "16"], ["2015_02", "16"], ["2015_03", "16"]])
            try await bench.look()
            #expect(try await months() == [["2015_02", "16"]] + before.dropFirst(3))
            #expect(try await bench.left(bench.other) == [used])
            // One that comes back is made again.
            try await bench.worker.execute(
                "SELECT tally.ensure_usage_months('2015-01-05', '2015-01-06')")
            #expect(try await months().first == ["2015_01", "16"])
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                RemoveEntries.self, RemoveEventBlocks.self, RemoveRollups.self,
                DropEmptyUsageMonth.self,
            ])
            #expect(faults == [])
        }
    }
}
