import Core
import Postgres

/// From which day on an organization's months of roll-ups are what its days come to, and what a snapshot has seen.
///
/// For the snapshot that reads the months.
struct SelectSummedMonths: PostgresStatement {
    struct Row: Sendable {
        /// Nil where no month is. The month that the day cuts is not whole yet.
        let monthsFrom: Instant?
        /// Of the entry that was recorded last; nil before the first.
        let lastRecordedAt: Instant?
        /// Of the newest catalogue of prices; 0 before the first.
        let catalogueVersion: Int64
    }

    let organization: PostgresUUID

    // None, too, where nothing was merged yet, or no month is summed; all of them, where nothing is older than the
    // year.
    static let sql = """
        SELECT CASE WHEN c.rollup_months_merged_through = c.rollups_merged_through
            THEN nullif(greatest(c.rollup_months_from, '1900-01-01 00:00+00'), 'infinity') END,
            nullif(c.last_recorded_at, '-infinity'),
            (SELECT coalesce(max(p.id), 0) FROM price_catalogues AS p)
        FROM ledger_clocks AS c WHERE c.org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            monthsFrom: try row.optionalInstant(0), lastRecordedAt: try row.optionalInstant(1),
            catalogueVersion: try row.int64(2))
    }
}

/// Whether months of an organization may be left to be summed, without a lock.
struct SelectHasMonthsLeft: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        SELECT c.rollup_months_from > c.rollup_months_kept_from
            OR c.rollup_months_merged_through <> c.rollups_merged_through
        FROM ledger_clocks AS c WHERE c.org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Sets the roll-ups of the month whose days are summed next to nothing, where none of these is in them: there are some
/// where a server that knows of no months merged after others.
///
/// Nobody needs the clock's lock for it: no report reads that month, and no writer merges into it.
struct ClearUnsummedMonth: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID

    static let sql = """
        WITH month AS MATERIALIZED (
            \(newestUnsummedDay)
        )
        UPDATE usage_rollups_monthly AS m
        SET entries = 0, requests = 0, amount_picos = 0, unpriced_entries = 0, unpriced_tokens = 0,
            tokens = 0, last_recorded_at = '-infinity'
        FROM month AS n
        WHERE n.is_untouched AND m.org_id = $1 AND m.month_start = n.month_start
            AND m.last_recorded_at > '-infinity'
        """

    /// The newest of an organization's days that are in no month's roll-ups yet, its month, and whether that has none of
    /// its days.
    static let newestUnsummedDay = """
        SELECT d.day_start, t.month_start,
                c.rollup_months_from >= (t.month_start AT TIME ZONE 'UTC' + interval '1 month')
                    AT TIME ZONE 'UTC' AS is_untouched
            FROM ledger_clocks AS c
            JOIN usage_rollups_daily AS d ON d.org_id = $1 AND d.day_start < c.rollup_months_from
                AND d.day_start >= c.rollup_months_kept_from
            CROSS JOIN LATERAL (
                SELECT date_trunc('month', d.day_start AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    AS month_start) AS t
            WHERE c.org_id = $1
            ORDER BY d.day_start DESC LIMIT 1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }
}

/// Adds the newest of the days that are in no month's roll-ups yet to those of their month, and says so on the clock:
/// as many days of it as have no more roll-ups than a limit, and at least one. Where the month was not cleared, nothing.
///
/// For writers that have locked the clock and merged all that was added.
struct SumRollupDays: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let limit: Int

    static let sql = """
        WITH newest AS MATERIALIZED (
            \(ClearUnsummedMonth.newestUnsummedDay)
        ), days AS MATERIALIZED (
            SELECT n.month_start, n.day_start AS last_day,
                -- Of what is beyond the limit, the newest day is left.
                least(n.day_start, coalesce(
                    (SELECT d.day_start + interval '24 hours' FROM usage_rollups_daily AS d
                    WHERE d.org_id = $1 AND d.day_start >= n.month_start
                        AND d.day_start <= n.day_start
                    ORDER BY d.day_start DESC OFFSET $2 LIMIT 1), n.month_start)) AS first_day,
                NOT n.is_untouched OR NOT EXISTS (
                    SELECT FROM usage_rollups_monthly AS m
                    WHERE m.org_id = $1 AND m.month_start = n.month_start
                        AND m.last_recorded_at > '-infinity') AS is_clear
            FROM newest AS n
        ), summed AS (
            INSERT INTO usage_rollups_monthly AS m
                (org_id, month_start, dimension_set_id, kind, currency, entries, requests,
                 amount_picos, unpriced_entries, unpriced_tokens, tokens, last_recorded_at)
            SELECT $1, n.month_start, d.dimension_set_id, d.kind, d.currency,
                tally.bounded_count(sum(d.entries)), tally.bounded_count(sum(d.requests)),
                sum(d.amount_picos), tally.bounded_count(sum(d.unpriced_entries)),
                tally.bounded_count(sum(d.unpriced_tokens)),
                tally.bounded_count(sum(
                    d.input + d.cache_read + d.cache_write_5m + d.cache_write_30m + d.cache_write_1h +
                    d.cache_write_12h + d.output + d.reasoning + d.output_unsplit +
                    d.input_audio + d.cache_read_audio + d.output_audio + d.input_image +
                    d.cache_read_image + d.output_image)),
                max(d.last_recorded_at)
            FROM days AS n
            JOIN usage_rollups_daily AS d ON d.org_id = $1
                AND d.day_start >= n.first_day AND d.day_start <= n.last_day
            WHERE n.is_clear
            GROUP BY n.month_start, d.dimension_set_id, d.kind, d.currency
            ON CONFLICT (org_id, month_start, dimension_set_id, kind, currency) DO UPDATE SET
                entries = tally.bounded_count(m.entries + excluded.entries),
                requests = tally.bounded_count(m.requests + excluded.requests),
                amount_picos = m.amount_picos + excluded.amount_picos,
                unpriced_entries =
                    tally.bounded_count(m.unpriced_entries + excluded.unpriced_entries),
                unpriced_tokens = tally.bounded_count(m.unpriced_tokens + excluded.unpriced_tokens),
                tokens = tally.bounded_count(m.tokens + excluded.tokens),
                last_recorded_at = greatest(m.last_recorded_at, excluded.last_recorded_at)
        )
        UPDATE ledger_clocks AS c
        SET rollup_months_from = coalesce(
            (SELECT CASE WHEN n.is_clear THEN n.first_day ELSE c.rollup_months_from END
            FROM days AS n), c.rollup_months_kept_from)
        WHERE c.org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(limit)
    }
}

/// Deletes some of the oldest months of roll-ups from before one, which no report reads from then on; says how many.
///
/// For those that have locked the organization's clock and merged what was added.
struct RemoveRollupMonths: PostgresStatement {
    let organization: PostgresUUID
    /// First instant of a month.
    let before: Instant
    let limit: Int

    static let sql = """
        WITH kept AS (
            UPDATE ledger_clocks SET rollup_months_kept_from = $2,
                rollup_months_from = greatest(rollup_months_from, $2)
            WHERE org_id = $1 AND rollup_months_kept_from < $2
        ), old AS MATERIALIZED (
            SELECT month_start, dimension_set_id, kind, currency FROM usage_rollups_monthly
            WHERE org_id = $1 AND month_start < $2
            ORDER BY month_start, dimension_set_id, kind, currency LIMIT $3
        ), gone AS (
            DELETE FROM usage_rollups_monthly AS r USING old AS o
            WHERE r.org_id = $1 AND r.month_start = o.month_start
                AND r.dimension_set_id = o.dimension_set_id AND r.kind = o.kind
                AND r.currency = o.currency
        )
        SELECT count(*) FROM old
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(before)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}

/// Summed months of a span that are not, in every column, what their days come to. One that is not whole yet is none.
struct CompareRollupMonths: PostgresStatement {
    let organization: PostgresUUID
    /// Beginning and end, of months of UTC.
    let from: Instant
    let through: Instant
    let limit: Int

    static let sql = """
        WITH begin AS (
            SELECT greatest(CASE
                    WHEN m.at = c.rollup_months_from THEN m.at
                    ELSE (m.at AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC' END, $2) AS at
            FROM ledger_clocks AS c
            CROSS JOIN LATERAL (
                SELECT date_trunc('month', c.rollup_months_from AT TIME ZONE 'UTC')
                    AT TIME ZONE 'UTC' AS at) AS m
            WHERE c.org_id = $1 AND c.rollup_months_merged_through = c.rollups_merged_through
        ), summed AS (
            SELECT date_trunc('month', d.day_start AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    AS month_start,
                d.dimension_set_id, d.kind, d.currency,
                tally.bounded_count(sum(d.entries)) AS entries,
                tally.bounded_count(sum(d.requests)) AS requests,
                sum(d.amount_picos)::numeric(38,0) AS amount_picos,
                tally.bounded_count(sum(d.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(d.unpriced_tokens)) AS unpriced_tokens,
                tally.bounded_count(sum(
                    d.input + d.cache_read + d.cache_write_5m + d.cache_write_30m + d.cache_write_1h +
                    d.cache_write_12h + d.output + d.reasoning + d.output_unsplit +
                    d.input_audio + d.cache_read_audio + d.output_audio + d.input_image +
                    d.cache_read_image + d.output_image)) AS tokens,
                max(d.last_recorded_at) AS last_recorded_at
            FROM usage_rollups_daily AS d
            WHERE d.org_id = $1 AND d.day_start >= (SELECT at FROM begin) AND d.day_start < $3
            GROUP BY 1, 2, 3, 4
        ), stored AS (
            SELECT m.month_start, m.dimension_set_id, m.kind, m.currency, m.entries, m.requests,
                m.amount_picos, m.unpriced_entries, m.unpriced_tokens, m.tokens, m.last_recorded_at
            FROM usage_rollups_monthly AS m
            WHERE m.org_id = $1 AND m.month_start >= (SELECT at FROM begin) AND m.month_start < $3
        )
        SELECT 'month', coalesce(s.month_start, m.month_start),
            coalesce(s.dimension_set_id, m.dimension_set_id), coalesce(s.kind, m.kind),
            coalesce(s.currency, m.currency),
            ARRAY (
                SELECT key FROM jsonb_each(to_jsonb(s)) AS a
                FULL JOIN jsonb_each(to_jsonb(m)) AS b USING (key)
                WHERE a.value IS DISTINCT FROM b.value ORDER BY key)
        FROM summed AS s
        FULL JOIN stored AS m ON m.month_start = s.month_start
            AND m.dimension_set_id = s.dimension_set_id AND m.kind = s.kind AND m.currency = s.currency
        WHERE s IS DISTINCT FROM m
        ORDER BY 2, 3, 4, 5 LIMIT $4
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> RollupVerifier.Difference {
        try RollupVerifier.Difference(row: row)
    }
}
