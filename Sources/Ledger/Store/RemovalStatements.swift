package import Core
package import Domain
package import Postgres

/// Deletes some of the oldest entries of an organization from before an instant, with the keys that they
/// were known by. Only workers may, and only what is not to be kept any more.
package struct RemoveEntries: PostgresStatement {
    package static let sql = """
        WITH old AS MATERIALIZED (
            SELECT event_time, entry_id FROM usage_entries
            WHERE org_id = $1 AND event_time < $2
            ORDER BY event_time, entry_id LIMIT $3),
        gone AS (
            DELETE FROM usage_entries AS e USING old AS o
            WHERE e.org_id = $1 AND e.event_time = o.event_time AND e.entry_id = o.entry_id
            RETURNING e.source, e.event_id, e.root_entry_id),
        keys AS (
            DELETE FROM idempotency_keys AS k USING gone AS g
            WHERE k.org_id = $1 AND k.key_hash = tally.entry_key(g.source, g.event_id)
                -- That of a corrected event goes with its block.
                AND g.root_entry_id IS NULL AND k.event_time < $2)
        SELECT count(*) FROM gone
        """

    let organization: OrganizationID
    let before: Instant
    let limit: Int

    package init(organization: OrganizationID, before: Instant, limit: Int) {
        self.organization = organization
        self.before = before
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(before)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}

/// Deletes some of the blocks of an organization's events that all happened before an instant, with the
/// keys that the events were known by; says how many events.
package struct RemoveEventBlocks: PostgresStatement {
    package static let sql = """
        WITH old AS MATERIALIZED (
            SELECT first_entry_id, first_event_time, events, event_id, dimension_set_id
            FROM usage_event_blocks
            WHERE org_id = $1 AND first_event_time < $2 AND last_event_time < $2
            ORDER BY first_entry_id, first_event_time LIMIT $3),
        gone AS (
            DELETE FROM usage_event_blocks AS b USING old AS o
            WHERE b.org_id = $1 AND b.first_entry_id = o.first_entry_id
                AND b.first_event_time = o.first_event_time),
        keys AS (
            DELETE FROM idempotency_keys AS k USING (
                SELECT tally.entry_key(d.source, v.event_id) AS key_hash
                FROM old AS o
                CROSS JOIN LATERAL unnest(o.event_id, o.dimension_set_id)
                    AS v (event_id, dimension_set_id)
                JOIN dimension_sets AS d ON d.org_id = $1 AND d.id = v.dimension_set_id
            ) AS e
            WHERE k.org_id = $1 AND k.key_hash = e.key_hash AND k.event_time < $2)
        SELECT coalesce(sum(events), 0) FROM old
        """

    let organization: OrganizationID
    let before: Instant
    let limit: Int

    package init(organization: OrganizationID, before: Instant, limit: Int) {
        self.organization = organization
        self.before = before
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(before)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}

/// Deletes some of the oldest roll-ups of an organization from before an instant.
package struct RemoveRollups: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        DELETE FROM usage_rollups AS r USING (
            SELECT bucket_start, dimension_set_id, kind, currency FROM usage_rollups
            WHERE org_id = $1 AND bucket_start < $2
            ORDER BY bucket_start, dimension_set_id, kind, currency LIMIT $3) AS o
        WHERE r.org_id = $1 AND r.bucket_start = o.bucket_start
            AND r.dimension_set_id = o.dimension_set_id AND r.kind = o.kind
            AND r.currency = o.currency
        """

    let organization: OrganizationID
    let before: Instant
    let limit: Int

    package init(organization: OrganizationID, before: Instant, limit: Int) {
        self.organization = organization
        self.before = before
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(before)
        bindings.append(limit)
    }
}

/// Takes the parts of one month out of the usage tables that nobody has a row in, where the month is so
/// old that nobody brings one either; says how many.
package struct DropEmptyUsageMonth: PostgresStatement {
    /// Events of three years back are taken in, and a little is left for clocks.
    package static let sql = "SELECT tally.drop_empty_usage_month(now() - interval '40 months')"

    package init() {}

    package func bind(into bindings: inout PostgresBindings) {}

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}
