import Core
import Domain
import Jobs
import Ledger
import Logging
import Notifications
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import IngestionService
@testable import Worker

/// Roll-ups that are not what their entries come to.
@Suite struct VerifyRollupsTests {
    private final class Notices: Notifier {
        private let told = Mutex<[RollupNotice]>([])
        var all: [RollupNotice] { told.withLock { $0 } }

        func notify(_ notice: ConnectionNotice, _ logger: Logger) async {}

        func notify(_ notice: RollupNotice, _ logger: Logger) async {
            told.withLock { $0.append(notice) }
        }
    }

    private static let day: Int64 = 86_400

    /// One look of a worker at an organization's.
    private static func look(
        _ bench: LatePriceBench, _ notices: Notices, days: Int = 30
    ) async throws -> JobOutcome {
        let (id, worker) = (bench.first, bench.worker)
        try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
            try await JobQueue.enqueue(VerifyOrganizationRollups(), for: id, in: $0)
        }
        try await worker.execute(
            """
            UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()
            WHERE kind = 'verify_organization_rollups'
            """)
        let job = try #require(
            try await JobQueue(pool: worker.pool, owner: "test").claim(
                [VerifyOrganizationRollups.kind], limit: 1, lease: .seconds(600)
            ).first)
        var verifier = VerifyOrganizationRollupsWorker(
            database: WorkerDatabase(pool: worker.pool), notifier: notices,
            clock: .fixed(LatePriceBench.now),
            logger: Logger(label: "test") { _ in worker.log })
        verifier.pastDaysMax = days
        verifier.pause = .zero
        return try await verifier.run(job, JobControl())
    }

    @Test func whatDiffersIsToldOnceAndNothingIsRepaired() async throws {
        try await LatePriceBench.with { bench in
            let (worker, id) = (bench.worker, bench.first)
            for organization in [id, bench.other] {
                let calculator = try await bench.calculator(of: organization)
                try await bench.record(
                    (0..<8).map { (number: Int64) in
                        LatePriceBench.event(
                            "e\(number)", model: number % 2 == 0 ? "gpt-6-sol" : "unknown",
                            secondsAgo: number * Self.day)
                    }, organization, by: calculator)
            }
            let notices = Notices()
            #expect(try await Self.look(bench, notices) == .completed)
            #expect(notices.all == [])

            // Of today, and of five days ago: nobody's entries.
            let changed = LatePriceBench.now.advanced(bySeconds: -5 * Self.day)
            try await worker.execute(
                """
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    entries, requests, amount_picos, last_recorded_at)
                SELECT '\(id)', date_bin('15 minutes', t, '1970-01-01Z'), 77, 1, 'USD', 1, 1, 5, t
                FROM unnest(ARRAY['\(changed.rfc3339)', '\(LatePriceBench.now.rfc3339)']::timestamptz[])
                    AS t
                """)
            let everything = "SELECT r::text FROM usage_rollups AS r ORDER BY 1"
            let before = try await worker.texts(everything)
            try await worker.execute("UPDATE rollup_checks SET next_day = NULL")
            // Three days a look: today's is found at once, the other one by the second look.
            for count in [1, 2, 2] {
                #expect(try await Self.look(bench, notices, days: 3) == .completed)
                #expect(notices.all.count == count)
            }
            #expect(Set(notices.all.map(\.organizationID)) == [id])
            #expect(notices.all.map { $0.day.rfc3339.prefix(10) } == ["2026-11-21", "2026-11-16"])
            #expect(
                notices.all.allSatisfy { $0.rollups == 2 && $0.fields.contains("amount_picos") })
            #expect(try await worker.texts(everything) == before)
            let remembered = "SELECT rollups FROM rollup_differences WHERE org_id = '\(id)'"
            #expect(try await worker.texts(remembered) == [["2"], ["2"]])
            #expect(
                worker.log.lines.count { $0.contains("roll-ups differ from their entries") } == 2)

            // As somebody repairs it.
            try await worker.execute(
                """
                SET session_replication_role = replica;
                DELETE FROM usage_rollups WHERE dimension_set_id = 77
                """)
            try await worker.execute("UPDATE rollup_checks SET next_day = NULL")
            #expect(try await Self.look(bench, notices) == .completed)
            #expect(try await worker.texts(remembered) == [])
            #expect(notices.all.count == 2)

            // The present month, which has a roll-up that no day has, is told of once, too.
            try await worker.execute(
                """
                INSERT INTO usage_rollups_monthly (org_id, month_start, dimension_set_id, kind,
                    currency, requests, last_recorded_at)
                VALUES ('\(id)', '2026-11-01Z', 77, 1, 'USD', 1, now())
                """)
            for _ in 0..<2 {
                #expect(try await Self.look(bench, notices, days: 1) == .completed)
                #expect(notices.all.count == 3)
                #expect(try await worker.texts(remembered) == [["1"]])
            }
            #expect(notices.all.last?.day.rfc3339.prefix(10) == "2026-11-01")
        }
    }

    /// As where a statement takes longer than it may: the day's rows fail to be read.
    @Test func aDayThatCannotBeComparedKeepsNoOtherWaiting() async throws {
        try await LatePriceBench.with { bench in
            let worker = bench.worker
            try await worker.execute(
                """
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    last_recorded_at)
                SELECT '\(bench.first)', t, 77, 1, 'USD', now()
                FROM unnest(ARRAY['2026-11-21T00:15Z', '2026-11-17T00:15Z', '2026-11-16T00:15Z']
                    ::timestamptz[]) AS t;
                CREATE FUNCTION takes_too_long() RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'canceling statement due to statement timeout'
                        USING ERRCODE = 'query_canceled';
                END $$;
                CREATE POLICY some_take_too_long ON usage_rollups AS RESTRICTIVE USING (CASE
                    WHEN bucket_start IN ('2026-11-21T00:15Z', '2026-11-17T00:15Z')
                    THEN takes_too_long() ELSE true END)
                """)
            let notices = Notices()
            #expect(try await Self.look(bench, notices) == .completed)
            #expect(notices.all.map { $0.day.rfc3339.prefix(10) } == ["2026-11-16"])
            #expect(
                worker.log.lines.filter { $0.contains("roll-ups of a day not compared") }.count == 2
            )
            #expect(
                try await worker.texts(
                    "SELECT FROM rollup_checks WHERE checked_at IS NOT NULL AND next_day IS NOT NULL"
                ).count == 1)
            // Nobody takes them for compared, before they are.
            let passed = {
                try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await $0.first(CountRollupDaysPassed())
                }
            }
            #expect(try await passed() == 2)
            try await worker.execute(
                """
                DROP POLICY some_take_too_long ON usage_rollups;
                UPDATE rollup_checks SET next_day = '2026-11-17Z',
                    passed_days = passed_days || '2010-01-01Z'::timestamptz
                """)
            #expect(try await passed() == 3)
            #expect(try await Self.look(bench, notices) == .completed)
            #expect(try await passed() == 0)
        }
    }

    /// What can be compared of a day is told, whatever else of it cannot; and what is not compared is not taken for equal.
    @Test func aMonthThatCannotBeComparedKeepsNoDayWaiting() async throws {
        try await LatePriceBench.with { bench in
            let worker = bench.worker
            try await worker.execute(
                """
                INSERT INTO usage_rollups_monthly (org_id, month_start, dimension_set_id, kind,
                    currency, last_recorded_at)
                VALUES ('\(bench.first)', '2026-11-01Z', 77, 1, 'USD', now());
                CREATE FUNCTION takes_too_long() RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'canceling statement due to statement timeout'
                        USING ERRCODE = 'query_canceled';
                END $$;
                CREATE POLICY months_take_too_long ON usage_rollups_monthly AS RESTRICTIVE
                    USING (takes_too_long())
                """)
            let notices = Notices()
            let found = "SELECT day_start::date, rollups FROM rollup_differences"
            let passed = "SELECT passed_days::date[] FROM rollup_checks"
            // Nothing but the month differs, which is not known yet.
            #expect(try await Self.look(bench, notices) == .completed)
            #expect(notices.all == [])
            #expect(try await worker.texts(passed) == [["{2026-11-01}"]])
            try await worker.execute(
                """
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    last_recorded_at)
                VALUES ('\(bench.first)', '2026-11-01T00:15Z', 78, 1, 'USD', now())
                """)
            for _ in 0..<2 {
                #expect(try await Self.look(bench, notices, days: 1) == .completed)
                #expect(notices.all.map { $0.day.rfc3339.prefix(10) } == ["2026-11-01"])
                // Of the quarter of an hour, and of its day.
                #expect(try await worker.texts(found) == [["2026-11-01", "2"]])
                #expect(try await worker.texts(passed) == [["{2026-11-01}"]])
            }
            // It differs still, as far as anybody knows, when nothing else of the day does.
            try await worker.execute(
                """
                SET session_replication_role = replica;
                DELETE FROM usage_rollups WHERE dimension_set_id = 78
                """)
            #expect(try await Self.look(bench, notices, days: 1) == .completed)
            #expect(try await worker.texts(found) == [["2026-11-01", "2"]])
            try await worker.execute("DROP POLICY months_take_too_long ON usage_rollups_monthly")
            #expect(try await Self.look(bench, notices, days: 1) == .completed)
            #expect(try await worker.texts(found) == [["2026-11-01", "1"]])
            #expect(try await worker.texts(passed) == [["{}"]])
            #expect(notices.all.count == 1)
        }
    }

    @Test func whoseRollupsWaitLongestIsKnown() async throws {
        try await LatePriceBench.with { bench in
            let worker = bench.worker
            let oldest = {
                try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await $0.first(SelectOldestRollupCheck()) ?? nil
                }
            }
            try await worker.execute("DELETE FROM jobs")
            #expect(try await oldest() == nil)
            #expect(try await Self.look(bench, Notices()) == .completed)
            try await worker.execute(
                """
                UPDATE rollup_checks SET checked_at = now() - interval '3 days';
                INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, created_at)
                VALUES (gen_random_uuid(), '\(bench.other)', 'verify_organization_rollups', 'all',
                    '{}', now(), now() - interval '5 days')
                """)
            let days = { (seconds: Int64?) in seconds.map { $0 / Self.day } }
            #expect(try await days(oldest()) == 5)
            try await worker.execute("DELETE FROM jobs")
            #expect(try await days(oldest()) == 3)
            // Nobody compares those of one that is suspended.
            try await worker.execute(
                """
                INSERT INTO organization_states (org_id, is_suspended) VALUES ('\(bench.first)', true)
                ON CONFLICT (org_id) DO UPDATE SET is_suspended = true
                """)
            #expect(try await oldest() == nil)
        }
    }

    /// By a whole worker, from the migration's job on: each organization once a day.
    @Test func everyOrganizationIsLookedAtOnceADay() async throws {
        try await LatePriceBench.with { bench in
            let worker = bench.worker
            try await worker.execute(
                """
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    last_recorded_at)
                VALUES ('\(bench.other)', '2026-11-20T00:15:00Z', 77, 1, 'USD', now())
                """)
            #expect(try await worker.readOnce())
            // Made by the first job, which may have been the last to run.
            #expect(try await worker.readOnce())
            let checked = try await worker.texts(
                "SELECT org_id FROM rollup_checks WHERE checked_at IS NOT NULL")
            #expect(Set(checked.map { $0[0] }) == [bench.first.text, bench.other.text])
            #expect(checked.count == 2)
            #expect(
                try await worker.texts("SELECT org_id FROM rollup_differences")
                    == [[bench.other.text]])
            let due = {
                try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                    try await $0.run(SelectOrganizationsToVerify(limit: 9))
                }
            }
            #expect(try await due() == [])
            try await worker.execute(
                """
                UPDATE rollup_checks SET checked_at = checked_at - interval '1 day'
                WHERE org_id = '\(bench.first)'
                """)
            #expect(try await due() == [bench.first])
        }
    }
}
