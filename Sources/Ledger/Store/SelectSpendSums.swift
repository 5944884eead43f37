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
        /// Position of the step; nil for what was recorded on the days around the steps, whose amounts are
        /// not of the window.
        let step: Int?
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

    // Counts beyond 64 bits stay at the largest number, as in every sum for people. OFFSET 0 keeps the planner
    // from reading all roll-ups of the organization once instead of each span by the index. What is not merged
    // is unnested where it is selected, which takes a quarter of the time that the rows of a function do; an
    // array that is null has no elements there, as in `unmerged_usage_rollups`. A set that a month has, but none of
    // the step's days, is none of the step's.
    static let sql = """
        WITH parts AS (
            SELECT s.number, r.dimension_set_id, r.kind, r.currency, true AS is_of_months, r.entries,
                r.amount_picos, r.requests, r.unpriced_entries, r.unpriced_tokens, r.last_recorded_at,
                r.tokens
            FROM unnest($12::bigint[], $13::timestamptz[], $14::timestamptz[])
                AS s (number, first_month, month_after)
            CROSS JOIN LATERAL (
                SELECT * FROM usage_rollups_monthly AS m
                WHERE m.org_id = $1 AND m.month_start >= s.first_month
                    AND m.month_start < s.month_after
                OFFSET 0) AS r
            UNION ALL
            SELECT s.number, r.dimension_set_id, r.kind, r.currency, false, s.sign * r.entries,
                s.sign * r.amount_picos, s.sign * r.requests, s.sign * r.unpriced_entries,
                s.sign * r.unpriced_tokens, r.last_recorded_at,
                s.sign * (r.input + r.cache_read + r.cache_write_5m + r.cache_write_30m +
                r.cache_write_1h + r.cache_write_12h + r.output + r.reasoning + r.output_unsplit +
                r.input_audio + r.cache_read_audio + r.output_audio + r.input_image +
                r.cache_read_image + r.output_image)
            FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $15::bigint[])
                AS s (number, first_day, day_after, sign)
            CROSS JOIN LATERAL (
                SELECT * FROM usage_rollups_daily AS d
                WHERE d.org_id = $1 AND d.day_start >= s.first_day AND d.day_start < s.day_after
                OFFSET 0) AS r
            UNION ALL
            SELECT s.number, r.dimension_set_id, r.kind, r.currency, false, s.sign * r.entries,
                s.sign * r.amount_picos, s.sign * r.requests, s.sign * r.unpriced_entries,
                s.sign * r.unpriced_tokens, r.last_recorded_at,
                s.sign * (r.input + r.cache_read + r.cache_write_5m + r.cache_write_30m +
                r.cache_write_1h + r.cache_write_12h + r.output + r.reasoning + r.output_unsplit +
                r.input_audio + r.cache_read_audio + r.output_audio + r.input_image +
                r.cache_read_image + r.output_image)
            FROM unnest($5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::bigint[])
                AS s (number, begins, ends, sign)
            CROSS JOIN LATERAL (
                SELECT * FROM usage_rollups AS q
                WHERE q.org_id = $1 AND q.bucket_start >= s.begins AND q.bucket_start < s.ends
                OFFSET 0) AS r
            UNION ALL
            SELECT width_bucket(u.bucket_start, $9::timestamptz[]) % cardinality($9::timestamptz[]),
                u.dimension_set_id, u.kind, u.currency, false, coalesce(u.entries, 0),
                coalesce(u.amount_picos, 0), coalesce(u.requests, 0),
                coalesce(u.unpriced_entries, 0), coalesce(u.unpriced_tokens, 0), u.recorded_at,
                coalesce(u.input, 0) + coalesce(u.cache_read, 0) + coalesce(u.cache_write_5m, 0) +
                coalesce(u.cache_write_30m, 0) + coalesce(u.cache_write_1h, 0) +
                coalesce(u.cache_write_12h, 0) + coalesce(u.output, 0) + coalesce(u.reasoning, 0) +
                coalesce(u.output_unsplit, 0) + coalesce(u.input_audio, 0) +
                coalesce(u.cache_read_audio, 0) + coalesce(u.output_audio, 0) +
                coalesce(u.input_image, 0) + coalesce(u.cache_read_image, 0) +
                coalesce(u.output_image, 0)
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
                WHERE d.org_id = $1 AND d.last_bucket_start >= $10 AND d.first_bucket_start < $11
            ) AS u
            WHERE u.bucket_start >= $10 AND u.bucket_start < $11
        )
        SELECT p.number, p.dimension_set_id, p.kind, p.currency, sum(p.amount_picos),
            greatest(least(sum(p.requests), 9223372036854775807), -9223372036854775807)::bigint,
            greatest(least(sum(p.tokens), 9223372036854775807), -9223372036854775807)::bigint,
            greatest(least(sum(p.unpriced_entries), 9223372036854775807), -9223372036854775807)::bigint,
            greatest(least(sum(p.unpriced_tokens), 9223372036854775807), -9223372036854775807)::bigint,
            max(p.last_recorded_at)
        FROM parts AS p
        GROUP BY p.number, p.dimension_set_id, p.kind, p.currency
        HAVING p.dimension_set_id NOT IN (
            SELECT d.id FROM dimension_sets AS d WHERE d.org_id = $1 AND d.connection_id IS NOT NULL)
            AND NOT (bool_or(p.is_of_months) AND sum(p.entries) = 0 AND sum(p.amount_picos) = 0
                AND sum(p.requests) = 0 AND sum(p.tokens) = 0 AND sum(p.unpriced_entries) = 0
                AND sum(p.unpriced_tokens) = 0)
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
        let number = try row.int64(0)
        return Row(
            step: number == SpendSpans.around ? nil : Int(number) - 1,
            dimensionSetID: try row.int64(1), kind: try RollupRow.Kind(row: row, at: 2),
            amount: Money(picos: try row.int128(4), currency: try Currency(try row.string(3))),
            requests: try row.int64(5), tokens: try row.int64(6),
            unpricedEntries: try row.int64(7), unpricedTokens: try row.int64(8),
            lastRecordedAt: try row.instant(9))
    }
}
