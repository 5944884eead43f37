import Postgres
import TestSupport
import Testing

/// Row 20: the database itself keeps organizations apart, whatever the statements forget.
@Suite struct IsolationTests {
    private static let first = "01900000-0000-7000-8000-000000000001"
    private static let second = "01900000-0000-7000-8000-000000000002"

    /// Two organizations whose rows have the same ids and codes.
    private static func fill(_ session: PostgresSession) async throws {
        for (organization, slug) in [(first, "first"), (second, "second")] {
            try await session.execute(
                """
                INSERT INTO organizations VALUES
                    ('\(organization)', '\(slug)', '\(slug)', 'UTC', 'USD', now());
                INSERT INTO organization_slugs VALUES ('\(slug)', '\(organization)');
                INSERT INTO business_units (org_id, id, code, created_at)
                    VALUES ('\(organization)', '\(first)', 'unit', now());
                INSERT INTO business_unit_versions VALUES ('\(organization)', 'unit', '1970-01-01',
                    '\(slug)', NULL, 0, '', 1);
                INSERT INTO period_closures VALUES ('\(organization)', '2026-01-01', now());
                INSERT INTO members (org_id, id, sealed_email, email_key, roles, created_at)
                    VALUES ('\(organization)', '\(first)', '', sha256(''), 2, now());
                INSERT INTO tokens (org_id, id, display_name, roles, created_at)
                    VALUES ('\(organization)', 'same', '\(slug)', 2, now());
                INSERT INTO token_event_counts VALUES ('\(organization)', 'same', 1, 1);
                INSERT INTO counters VALUES ('\(organization)', 'entry', 7);
                INSERT INTO ledger_clocks (org_id) VALUES ('\(organization)');
                INSERT INTO connections (org_id, id, provider, display_name, sealed_key, key_hint,
                    backfill_from, created_at) VALUES ('\(organization)', '\(first)',
                    'openai', 'Main', '', 'abcd', now(), now());
                INSERT INTO connection_checkpoints (org_id, connection_id, stream)
                    VALUES ('\(organization)', '\(first)', 'usage');
                \(ReadingHistory.remember(organization))
                INSERT INTO connection_backfills (org_id, connection_id, id, stream, range_start,
                    range_end, created_at)
                    VALUES ('\(organization)', '\(first)', gen_random_uuid(), 'usage',
                        now() - interval '1 day', now(), now());
                INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, outcome, pages,
                    recorded, corrected, unchanged, retracted, worker)
                    VALUES ('\(organization)', '\(first)', gen_random_uuid(), 'usage', now(), 1,
                        0, 0, 0, 0, 0, 'worker');
                INSERT INTO outbox_events (org_id, id, kind, subject_id, created_at)
                    VALUES ('\(organization)', '\(first)', 'connection.first_pull', '\(first)',
                    now());
                INSERT INTO provider_objects (org_id, connection_id, kind, id, sealed_name,
                    first_seen_at, last_seen_at)
                    VALUES ('\(organization)', '\(first)', 'project', 'p', '', now(), now());
                INSERT INTO provider_object_names (org_id, connection_id, kind, id, seen_at,
                    sealed_name)
                    VALUES ('\(organization)', '\(first)', 'project', 'p', now(), '');
                INSERT INTO coding_activity (org_id, connection_id, row_key, bucket_start,
                    actor_key, sealed_actor, is_person, customer, subscription, terminal, is_remote,
                    sessions, lines_added, lines_removed, commits, pull_requests, suggestions,
                    models, told_at)
                    VALUES ('\(organization)', '\(first)', '', '2026-01-01Z', '', '', true, '', '', '',
                        false, 1, 1, 1, 1, 1, '[]', '[]', now());
                INSERT INTO dimension_sets (org_id, id, hash, provider, model)
                    VALUES ('\(organization)', 1, decode(repeat('00', 32), 'hex'), 'p', 'm');
                INSERT INTO call_tellers (org_id, entry_id, event_time, call_key, source_key)
                    VALUES ('\(organization)', 1, now(), gen_random_uuid(), gen_random_uuid());
                INSERT INTO idempotency_keys (org_id, key_hash, content_hash, entry_id, event_time)
                    VALUES ('\(organization)', gen_random_uuid(), gen_random_uuid(), 1, now());
                INSERT INTO usage_entries (org_id, entry_id, event_time, recorded_at, booked_at,
                    kind, source, event_id, dimension_set_id, currency, amount_picos, usage_state,
                    status) VALUES ('\(organization)', 1, now(), now(), now(), 1, 's', 'e', 1, 'USD',
                    5, 1, 1);
                INSERT INTO usage_event_blocks (org_id, first_entry_id, first_event_time,
                    last_event_time, recorded_at, currency, events, total_picos, unpriced_events,
                    event_time, event_id, dimension_set_id) VALUES ('\(organization)', 2, now(),
                    now(), now(), 'USD', 1, 0, 1, ARRAY[now()], '{e}', '{1}');
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    last_recorded_at) VALUES ('\(organization)', now(), 1, 1, 'USD', now());
                INSERT INTO usage_rollups_daily (org_id, day_start, dimension_set_id, kind,
                    currency, last_recorded_at) VALUES ('\(organization)', '2026-01-01Z', 1, 1, 'USD',
                    now());
                INSERT INTO usage_rollups_monthly (org_id, month_start, dimension_set_id, kind,
                    currency, last_recorded_at) VALUES ('\(organization)', '2026-01-01Z', 1, 1, 'USD',
                    now());
                INSERT INTO usage_rollup_deltas (org_id, recorded_at, first_bucket_start,
                    last_bucket_start, bucket_start, dimension_set_id, kind, currency)
                    VALUES ('\(organization)', now(), now(), now(), ARRAY[now()], '{1}', '{1}',
                    '{USD}');
                INSERT INTO allocation_rule_sets VALUES ('\(organization)', 1, '[]', now());
                INSERT INTO attribution_rule_sets
                    VALUES ('\(organization)', 1, now(), '{}', 0, '', now());
                INSERT INTO source_ranks VALUES ('\(organization)', 1, '{gateway}', now());
                INSERT INTO price_overrides VALUES ('\(organization)', 1, 'p', 'm', '', '0.5', NULL,
                    now(), NULL, '', now());
                INSERT INTO recorded_calls (org_id, key, request_hash, recorded_at, expires_at)
                    VALUES ('\(organization)', 'k', sha256(''), now(), now() + interval '1 day');
                INSERT INTO audit_log VALUES ('\(organization)', 1, '\(first)', now(), 't', 'owner',
                    'm', '', '', '', sha256(''), sha256(''), '', '', sha256(''));
                INSERT INTO audit_chains
                    VALUES ('\(organization)', 1, sha256(''), now(), sha256(''));
                INSERT INTO budgets VALUES ('\(organization)', '\(first)', 'unit', 'USD', 1, now());
                """)
        }
    }

    private static func tenantTables(_ session: PostgresSession) async throws -> [String] {
        try await session.texts(
            """
            SELECT c.relname FROM pg_class AS c JOIN pg_policy AS p ON p.polrelid = c.oid
            WHERE p.polroles = '{0}' AND p.polcmd = '*' ORDER BY 1
            """
        ).compactMap { $0[0] }
    }

    private func withTwoOrganizations(
        _ body: (PostgresSession) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with { database in
            let session = try await database.session()
            try await Self.fill(session)
            try await body(session)
            await session.close()
        }
    }

    /// Runs one statement as `role` for `organization` and undoes it.
    private static func run(
        _ sql: String, as role: String, for organization: String?, _ session: PostgresSession
    ) async throws -> [[String?]] {
        try await session.execute("BEGIN; SET LOCAL ROLE \(role)")
        do {
            if let organization {
                try await session.execute("SET LOCAL app.org_id = '\(organization)'")
            }
            let rows = try await session.texts(sql)
            try await session.execute("ROLLBACK")
            return rows
        } catch {
            try await session.execute("ROLLBACK")
            throw error
        }
    }

    private static let roles = ["tally_service", "tally_worker", "tally_reader", "tally_owner"]

    @Test func withoutAnOrganizationThereAreNoRows() async throws {
        try await withTwoOrganizations { session in
            for table in try await Self.tenantTables(session) {
                for role in Self.roles {
                    do {
                        let rows = try await Self.run(
                            "SELECT 1 FROM \(table)", as: role, for: nil, session)
                        #expect(rows == [], "\(role) sees rows of \(table)")
                    } catch let error as PostgresError
                        where error.sqlState == .insufficientPrivilege
                    {
                        // The role may not read the table at all.
                        continue
                    }
                }
            }
        }
    }

    @Test func anOrganizationSeesItsOwnRowsOnly() async throws {
        try await withTwoOrganizations { session in
            let tables = try await Self.tenantTables(session)
            #expect(tables.count >= 15)
            for table in tables {
                let key = table == "organizations" ? "id" : "org_id"
                for organization in [Self.first, Self.second] {
                    let rows = try await Self.run(
                        "SELECT \(key)::text FROM \(table)", as: "tally_service",
                        for: organization, session)
                    #expect(Set(rows) == [[organization]], "\(table)")
                }
            }
        }
    }

    @Test func rowsOfAnotherOrganizationCannotBeWritten() async throws {
        try await withTwoOrganizations { session in
            await expect(state: .insufficientPrivilege) {
                try await Self.run(
                    """
                    INSERT INTO counters VALUES ('\(Self.second)', 'x', 1) RETURNING 1
                    """, as: "tally_service", for: Self.first, session)
            }
            let changed = try await Self.run(
                "UPDATE counters SET n = 0 WHERE org_id = '\(Self.second)' RETURNING 1",
                as: "tally_service", for: Self.first, session)
            #expect(changed == [])
        }
    }

    @Test func entriesAreAppendOnlyEvenForTheirOwner() async throws {
        try await withTwoOrganizations { session in
            for sql in [
                "UPDATE usage_entries SET amount_picos = 0 RETURNING 1",
                "DELETE FROM usage_entries RETURNING 1",
                "UPDATE usage_event_blocks SET amount_picos = '{0}' RETURNING 1",
                "DELETE FROM usage_event_blocks RETURNING 1",
            ] {
                await expect(state: .insufficientPrivilege) {
                    try await Self.run(sql, as: "tally_service", for: Self.first, session)
                }
                await expect(state: SQLState(rawValue: "23000")) {
                    try await Self.run(sql, as: "tally_owner", for: Self.first, session)
                }
                await expect(state: SQLState(rawValue: "23000")) {
                    try await Self.run(sql, as: "none", for: nil, session)
                }
            }
        }
    }

    @Test func servicesNeverReadHashesOfTokensAndDirectoryReadsNothingElse() async throws {
        try await withTwoOrganizations { session in
            await expect(state: .insufficientPrivilege) {
                try await Self.run(
                    "SELECT keyed_hash FROM token_directory", as: "tally_service",
                    for: Self.first, session)
            }
            for table in try await Self.tenantTables(session) {
                await expect(state: .insufficientPrivilege) {
                    try await Self.run(
                        "SELECT 1 FROM \(table)", as: "tally_directory", for: Self.first, session)
                }
            }
        }
    }

    @Test func operatorsEndTheirOwnTokensAndNobodyElseDoes() async throws {
        try await withTwoOrganizations { session in
            try await session.execute(
                """
                INSERT INTO token_directory (id, org_id, keyed_hash, roles, created_at)
                SELECT repeat(letter, 16), organization::uuid, sha256(''), roles, now() FROM (VALUES
                    ('a', NULL, 64), ('b', '\(Self.first)', 2), ('c', '\(Self.second)', 2)
                ) AS given (letter, organization, roles)
                """)
            let end = "UPDATE token_directory SET revoked_at = now() RETURNING left(id, 1)"
            let ends: [(String, String?, [String])] = [
                ("tally_operator", nil, ["a"]), ("tally_operator", Self.first, ["a"]),
                ("tally_service", nil, []), ("tally_service", Self.first, ["b"]),
            ]
            for (role, organization, ended) in ends {
                let rows = try await Self.run(end, as: role, for: organization, session)
                #expect(rows == ended.map { [$0] }, "\(role) \(organization ?? "")")
            }
            try await session.execute("UPDATE token_directory SET revoked_at = now()")
            for role in ["tally_operator", "tally_service"] {
                await expect(state: SQLState(rawValue: "23000")) {
                    try await Self.run(
                        "UPDATE token_directory SET revoked_at = NULL", as: role, for: Self.first,
                        session)
                }
            }
            for sql in [
                "SELECT keyed_hash FROM token_directory",
                "UPDATE token_directory SET keyed_hash = sha256('x')",
                "UPDATE token_directory SET expires_at = NULL", "DELETE FROM token_directory",
            ] {
                await expect(state: .insufficientPrivilege) {
                    try await Self.run(sql, as: "tally_operator", for: nil, session)
                }
            }
        }
    }

    @Test func operatorsListOrganizationsButReadNoFigures() async throws {
        try await withTwoOrganizations { session in
            let rows = try await Self.run(
                "SELECT slug FROM organizations ORDER BY 1", as: "tally_operator", for: nil, session
            )
            #expect(rows == [["first"], ["second"]])
            for table in [
                "usage_entries", "usage_event_blocks", "ledger_entries", "usage_rollups", "budgets",
                "connections", "usage_rollups_daily", "usage_rollups_monthly",
                "usage_rollup_deltas",
                "unmerged_usage_rollups", "current_usage_rollups",
            ] {
                await expect(state: .insufficientPrivilege) {
                    try await Self.run(
                        "SELECT 1 FROM \(table)", as: "tally_operator", for: Self.first, session)
                }
            }
        }
    }

    @Test func jobsOfOtherOrganizationsAreHiddenFromServicesNotFromWorkers() async throws {
        try await withTwoOrganizations { session in
            for organization in [Self.first, Self.second] {
                try await session.execute(
                    """
                    INSERT INTO jobs (id, org_id, kind, key, arguments, due_at)
                    VALUES (gen_random_uuid(), '\(organization)', 'k', 'k', '{}', now())
                    """)
            }
            let sql = "SELECT count(*)::text FROM jobs WHERE kind = 'k'"
            let seen = try await Self.run(sql, as: "tally_service", for: Self.first, session)
            #expect(seen == [["1"]])
            let claimable = try await Self.run(sql, as: "tally_worker", for: nil, session)
            #expect(claimable == [["2"]])
        }
    }
}
