import Core
import Domain
import Encryption
import Jobs
import Logging
import Postgres
import ServiceRuntime
import Synchronization
import TenantService
import TestSupport
import Testing

@testable import Worker

/// The end of an organization: of two that have the same, one is erased.
@Suite struct EraseOrganizationsTests {
    /// Two organizations with rows in every table that has rows of organizations.
    private struct Bench {
        let worker: WorkerBench
        let ended: OrganizationID
        let kept: OrganizationID

        static func with(_ body: @Sendable (Bench) async throws -> Void) async throws {
            try await WorkerBench.with(FakeProvider(.init())) { worker in
                let kept = try await ScratchOrganization.make(in: worker.database)
                let bench = Bench(worker: worker, ended: worker.organization, kept: kept.id)
                for id in [bench.ended, bench.kept] { try await worker.execute(rows(of: id)) }
                try await body(bench)
            }
        }

        private static func rows(of id: OrganizationID) -> String {
            """
            INSERT INTO organization_slugs VALUES ('s\(id)', '\(id)');
            INSERT INTO business_units (org_id, id, code, created_at)
            SELECT '\(id)', gen_random_uuid(), 'unit-' || n, now() FROM generate_series(1, 9) AS n;
            INSERT INTO business_unit_versions (org_id, unit_code, effective_from, display_name,
                parent_code, kind, cost_center_code, state, successor_code)
            SELECT '\(id)', 'unit-' || n, '1970-01-01', 'Unit', 'unit-' || n - 1, 0, '', 2,
                'unit-' || n - 1
            FROM generate_series(2, 9) AS n;
            INSERT INTO members (org_id, id, roles, created_at, sealed_email, email_key)
            SELECT '\(id)', gen_random_uuid(), 2, now(), 'x', sha256(n::text::bytea)
            FROM generate_series(1, 9) AS n;
            INSERT INTO tokens (org_id, id, display_name, roles, created_at)
            SELECT '\(id)', 'token-' || n, 'Token', 2, now() FROM generate_series(1, 9) AS n;
            INSERT INTO token_event_counts
            SELECT '\(id)', 'token-' || n, 1, 1 FROM generate_series(1, 9) AS n;
            INSERT INTO audit_chains VALUES ('\(id)', 9, sha256(''), now(), sha256(''));
            INSERT INTO audit_log
            SELECT '\(id)', n, gen_random_uuid(), now(), 'token-1', 'owner', 'test', 'test', 'test',
                '', sha256(''), sha256(''), '', 'x', sha256('')
            FROM generate_series(1, 9) AS n;
            INSERT INTO connections (org_id, id, provider, display_name, sealed_key, key_hint,
                backfill_from, created_at)
            VALUES ('\(id)', '\(id)', 'openai', 'Seeded', 'x', '', now(), now());
            INSERT INTO connection_checkpoints (org_id, connection_id, stream, through, updated_at)
            VALUES ('\(id)', '\(id)', 'costs', now(), now());
            \(ReadingHistory.remember(id.text))
            INSERT INTO connection_backfills (org_id, connection_id, id, stream, range_start,
                range_end, created_at)
            VALUES ('\(id)', '\(id)', gen_random_uuid(), 'costs', now() - interval '1 day', now(), now());
            INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, outcome, pages,
                recorded, corrected, unchanged, retracted, worker)
            VALUES ('\(id)', '\(id)', gen_random_uuid(), 'costs', now(), 1, 0, 0, 0, 0, 0, 'worker');
            INSERT INTO outbox_events (org_id, id, kind, subject_id, created_at)
            VALUES ('\(id)', '\(id)', 'connection.first_pull', '\(id)', now());
            INSERT INTO provider_objects (org_id, connection_id, kind, id, sealed_name,
                first_seen_at, last_seen_at)
            SELECT '\(id)', '\(id)', 'project', n::text, 'x', now(), now()
            FROM generate_series(1, 9) AS n;
            INSERT INTO provider_object_names (org_id, connection_id, kind, id, seen_at, sealed_name)
            SELECT '\(id)', '\(id)', 'project', n::text, now(), 'x' FROM generate_series(1, 9) AS n;
            INSERT INTO coding_activity (org_id, connection_id, row_key, bucket_start,
                actor_key, sealed_actor, is_person, customer, subscription, terminal, is_remote,
                sessions, lines_added, lines_removed, commits, pull_requests, suggestions,
                models, told_at)
            SELECT '\(id)', '\(id)', n::text::bytea, '2026-01-01Z', '', '', true, '', '', '', false,
                1, 1, 1, 1, 1, '[]', '[]', now()
            FROM generate_series(1, 9) AS n;
            INSERT INTO organization_states (org_id) VALUES ('\(id)');
            INSERT INTO budgets VALUES ('\(id)', gen_random_uuid(), 'unit-1', 'USD', 1, now());
            INSERT INTO period_closures VALUES ('\(id)', '2020-01-01', now());
            INSERT INTO allocation_rule_sets VALUES ('\(id)', 1, '[]', now());
            INSERT INTO counters VALUES ('\(id)', 'test', 1);
            INSERT INTO dimension_sets (org_id, id, hash, provider, model)
            SELECT '\(id)', n, sha256(n::text::bytea), 'openai', 'm' FROM generate_series(1, 9) AS n;
            INSERT INTO call_tellers (org_id, entry_id, event_time, call_key, source_key)
            SELECT '\(id)', n, now(), gen_random_uuid(), gen_random_uuid()
            FROM generate_series(1, 9) AS n;
            INSERT INTO idempotency_keys
            SELECT '\(id)', gen_random_uuid(), gen_random_uuid(), n, now()
            FROM generate_series(1, 9) AS n;
            INSERT INTO usage_event_blocks (org_id, first_entry_id, first_event_time,
                last_event_time, recorded_at, currency, events, total_picos, unpriced_events,
                event_time, event_id, dimension_set_id)
            SELECT '\(id)', 100 + n, now(), now(), now(), 'USD', 1, 0, 1, ARRAY[now()], '{e}', '{1}'
            FROM generate_series(1, 25) AS n;
            INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at, kind,
                source, event_id, dimension_set_id, currency, usage_state, status)
            SELECT '\(id)', n, now(), now(), now(), 1, 'test', n::text, n, 'USD', 1, 1
            FROM generate_series(1, 25) AS n;
            INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                last_recorded_at)
            SELECT '\(id)', to_timestamp(n * 900), 1, 1, 'USD', now() FROM generate_series(1, 9) AS n;
            INSERT INTO usage_rollups_daily (org_id, day_start, dimension_set_id, kind, currency,
                last_recorded_at)
            SELECT '\(id)', to_timestamp(n * 86400), 1, 1, 'USD', now()
            FROM generate_series(1, 9) AS n;
            INSERT INTO usage_rollups_monthly (org_id, month_start, dimension_set_id, kind, currency,
                last_recorded_at)
            SELECT '\(id)', '2026-01-01Z', n, 1, 'USD', now() FROM generate_series(1, 9) AS n;
            INSERT INTO usage_rollup_deltas (org_id, recorded_at, first_bucket_start,
                last_bucket_start, bucket_start, dimension_set_id, kind, currency)
            SELECT '\(id)', to_timestamp(n), now(), now(), ARRAY[now()], '{1}', '{1}', '{USD}'
            FROM generate_series(1, 9) AS n;
            INSERT INTO attribution_rule_sets VALUES ('\(id)', 1, now(), '{}', 0, '', now());
            INSERT INTO source_ranks VALUES ('\(id)', 1, '{gateway}', now());
            INSERT INTO price_overrides
            VALUES ('\(id)', 1, 'p', 'm', '', '0.5', NULL, now(), NULL, '', now());
            INSERT INTO price_looks (org_id, catalogue_version, overrides_hash)
            VALUES ('\(id)', 1, 'x');
            INSERT INTO rollup_checks VALUES ('\(id)', now(), now());
            INSERT INTO rollup_differences VALUES ('\(id)', now(), 1, '{input}');
            INSERT INTO recorded_calls (org_id, key, request_hash, recorded_at, expires_at)
            VALUES ('\(id)', 'key', sha256(''), now(), now() + interval '1 day');
            INSERT INTO token_directory (id, org_id, keyed_hash, roles, created_at)
            VALUES (translate(left('\(id)'::text, 8) || right('\(id)'::text, 8), '0189-', 'xyzwv'),
                '\(id)', sha256(''), 2, now());
            INSERT INTO jobs (id, org_id, kind, key, arguments, due_at)
            VALUES (gen_random_uuid(), '\(id)', 'chore', 'test', '{}', now());
            """
        }

        /// Ends the organization, long enough ago, and lets the next worker see to it.
        func end(_ delay: String = "- interval '1 day'") async throws {
            try await worker.execute(
                """
                INSERT INTO organization_states (org_id, delete_after)
                VALUES ('\(ended)', now() \(delay))
                ON CONFLICT (org_id) DO UPDATE SET delete_after = excluded.delete_after;
                UPDATE jobs SET due_at = now() WHERE kind = 'erase_organizations';
                """)
        }

        /// Rows of an organization by table, each with a hash of them all.
        func rows(of id: OrganizationID) async throws -> [String: [String?]] {
            let tables = try await worker.texts(
                """
                SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                    AND NOT c.relispartition AND NOT a.attisdropped
                    AND a.attname = CASE c.relname WHEN 'organizations' THEN 'id' ELSE 'org_id' END
                """)
            var rows: [String: [String?]] = [:]
            for name in tables.compactMap({ $0[0] }) {
                let key = name == "organizations" ? "id" : "org_id"
                rows[name] = try await worker.texts(
                    """
                    SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text))
                    FROM \(name) AS t WHERE \(key) = '\(id)'
                    """)[0]
            }
            return rows
        }

        /// Tables that keep id, slug and dates of what was erased.
        private static let staying: Set = [
            "destroyed_data_keys", "organization_states", "organization_slugs",
        ]

        /// What is left of the organization, but for what always stays of one.
        func left() async throws -> [String] {
            try await rows(of: ended).filter { $0.value[0] != "0" }.keys
                .filter { !Self.staying.contains($0) }.sorted()
        }

        /// Tables that have rows of the organization.
        func seeded(_ id: OrganizationID) async throws -> (with: [String], without: [String]) {
            let rows = try await rows(of: id)
            return (
                rows.filter { $0.value[0] != "0" }.keys.sorted(),
                rows.filter { $0.value[0] == "0" }.keys
                    .filter { $0 != "destroyed_data_keys" }.sorted()
            )
        }

        /// Other data keys than the worker's, as of a process that begins now.
        func dataKeys() throws -> DataKeyStore {
            DataKeyStore(
                pool: worker.keysPool, mainPool: worker.pool, role: "tally_worker",
                cipher: EnvelopeCipher(current: try MasterKey.load(file: worker.keyFile)))
        }

        /// Length of the organization's data key.
        func keyBytes() async throws -> [[String?]] {
            let session = try await PostgresSession.open(
                PostgresConfiguration(url: worker.keysURL))
            let rows = try await session.texts(
                "SELECT octet_length(wrapped_key) FROM data_keys WHERE org_id = '\(ended)'")
            await session.close()
            return rows
        }

        func eraser(batch: Int) throws -> EraseOrganizationWorker {
            EraseOrganizationWorker(
                pool: worker.pool, database: WorkerDatabase(pool: worker.pool),
                keys: try dataKeys(), logger: Logger(label: "test"), batch: batch)
        }

        /// The job that erases the organization, taken from whoever has it.
        func claimed() async throws -> Job {
            let queue = JobQueue(pool: worker.pool, owner: "test")
            let ended = ended
            try await worker.pool.transaction(TransactionOptions(role: "tally_worker")) {
                try await JobQueue.enqueue(
                    EraseOrganization(ended), for: EraseOrganization.owner, in: $0)
            }
            try await worker.execute(
                """
                UPDATE jobs SET due_at = now(), lease_token = NULL, lease_owner = NULL
                WHERE kind = 'erase_organization'
                """)
            let claimed = try await queue.claim(
                [EraseOrganization.kind], limit: 1, lease: .seconds(60))
            return try #require(claimed.first)
        }

        /// Whether nothing is left, and the worker says so.
        func isOver() async throws -> Bool {
            let state = try await worker.texts(
                """
                SELECT deleted_at >= delete_after AND erased_at >= deleted_at
                FROM organization_states WHERE org_id = '\(ended)'
                """)
            return state == [["t"]]
        }
    }

    @Test func everythingOfAnOrganizationIsErasedAndNothingOfOthers() async throws {
        try await Bench.with { bench in
            _ = try await bench.worker.connect()
            #expect(try await bench.keyBytes() != [["0"]])
            // A table that comes later is found by this.
            for id in [bench.ended, bench.kept] {
                let (with, without) = try await bench.seeded(id)
                #expect(with.count >= 23 && without == [])
            }
            let before = try await bench.rows(of: bench.kept)
            try await bench.end()
            #expect(try await bench.worker.readOnce())
            #expect(try await bench.left() == [])
            #expect(try await bench.isOver())
            #expect(try await bench.rows(of: bench.kept) == before)
            let slug = try await bench.worker.texts(
                "SELECT org_id FROM organization_slugs WHERE slug = 's\(bench.ended)'")
            #expect(slug == [[bench.ended.text]])
            // Nobody begins again.
            try await bench.worker.execute(
                "UPDATE jobs SET due_at = now() WHERE kind = 'erase_organizations'")
            #expect(try await bench.worker.readOnce())
            let jobs = try await bench.worker.texts(
                "SELECT kind FROM jobs WHERE kind = 'erase_organization'")
            #expect(jobs == [])
        }
    }

    /// What a backup holds that was made before the erasure.
    @Test func whatWasSealedIsUnreadableInEveryBackup() async throws {
        try await Bench.with { bench in
            let connection = try await bench.worker.connect()
            let member = MemberID.make()
            let email = try await bench.dataKeys().keysToSeal(of: bench.ended)
                .seal(email: "person@acme.example", of: member)
            let place = Binding(purpose: "connection-key", [connection.text, "1"])
            let backup = try await bench.worker.texts(
                """
                SELECT encode(sealed_key, 'hex') FROM connections
                WHERE org_id = '\(bench.ended)' AND id = '\(connection)'
                """)
            let sealed = Self.bytes(backup[0][0] ?? "")
            let keys = try await bench.dataKeys().keys(of: bench.ended)
            #expect(try keys.email(email.sealed, of: member) == "person@acme.example")
            #expect(try keys.open(sealed, in: place).reveal() == Array(WorkerBench.key.utf8))

            try await bench.end()
            #expect(try await bench.worker.readOnce())
            #expect(try await bench.keyBytes() == [["0"]])
            let after = try await bench.dataKeys().keys(of: bench.ended)
            #expect(try after.email(email.sealed, of: member) == OrganizationKeys.destroyedText)
            let destroyed = ServiceError(.failedPrecondition, "DATA_KEY_DESTROYED", "")
            #expect(throws: destroyed) { try after.open(sealed, in: place) }
            // Nor does it ever get another key.
            await #expect(throws: destroyed) {
                try await bench.dataKeys().keysToSeal(of: bench.ended)
            }
        }
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
    }

    @Test func anErasureThatFailsKeepsNoOtherWaiting() async throws {
        try await Bench.with { bench in
            try await bench.end("- interval '2 days'")
            try await bench.worker.execute(
                """
                UPDATE organization_states SET delete_after = now() - interval '1 day'
                WHERE org_id = '\(bench.kept)';
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION ''a fault''; END';
                CREATE TRIGGER fault BEFORE DELETE ON tokens FOR EACH ROW
                WHEN (OLD.org_id = '\(bench.ended)') EXECUTE FUNCTION refuse();
                """)
            let queue = JobQueue(pool: bench.worker.pool, owner: "test")
            let first = try #require(
                try await queue.claim([EraseOrganizations.kind], limit: 1, lease: .seconds(60))
                    .first)
            _ = try await EraseOrganizationsWorker(pool: bench.worker.pool)
                .run(first, JobControl())
            let jobs = try await queue.claim(
                [EraseOrganization.kind], limit: 9, lease: .seconds(60))
            #expect(Set(jobs.map(\.key)) == [bench.ended.text, bench.kept.text])
            let worker = try bench.eraser(batch: 5000)
            for job in jobs {
                if job.key == bench.kept.text {
                    #expect(try await worker.run(job, JobControl()) == .completed)
                } else {
                    await #expect(throws: PostgresError.self) {
                        try await worker.run(job, JobControl())
                    }
                }
            }
            let erased = try await bench.worker.texts(
                "SELECT org_id FROM organization_states WHERE erased_at IS NOT NULL")
            #expect(erased == [[bench.kept.text]])
        }
    }

    /// A run does so much and makes way, where many are due.
    @Test func aRunMakesWayForOthers() async throws {
        try await Bench.with { bench in
            try await bench.end()
            var worker = try bench.eraser(batch: 3)
            worker.batchesMax = 10
            var runs = 0
            while try await worker.run(bench.claimed(), JobControl()) == .interrupted, runs < 50 {
                runs += 1
            }
            #expect((4..<50).contains(runs))
            #expect(try await bench.left() == [])
        }
    }

    @Test func whatIsNotDueOrWasTakenBackIsKept() async throws {
        try await Bench.with { bench in
            let before = try await bench.left()
            try await bench.end("+ interval '1 hour'")
            #expect(try await bench.worker.readOnce())
            #expect(try await bench.left() == before)
            try await bench.worker.execute(
                """
                UPDATE organization_states SET delete_after = NULL
                WHERE org_id = '\(bench.ended)';
                UPDATE jobs SET due_at = now() WHERE kind = 'erase_organizations';
                """)
            #expect(try await bench.worker.readOnce())
            #expect(try await bench.left() == before)
        }
    }

    /// Cut off wherever a batch of few rows ends, a later run goes on until nothing is left.
    @Test func anErasureGoesOnWhereItWasCutOff() async throws {
        try await Bench.with { bench in
            let before = try await bench.rows(of: bench.kept)
            try await bench.end()
            var random = SeededRandom(seed: 20_261_121)
            var runs = 0
            while try await !bench.isOver(), runs < 1_000 {
                runs += 1
                // Longer and longer: on a busy machine the first ones come to nothing.
                let milliseconds = Int.random(in: 5...60, using: &random) * (1 + runs / 20)
                try await Self.run(bench, for: .milliseconds(milliseconds))
            }
            #expect(runs > 1)
            #expect(try await bench.isOver())
            #expect(try await bench.left() == [])
            #expect(try await bench.rows(of: bench.kept) == before)
        }
    }

    /// A run of the job, cancelled after a time.
    private static func run(_ bench: Bench, for time: Duration) async throws {
        let job = try await bench.claimed()
        let worker = try bench.eraser(batch: 3)
        let run = Task { _ = try await worker.run(job, JobControl()) }
        let timer = Task {
            try await Task.sleep(for: time)
            run.cancel()
        }
        do {
            try await run.value
        } catch let error as ServiceError where error.cause is CancellationError {
            // Cut off.
        } catch is CancellationError {
            // Cut off.
        } catch let error as PostgresError where error.sqlState == .queryCanceled {
            // Cut off.
        }
        timer.cancel()
    }

    /// The database itself refuses workers what is not due, of each tenant table that there is.
    @Test func rowsAreErasedWithTheirOrganizationOnly() async throws {
        try await Bench.with { bench in
            let tables = try await bench.worker.pool.transaction(
                TransactionOptions(role: "tally_worker")
            ) { try await $0.run(SelectTenantTables()) }.map(\.name)
            #expect(tables.count >= 19)
            for state in ["", "+ interval '1 hour'", "- interval '1 hour'"] {
                // Asked for, due or not; but no erasure has begun.
                if !state.isEmpty { try await bench.end(state) }
                for table in tables where table != "recorded_calls" {
                    let key = table == "organizations" ? "id" : "org_id"
                    let found = try await bench.worker.texts(
                        "SELECT count(*) FROM \(table) WHERE \(key) = '\(bench.ended)'")
                    guard found != [["0"]] else { continue }
                    let error = await #expect(throws: PostgresError.self) {
                        try await bench.worker.execute(
                            """
                            BEGIN; SET LOCAL ROLE tally_worker;
                            SET LOCAL app.org_id = '\(bench.ended)';
                            DELETE FROM \(table) WHERE \(key) = '\(bench.ended)'; COMMIT
                            """)
                    }
                    let hints = ["ORGANIZATION_IS_KEPT", "TABLE_IS_APPEND_ONLY", "USAGE_IS_KEPT"]
                    #expect(hints.contains(error?.hint ?? ""), "\(table): \(error?.hint ?? "")")
                }
            }
            // Nor may a worker write what it erases, or read all of it.
            let rights = try await bench.worker.texts(
                """
                SELECT t, has_table_privilege('tally_worker', t, 'INSERT, UPDATE, SELECT'),
                    has_any_column_privilege('tally_worker', t, 'INSERT, UPDATE')
                FROM unnest(ARRAY['audit_log', 'audit_chains', 'tokens']) AS t
                """)
            #expect(rights.allSatisfy { $0[1...].allSatisfy { $0 == "f" } })
            // Nor does a worker say that an erasure began whose time has not come.
            try await bench.end("+ interval '1 hour'")
            await #expect(throws: PostgresError.self) {
                try await bench.worker.execute(
                    """
                    BEGIN; SET LOCAL ROLE tally_worker; SET LOCAL app.org_id = '\(bench.ended)';
                    UPDATE organization_states SET deleted_at = now(); COMMIT
                    """)
            }
        }
    }
}
