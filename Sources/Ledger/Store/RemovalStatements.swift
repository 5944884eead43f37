package import Core
package import Domain
package import Postgres

/// Deletes some of the oldest entries of an organization from before an instant, with the keys that they
/// were known by. Only workers may, and only what is not to be kept any more.
///
/// Keys are locked in their order, as by whoever changes what they hold.
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
        locked AS MATERIALIZED (
            SELECT k.key_hash FROM gone AS g
            JOIN idempotency_keys AS k ON k.org_id = $1
                AND k.key_hash = tally.entry_key(g.source, g.event_id)
            -- That of a corrected event goes with its block.
            WHERE g.root_entry_id IS NULL AND k.event_time < $2
            ORDER BY k.key_hash FOR UPDATE OF k),
        keys AS (
            DELETE FROM idempotency_keys AS k USING locked AS l
            WHERE k.org_id = $1 AND k.key_hash = l.key_hash)
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
/// keys that the events were known by, locked in their order; says how many events.
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
        locked AS MATERIALIZED (
            SELECT k.key_hash FROM (
                SELECT tally.entry_key(d.source, v.event_id) AS key_hash
                FROM old AS o
                CROSS JOIN LATERAL unnest(o.event_id, o.dimension_set_id)
                    AS v (event_id, dimension_set_id)
                JOIN dimension_sets AS d ON d.org_id = $1 AND d.id = v.dimension_set_id
            ) AS e
            JOIN idempotency_keys AS k ON k.org_id = $1 AND k.key_hash = e.key_hash
            WHERE k.event_time < $2
            ORDER BY k.key_hash FOR UPDATE OF k),
        keys AS (
            DELETE FROM idempotency_keys AS k USING locked AS l
            WHERE k.org_id = $1 AND k.key_hash = l.key_hash)
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

/// Deletes some of the oldest calls that an organization's events from before an instant told of, and of who told of
/// them; says how many rows. No block says what its calls were known by.
///
/// A call is known while an event is kept that told of it behind the first and was not reversed. As long, it is known
/// whether the first was, and that an event of the source that counts did: or nobody could tell whose events come
/// to count next. So of each call two rows at most outlive their events.
///
/// For those that have locked the organization's clock: who records or reverses meanwhile would take a call for known
/// that is not.
struct RemoveCalls: PostgresStatement {
    let organization: PostgresUUID
    let before: Instant
    let limit: Int

    // Those who told of a call that goes, go at the next look. Whoever tells of it again meanwhile begins another one,
    // which those before have nothing to do with.
    static let sql = """
        WITH calls AS (
            DELETE FROM idempotency_keys AS k USING (
                SELECT c.key_hash FROM idempotency_keys AS c
                WHERE c.org_id = $1 AND c.of_call AND c.event_time < $2
                    AND NOT EXISTS (
                        SELECT FROM call_tellers AS t
                        WHERE t.org_id = $1 AND t.call_key = c.key_hash AND NOT t.withdrawn
                            AND t.event_time >= $2 AND t.entry_id > c.entry_id)
                ORDER BY c.event_time LIMIT $3
            ) AS e
            WHERE k.org_id = $1 AND k.key_hash = e.key_hash
            RETURNING k.key_hash),
        tellers AS (
            DELETE FROM call_tellers AS t USING (
                SELECT c.entry_id FROM call_tellers AS c
                WHERE c.org_id = $1 AND c.event_time < $2
                    AND NOT EXISTS (
                        SELECT FROM idempotency_keys AS k
                        WHERE k.org_id = $1 AND k.key_hash = c.call_key
                            AND (k.entry_id = c.entry_id
                                OR NOT c.withdrawn AND k.content_hash = c.source_key
                                    AND c.entry_id > k.entry_id
                                    AND NOT EXISTS (
                                        SELECT FROM call_tellers AS f
                                        WHERE f.org_id = $1 AND f.call_key = c.call_key
                                            AND f.source_key = c.source_key AND NOT f.withdrawn
                                            AND f.event_time < $2 AND f.entry_id < c.entry_id
                                            AND f.entry_id > k.entry_id)))
                ORDER BY c.event_time LIMIT $3
            ) AS e
            WHERE t.org_id = $1 AND t.entry_id = e.entry_id
            RETURNING t.entry_id)
        SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM tellers)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(before)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}

/// Deletes some of the oldest roll-ups of an organization from before an instant, and sums the day that it cuts
/// anew; says how many were of quarters of an hour.
///
/// For those that have locked the organization's clock and merged what was added.
package struct RemoveRollups: PostgresStatement {
    let organization: PostgresUUID
    let before: Instant
    let limit: Int

    package static let sql = """
        WITH old AS MATERIALIZED (
            SELECT bucket_start, dimension_set_id, kind, currency,
                date_bin('1 day', bucket_start, '1970-01-01 00:00+00') AS day_start
            FROM usage_rollups
            WHERE org_id = $1 AND bucket_start < $2
            ORDER BY bucket_start, dimension_set_id, kind, currency LIMIT $3
        ), gone AS (
            DELETE FROM usage_rollups AS r USING old AS o
            WHERE r.org_id = $1 AND r.bucket_start = o.bucket_start
                AND r.dimension_set_id = o.dimension_set_id AND r.kind = o.kind
                AND r.currency = o.currency
        ), days AS MATERIALIZED (
            SELECT DISTINCT day_start, dimension_set_id, kind, currency FROM old
        ), rest AS MATERIALIZED (
            SELECT d.day_start, d.dimension_set_id, d.kind, d.currency,
                tally.bounded_count(sum(r.entries)) AS entries,
                tally.bounded_count(sum(r.requests)) AS requests,
                sum(r.amount_picos) AS amount_picos,
                tally.bounded_count(sum(r.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(r.unpriced_tokens)) AS unpriced_tokens,
                tally.bounded_count(sum(r.input)) AS input,
                tally.bounded_count(sum(r.cache_read)) AS cache_read,
                tally.bounded_count(sum(r.cache_write_5m)) AS cache_write_5m,
                tally.bounded_count(sum(r.cache_write_30m)) AS cache_write_30m,
                tally.bounded_count(sum(r.cache_write_1h)) AS cache_write_1h,
                tally.bounded_count(sum(r.cache_write_12h)) AS cache_write_12h,
                tally.bounded_count(sum(r.output)) AS output,
                tally.bounded_count(sum(r.reasoning)) AS reasoning,
                tally.bounded_count(sum(r.output_unsplit)) AS output_unsplit,
                tally.bounded_count(sum(r.input_audio)) AS input_audio,
                tally.bounded_count(sum(r.cache_read_audio)) AS cache_read_audio,
                tally.bounded_count(sum(r.output_audio)) AS output_audio,
                tally.bounded_count(sum(r.input_image)) AS input_image,
                tally.bounded_count(sum(r.cache_read_image)) AS cache_read_image,
                tally.bounded_count(sum(r.output_image)) AS output_image,
                max(r.last_recorded_at) AS last_recorded_at,
                max(r.last_corrected_at) AS last_corrected_at,
                coalesce(tally.sum_quantities(r.other_quantities)
                    FILTER (WHERE r.other_quantities <> '{}'), '{}') AS other_quantities
            FROM days AS d
            JOIN usage_rollups AS r ON r.org_id = $1 AND r.dimension_set_id = d.dimension_set_id
                AND r.kind = d.kind AND r.currency = d.currency
                AND r.bucket_start >= $4 AND r.bucket_start < $4 + interval '24 hours'
            WHERE d.day_start = $4
                AND (r.bucket_start, r.dimension_set_id, r.kind, r.currency) NOT IN (
                    SELECT o.bucket_start, o.dimension_set_id, o.kind, o.currency FROM old AS o)
            GROUP BY d.day_start, d.dimension_set_id, d.kind, d.currency
        ), changed AS (
            UPDATE usage_rollups_daily AS r SET
                entries = d.entries,
                requests = d.requests,
                amount_picos = d.amount_picos,
                unpriced_entries = d.unpriced_entries,
                unpriced_tokens = d.unpriced_tokens,
                input = d.input,
                cache_read = d.cache_read,
                cache_write_5m = d.cache_write_5m,
                cache_write_30m = d.cache_write_30m,
                cache_write_1h = d.cache_write_1h,
                cache_write_12h = d.cache_write_12h,
                output = d.output,
                reasoning = d.reasoning,
                output_unsplit = d.output_unsplit,
                input_audio = d.input_audio,
                cache_read_audio = d.cache_read_audio,
                output_audio = d.output_audio,
                input_image = d.input_image,
                cache_read_image = d.cache_read_image,
                output_image = d.output_image,
                last_recorded_at = d.last_recorded_at,
                last_corrected_at = d.last_corrected_at,
                other_quantities = d.other_quantities
            FROM rest AS d
            WHERE r.org_id = $1 AND r.day_start = d.day_start
                AND r.dimension_set_id = d.dimension_set_id AND r.kind = d.kind
                AND r.currency = d.currency
        ), gone_days AS (
            DELETE FROM usage_rollups_daily AS r USING (
                SELECT day_start, dimension_set_id, kind, currency FROM days
                EXCEPT SELECT day_start, dimension_set_id, kind, currency FROM rest) AS d
            WHERE r.org_id = $1 AND r.day_start = d.day_start
                AND r.dimension_set_id = d.dimension_set_id AND r.kind = d.kind
                AND r.currency = d.currency
        )
        SELECT count(*) FROM old
        """

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(before)
        bindings.append(limit)
        bindings.append(UTCDay.floor(before))
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
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
