import Core
import Domain
import Postgres

/// Lets what a report sums be summed by hashes: roll-ups are expected to be of ten times as many sets as they are, for
/// which there would be no room but by sorting them, which takes longer. Until the transaction ends.
struct HaveRoomForHashes: PostgresStatement {
    typealias Row = Void

    static let sql = "SELECT set_config('hash_mem_multiplier', '8', true)"

    func bind(into bindings: inout PostgresBindings) {}
}

/// What sets without a connection come to in each step of a window.
struct SelectSpendSums: PostgresStatement {
    struct Row: Sendable {
        /// Position of the step. A set that has something only on the days around the steps comes with no figures.
        let step: Int
        let dimensionSetID: Int64
        let kind: RollupRow.Kind
        let amount: Money
        let requests: Int64
        let tokens: Int64
        let unpricedEntries: Int64
        let unpricedTokens: Int64
        /// Of the whole days, or months, that the step touches, as far as they were read.
        let lastRecordedAt: Instant
    }

    let organization: PostgresUUID
    let spans: SpendSpans

    /// What is summed of a row of roll-ups, its tokens of every class as one.
    private static func columns(of row: String) -> String {
        """
        \(row).dimension_set_id, \(row).kind, \(row).currency, \(row).entries, \(row).amount_picos,
        \(row).requests, \(row).unpriced_entries, \(row).unpriced_tokens,
        \(row).input + \(row).cache_read + \(row).cache_write_5m + \(row).cache_write_30m +
        \(row).cache_write_1h + \(row).cache_write_12h + \(row).output + \(row).reasoning + \(row).output_unsplit +
        \(row).input_audio + \(row).cache_read_audio + \(row).output_audio + \(row).input_image +
        \(row).cache_read_image + \(row).output_image AS tokens,
        \(row).last_recorded_at
        """
    }

    // Counts beyond 64 bits stay at the largest number, as in every sum for people. OFFSET 0 keeps the planner
    // from reading all roll-ups of the organization once instead of each span by the index, and from looking up the
    // place of what is not merged for each use of it. What is not merged is unnested where it is selected, which takes a
    // quarter of the time that the rows of a function do; an array that is null has no elements there, as in
    // `unmerged_usage_rollups`. A set that a month has, but none of the step's days, is none of the step's. To
    // multiply an amount, which is numeric, by its sign would take longer than to tell the signs apart.
    static let sql = """
        WITH parts AS (
            SELECT s.number, r.dimension_set_id, r.kind, r.currency, true AS is_of_month, 1::bigint AS sign,
                r.entries, r.amount_picos, r.requests, r.unpriced_entries, r.unpriced_tokens,
                r.tokens, r.last_recorded_at
            FROM unnest($12::bigint[], $13::timestamptz[], $14::timestamptz[])
                AS s (number, first_month, month_after)
            CROSS JOIN LATERAL (
                SELECT m.dimension_set_id, m.kind, m.currency, m.entries, m.amount_picos, m.requests,
                    m.unpriced_entries, m.unpriced_tokens, m.tokens, m.last_recorded_at
                FROM usage_rollups_monthly AS m
                WHERE m.org_id = $1 AND m.month_start >= s.first_month
                    AND m.month_start < s.month_after
                OFFSET 0) AS r
            UNION ALL
            SELECT s.number, r.dimension_set_id, r.kind, r.currency, false, s.sign,
                r.entries, r.amount_picos, r.requests, r.unpriced_entries, r.unpriced_tokens,
                r.tokens, r.last_recorded_at
            FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $15::bigint[])
                AS s (number, first_day, day_after, sign)
            CROSS JOIN LATERAL (
                SELECT \(columns(of: "d"))
                FROM usage_rollups_daily AS d
                WHERE d.org_id = $1 AND d.day_start >= s.first_day AND d.day_start < s.day_after
                OFFSET 0) AS r
            UNION ALL
            SELECT s.number, r.dimension_set_id, r.kind, r.currency, false, s.sign,
                r.entries, r.amount_picos, r.requests, r.unpriced_entries, r.unpriced_tokens,
                r.tokens, r.last_recorded_at
            FROM unnest($5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::bigint[])
                AS s (number, begins, ends, sign)
            CROSS JOIN LATERAL (
                SELECT \(columns(of: "q"))
                FROM usage_rollups AS q
                WHERE q.org_id = $1 AND q.bucket_start >= s.begins AND q.bucket_start < s.ends
                OFFSET 0) AS r
            UNION ALL
            SELECT greatest(1, least(u.place, cardinality($9::timestamptz[]) - 1)), u.dimension_set_id,
                u.kind, u.currency, false,
                (u.place > 0 AND u.place < cardinality($9::timestamptz[]))::int::bigint,
                coalesce(u.entries, 0), coalesce(u.amount_picos, 0), coalesce(u.requests, 0),
                coalesce(u.unpriced_entries, 0), coalesce(u.unpriced_tokens, 0),
                coalesce(u.input, 0) + coalesce(u.cache_read, 0) + coalesce(u.cache_write_5m, 0) +
                coalesce(u.cache_write_30m, 0) + coalesce(u.cache_write_1h, 0) +
                coalesce(u.cache_write_12h, 0) + coalesce(u.output, 0) + coalesce(u.reasoning, 0) +
                coalesce(u.output_unsplit, 0) + coalesce(u.input_audio, 0) +
                coalesce(u.cache_read_audio, 0) + coalesce(u.output_audio, 0) +
                coalesce(u.input_image, 0) + coalesce(u.cache_read_image, 0) +
                coalesce(u.output_image, 0),
                u.recorded_at
            FROM (
                SELECT w.*, width_bucket(w.bucket_start, $9::timestamptz[]) AS place
                FROM (
                    SELECT d.recorded_at, unnest(d.bucket_start) AS bucket_start,
                        unnest(d.dimension_set_id) AS dimension_set_id, unnest(d.kind) AS kind,
                        unnest(d.currency) AS currency, unnest(d.entries) AS entries,
                        unnest(d.amount_picos) AS amount_picos,
                        unnest(d.requests) AS requests,
                        unnest(d.unpriced_entries) AS unpriced_entries,
                        unnest(d.unpriced_tokens) AS unpriced_tokens, unnest(d.input) AS input,
                        unnest(d.cache_read) AS cache_read, unnest(d.cache_write_5m) AS cache_write_5m,
                        unnest(d.cache_write_30m) AS cache_write_30m,
                        unnest(d.cache_write_1h) AS cache_write_1h,
                        unnest(d.cache_write_12h) AS cache_write_12h, unnest(d.output) AS output,
                        unnest(d.reasoning) AS reasoning, unnest(d.output_unsplit) AS output_unsplit,
                        unnest(d.input_audio) AS input_audio,
                        unnest(d.cache_read_audio) AS cache_read_audio,
                        unnest(d.output_audio) AS output_audio, unnest(d.input_image) AS input_image,
                        unnest(d.cache_read_image) AS cache_read_image,
                        unnest(d.output_image) AS output_image
                    FROM usage_rollup_deltas AS d
                    WHERE d.org_id = $1 AND d.last_bucket_start >= $10
                        AND d.first_bucket_start < $11
                ) AS w
                WHERE w.bucket_start >= $10 AND w.bucket_start < $11
                OFFSET 0
            ) AS u
        ), sums AS (
            SELECT p.number, p.dimension_set_id, p.kind, p.currency,
                sum(CASE p.sign WHEN 1 THEN p.amount_picos WHEN -1 THEN -p.amount_picos ELSE 0 END)
                    AS amount_picos,
                sum(p.sign * p.entries) AS entries, sum(p.sign * p.requests) AS requests,
                sum(p.sign * p.tokens) AS tokens, sum(p.sign * p.unpriced_entries) AS unpriced_entries,
                sum(p.sign * p.unpriced_tokens) AS unpriced_tokens,
                bool_or(p.is_of_month) AS is_of_month, max(p.last_recorded_at) AS last_recorded_at,
                max(p.last_recorded_at) FILTER (WHERE p.sign = 0) AS last_recorded_around
            FROM parts AS p
            GROUP BY p.number, p.dimension_set_id, p.kind, p.currency
        ), told AS (
            SELECT s.*, s.is_of_month AND s.entries = 0 AND s.amount_picos = 0 AND s.requests = 0
                AND s.tokens = 0 AND s.unpriced_entries = 0 AND s.unpriced_tokens = 0 AS is_nothing
            FROM sums AS s
        )
        SELECT t.number, t.dimension_set_id, t.kind, t.currency, t.amount_picos,
            greatest(least(t.requests, 9223372036854775807), -9223372036854775807)::bigint,
            greatest(least(t.tokens, 9223372036854775807), -9223372036854775807)::bigint,
            greatest(least(t.unpriced_entries, 9223372036854775807), -9223372036854775807)::bigint,
            greatest(least(t.unpriced_tokens, 9223372036854775807), -9223372036854775807)::bigint,
            CASE WHEN t.is_nothing THEN t.last_recorded_around ELSE t.last_recorded_at END
        FROM told AS t
        WHERE t.dimension_set_id NOT IN (
                SELECT d.id FROM dimension_sets AS d
                WHERE d.org_id = $1 AND d.connection_id IS NOT NULL)
            AND NOT (t.is_nothing AND t.last_recorded_around IS NULL)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(spans.wholeDays.map(\.number))
        bindings.append(spans.wholeDays.map(\.span.lowerBound))
        bindings.append(spans.wholeDays.map(\.span.upperBound))
        bindings.append(spans.quarters.map(\.number))
        bindings.append(spans.quarters.map(\.span.lowerBound))
        bindings.append(spans.quarters.map(\.span.upperBound))
        bindings.append(spans.quarters.map(\.sign))
        bindings.append(spans.bounds)
        bindings.append(spans.days.lowerBound)
        bindings.append(spans.days.upperBound)
        bindings.append(spans.wholeMonths.map(\.number))
        bindings.append(spans.wholeMonths.map(\.span.lowerBound))
        bindings.append(spans.wholeMonths.map(\.span.upperBound))
        bindings.append(spans.wholeDays.map(\.sign))
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            step: Int(try row.int64(0)) - 1,
            dimensionSetID: try row.int64(1), kind: try RollupRow.Kind(row: row, at: 2),
            amount: Money(picos: try row.int128(4), currency: try Currency(try row.string(3))),
            requests: try row.int64(5), tokens: try row.int64(6),
            unpricedEntries: try row.int64(7), unpricedTokens: try row.int64(8),
            lastRecordedAt: try row.instant(9))
    }
}
