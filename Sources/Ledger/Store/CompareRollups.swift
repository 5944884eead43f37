import Core
import Postgres

/// Roll-ups of quarters of an hour, merged or not, that do not say what the entries of a span say.
///
/// One statement sees all that it compares as of one instant: who writes at the same time changes nothing of it.
struct CompareRollups: PostgresStatement {
    let organization: PostgresUUID
    /// Beginning and end, of quarters of an hour.
    let from: Instant
    let through: Instant
    let limit: Int

    static let sql = """
        WITH \(EntrySums.tables(from: "$2", through: "$3")), rollups AS (
            SELECT r.bucket_start, r.dimension_set_id, r.kind, r.currency, r.entries, r.requests,
                r.amount_picos, r.unpriced_entries, r.unpriced_tokens, r.last_recorded_at,
                r.last_corrected_at, r.input, r.cache_read, r.cache_write_5m, r.cache_write_30m, r.cache_write_1h,
                r.cache_write_12h, r.output, r.reasoning, r.output_unsplit, r.input_audio,
                r.cache_read_audio, r.output_audio, r.input_image, r.cache_read_image,
                r.output_image,
                CASE WHEN r.other_quantities = '{}' THEN '{}' ELSE (
                    SELECT coalesce(jsonb_object_agg(q.key, q.value), '{}')
                    FROM jsonb_each(r.other_quantities) AS q WHERE q.value <> '0'
                ) END AS other_quantities
            FROM current_usage_rollups AS r
            WHERE r.org_id = $1 AND r.bucket_start >= $2 AND r.bucket_start < $3
        )
        SELECT 'quarter', coalesce(e.bucket_start, r.bucket_start),
            coalesce(e.dimension_set_id, r.dimension_set_id), coalesce(e.kind, r.kind),
            coalesce(e.currency, r.currency),
            ARRAY (
                SELECT key FROM jsonb_each(to_jsonb(e)) AS a
                FULL JOIN jsonb_each(to_jsonb(r)) AS b USING (key)
                WHERE a.value IS DISTINCT FROM b.value ORDER BY key)
        FROM entries AS e
        FULL JOIN rollups AS r ON r.bucket_start = e.bucket_start
            AND r.dimension_set_id = e.dimension_set_id AND r.kind = e.kind AND r.currency = e.currency
        WHERE e IS DISTINCT FROM r
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

/// Roll-ups of days of a span that are not, in every column, what the merged quarters of an hour of them come to.
struct CompareRollupDays: PostgresStatement {
    let organization: PostgresUUID
    /// Beginning and end, of days of UTC.
    let from: Instant
    let through: Instant
    let limit: Int

    static let sql = """
        WITH summed AS (
            SELECT date_bin('1 day', q.bucket_start, '1970-01-01 00:00+00') AS day_start,
                q.dimension_set_id, q.kind, q.currency,
                tally.bounded_count(sum(q.entries)) AS entries,
                tally.bounded_count(sum(q.requests)) AS requests,
                sum(q.amount_picos)::numeric(38,0) AS amount_picos,
                tally.bounded_count(sum(q.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(q.unpriced_tokens)) AS unpriced_tokens,
                tally.bounded_count(sum(q.input)) AS input,
                tally.bounded_count(sum(q.cache_read)) AS cache_read,
                tally.bounded_count(sum(q.cache_write_5m)) AS cache_write_5m,
                tally.bounded_count(sum(q.cache_write_30m)) AS cache_write_30m,
                tally.bounded_count(sum(q.cache_write_1h)) AS cache_write_1h,
                tally.bounded_count(sum(q.cache_write_12h)) AS cache_write_12h,
                tally.bounded_count(sum(q.output)) AS output,
                tally.bounded_count(sum(q.reasoning)) AS reasoning,
                tally.bounded_count(sum(q.output_unsplit)) AS output_unsplit,
                tally.bounded_count(sum(q.input_audio)) AS input_audio,
                tally.bounded_count(sum(q.cache_read_audio)) AS cache_read_audio,
                tally.bounded_count(sum(q.output_audio)) AS output_audio,
                tally.bounded_count(sum(q.input_image)) AS input_image,
                tally.bounded_count(sum(q.cache_read_image)) AS cache_read_image,
                tally.bounded_count(sum(q.output_image)) AS output_image,
                max(q.last_recorded_at) AS last_recorded_at,
                max(q.last_corrected_at) AS last_corrected_at,
                coalesce(tally.sum_quantities(q.other_quantities)
                    FILTER (WHERE q.other_quantities <> '{}'), '{}') AS other_quantities
            FROM usage_rollups AS q
            WHERE q.org_id = $1 AND q.bucket_start >= $2 AND q.bucket_start < $3
            GROUP BY 1, 2, 3, 4
        ), stored AS (
            SELECT d.day_start, d.dimension_set_id, d.kind, d.currency,
                d.entries, d.requests, d.amount_picos, d.unpriced_entries, d.unpriced_tokens,
                d.input, d.cache_read, d.cache_write_5m, d.cache_write_30m, d.cache_write_1h,
                d.cache_write_12h, d.output, d.reasoning, d.output_unsplit, d.input_audio,
                d.cache_read_audio, d.output_audio, d.input_image, d.cache_read_image,
                d.output_image,
                d.last_recorded_at, d.last_corrected_at, d.other_quantities
            FROM usage_rollups_daily AS d
            WHERE d.org_id = $1 AND d.day_start >= $2 AND d.day_start < $3
        )
        SELECT 'day', coalesce(s.day_start, d.day_start),
            coalesce(s.dimension_set_id, d.dimension_set_id), coalesce(s.kind, d.kind),
            coalesce(s.currency, d.currency),
            ARRAY (
                SELECT key FROM jsonb_each(to_jsonb(s)) AS a
                FULL JOIN jsonb_each(to_jsonb(d)) AS b USING (key)
                WHERE a.value IS DISTINCT FROM b.value ORDER BY key)
        FROM summed AS s
        FULL JOIN stored AS d ON d.day_start = s.day_start
            AND d.dimension_set_id = s.dimension_set_id AND d.kind = s.kind AND d.currency = s.currency
        WHERE s IS DISTINCT FROM d
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

/// How many entries a day has, by its roll-ups.
struct SelectDayEntries: PostgresStatement {
    static let sql = """
        SELECT tally.bounded_count(coalesce(sum(r.entries), 0)) FROM (
            SELECT d.entries FROM usage_rollups_daily AS d WHERE d.org_id = $1 AND d.day_start = $2
            UNION ALL
            SELECT u.entries FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.last_bucket_start >= $2
                AND u.first_bucket_start < $2::timestamptz + interval '24 hours'
                AND u.bucket_start >= $2 AND u.bucket_start < $2::timestamptz + interval '24 hours'
        ) AS r
        """

    let organization: PostgresUUID
    let day: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(day)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 { try row.int64(0) }
}

extension RollupVerifier.Difference {
    init(row: PostgresRow) throws {
        guard let part = Part(rawValue: try row.string(0)) else {
            throw PostgresError(.unexpectedValue, message: "no part of roll-ups has this name")
        }
        self.init(
            part: part, time: try row.instant(1), dimensionSetID: try row.int64(2),
            kind: try row.int(3), currency: try row.string(4), fields: try row.strings(5))
    }
}
