import Core
import Domain
import Postgres

/// Appends what a commit adds to the roll-ups: one row, whatever it adds to.
struct InsertRollupDeltas: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    /// At least one, in the order of their keys, so that neighbours are alike and the arrays compress.
    let rollups: [(key: RollupKey, delta: RollupDelta)]
    let recordedAt: Instant

    static let sql = """
        INSERT INTO usage_rollup_deltas
            (org_id, recorded_at, first_bucket_start, last_bucket_start, bucket_start,
             dimension_set_id, kind, currency, entries, requests, amount_picos, unpriced_entries,
             unpriced_tokens, is_correction, input, cache_read, cache_write_5m, cache_write_30m,
             cache_write_1h, cache_write_12h, output, reasoning, output_unsplit, input_audio,
             cache_read_audio, output_audio, input_image, cache_read_image, output_image,
             other_quantities)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(recordedAt)
        bindings.append(rollups.first?.key.bucket)
        bindings.append(rollups.last?.key.bucket)
        bindings.append(rollups.map(\.key.bucket))
        bindings.append(rollups.map(\.key.dimensionSetID))
        bindings.append(rollups.map { Int64($0.key.kind.rawValue) })
        bindings.append(rollups.map(\.key.currency.code))
        append(to: &bindings, \.entries)
        append(to: &bindings, \.requests)
        bindings.append(rollups.map(\.delta.picos))
        append(to: &bindings, \.unpricedEntries)
        append(to: &bindings, \.unpricedTokens)
        if rollups.contains(where: \.delta.isCorrection) {
            bindings.append(rollups.map(\.delta.isCorrection))
        } else {
            bindings.append(nil as Bool?)
        }
        for index in 0..<RollupDelta.tokenClassCount {
            append(to: &bindings) { $0.tokens[index] }
        }
        let hasOthers = rollups.contains { !$0.delta.others.isEmpty }
        bindings.append(
            hasOthers
                ? rollups.map { _, delta -> String? in
                    guard !delta.others.isEmpty else { return nil }
                    let others = delta.others.sorted { $0.key < $1.key }
                    return JSONText.quantities(others.map { Quantity($0.key, $0.value) })
                } : nil)
    }

    /// A number for each roll-up, or null where all are 0.
    private func append(
        to bindings: inout PostgresBindings, _ number: (RollupDelta) -> Int64
    ) {
        let numbers = rollups.map { number($0.delta) }
        if numbers.contains(where: { $0 != 0 }) {
            bindings.append(numbers)
        } else {
            bindings.append(nil as Int64?)
        }
    }
}

/// Adds what the organization's commits have added to its roll-ups, those of days and of summed months too, each once.
///
/// For writers that have locked the organization's clock: nobody else of the organization adds any meanwhile,
/// so that it is enough to change the rows that are there and to insert the others. ON CONFLICT DO UPDATE
/// takes 1.7 times as long for a row that is there.
struct MergeRollupDeltas: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    /// What was recorded until then.
    let through: Instant

    static let sql = """
        WITH batch AS MATERIALIZED (
            SELECT u.bucket_start, u.dimension_set_id, u.kind, u.currency,
                tally.bounded_count(sum(u.entries)) AS entries,
                tally.bounded_count(sum(u.requests)) AS requests,
                sum(u.amount_picos) AS amount_picos,
                tally.bounded_count(sum(u.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(u.unpriced_tokens)) AS unpriced_tokens,
                tally.bounded_count(sum(u.input)) AS input,
                tally.bounded_count(sum(u.cache_read)) AS cache_read,
                tally.bounded_count(sum(u.cache_write_5m)) AS cache_write_5m,
                tally.bounded_count(sum(u.cache_write_30m)) AS cache_write_30m,
                tally.bounded_count(sum(u.cache_write_1h)) AS cache_write_1h,
                tally.bounded_count(sum(u.cache_write_12h)) AS cache_write_12h,
                tally.bounded_count(sum(u.output)) AS output,
                tally.bounded_count(sum(u.reasoning)) AS reasoning,
                tally.bounded_count(sum(u.output_unsplit)) AS output_unsplit,
                tally.bounded_count(sum(u.input_audio)) AS input_audio,
                tally.bounded_count(sum(u.cache_read_audio)) AS cache_read_audio,
                tally.bounded_count(sum(u.output_audio)) AS output_audio,
                tally.bounded_count(sum(u.input_image)) AS input_image,
                tally.bounded_count(sum(u.cache_read_image)) AS cache_read_image,
                tally.bounded_count(sum(u.output_image)) AS output_image,
                max(u.recorded_at) AS last_recorded_at,
                max(u.recorded_at) FILTER (WHERE u.is_correction) AS last_corrected_at,
                coalesce(tally.sum_quantities(u.other_quantities)
                    FILTER (WHERE u.other_quantities <> '{}'), '{}') AS other_quantities,
                row_number() OVER (
                    ORDER BY u.bucket_start, u.dimension_set_id, u.kind, u.currency) AS number
            FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.recorded_at <= $2
            GROUP BY u.bucket_start, u.dimension_set_id, u.kind, u.currency
            ORDER BY number
        ), changed AS (
            UPDATE usage_rollups AS r SET
                entries = tally.bounded_count(r.entries + b.entries),
                requests = tally.bounded_count(r.requests + b.requests),
                amount_picos = r.amount_picos + b.amount_picos,
                unpriced_entries = tally.bounded_count(r.unpriced_entries + b.unpriced_entries),
                unpriced_tokens = tally.bounded_count(r.unpriced_tokens + b.unpriced_tokens),
                input = tally.bounded_count(r.input + b.input),
                cache_read = tally.bounded_count(r.cache_read + b.cache_read),
                cache_write_5m = tally.bounded_count(r.cache_write_5m + b.cache_write_5m),
                cache_write_30m = tally.bounded_count(r.cache_write_30m + b.cache_write_30m),
                cache_write_1h = tally.bounded_count(r.cache_write_1h + b.cache_write_1h),
                cache_write_12h = tally.bounded_count(r.cache_write_12h + b.cache_write_12h),
                output = tally.bounded_count(r.output + b.output),
                reasoning = tally.bounded_count(r.reasoning + b.reasoning),
                output_unsplit = tally.bounded_count(r.output_unsplit + b.output_unsplit),
                input_audio = tally.bounded_count(r.input_audio + b.input_audio),
                cache_read_audio = tally.bounded_count(r.cache_read_audio + b.cache_read_audio),
                output_audio = tally.bounded_count(r.output_audio + b.output_audio),
                input_image = tally.bounded_count(r.input_image + b.input_image),
                cache_read_image = tally.bounded_count(r.cache_read_image + b.cache_read_image),
                output_image = tally.bounded_count(r.output_image + b.output_image),
                last_recorded_at = greatest(r.last_recorded_at, b.last_recorded_at),
                last_corrected_at = greatest(r.last_corrected_at, b.last_corrected_at),
                other_quantities = CASE WHEN b.other_quantities = '{}' THEN r.other_quantities
                    ELSE tally.add_quantities(r.other_quantities, b.other_quantities) END
            FROM batch AS b
            WHERE r.org_id = $1 AND r.bucket_start = b.bucket_start
                AND r.dimension_set_id = b.dimension_set_id AND r.kind = b.kind
                AND r.currency = b.currency
            RETURNING b.number
        ), added AS (
            INSERT INTO usage_rollups
                (org_id, bucket_start, dimension_set_id, kind, currency, entries, requests,
                 amount_picos, unpriced_entries, unpriced_tokens, input, cache_read,
                 cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h, output,
                 reasoning, output_unsplit, input_audio, cache_read_audio, output_audio,
                 input_image, cache_read_image, output_image, last_recorded_at, last_corrected_at,
                 other_quantities)
            SELECT $1, b.bucket_start, b.dimension_set_id, b.kind, b.currency, b.entries,
                b.requests, b.amount_picos, b.unpriced_entries, b.unpriced_tokens, b.input,
                b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h,
                b.cache_write_12h, b.output, b.reasoning, b.output_unsplit, b.input_audio,
                b.cache_read_audio, b.output_audio, b.input_image, b.cache_read_image,
                b.output_image, b.last_recorded_at, b.last_corrected_at, b.other_quantities
            FROM batch AS b
            WHERE b.number NOT IN (SELECT number FROM changed)
        ), days AS MATERIALIZED (
            SELECT date_bin('1 day', d.bucket_start, '1970-01-01 00:00+00') AS day_start,
                d.dimension_set_id, d.kind, d.currency,
                tally.bounded_count(sum(d.entries)) AS entries,
                tally.bounded_count(sum(d.requests)) AS requests,
                sum(d.amount_picos) AS amount_picos,
                tally.bounded_count(sum(d.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(d.unpriced_tokens)) AS unpriced_tokens,
                tally.bounded_count(sum(d.input)) AS input,
                tally.bounded_count(sum(d.cache_read)) AS cache_read,
                tally.bounded_count(sum(d.cache_write_5m)) AS cache_write_5m,
                tally.bounded_count(sum(d.cache_write_30m)) AS cache_write_30m,
                tally.bounded_count(sum(d.cache_write_1h)) AS cache_write_1h,
                tally.bounded_count(sum(d.cache_write_12h)) AS cache_write_12h,
                tally.bounded_count(sum(d.output)) AS output,
                tally.bounded_count(sum(d.reasoning)) AS reasoning,
                tally.bounded_count(sum(d.output_unsplit)) AS output_unsplit,
                tally.bounded_count(sum(d.input_audio)) AS input_audio,
                tally.bounded_count(sum(d.cache_read_audio)) AS cache_read_audio,
                tally.bounded_count(sum(d.output_audio)) AS output_audio,
                tally.bounded_count(sum(d.input_image)) AS input_image,
                tally.bounded_count(sum(d.cache_read_image)) AS cache_read_image,
                tally.bounded_count(sum(d.output_image)) AS output_image,
                max(d.last_recorded_at) AS last_recorded_at,
                max(d.last_corrected_at) AS last_corrected_at,
                coalesce(tally.sum_quantities(d.other_quantities)
                    FILTER (WHERE d.other_quantities <> '{}'), '{}') AS other_quantities,
                row_number() OVER (ORDER BY min(d.number)) AS number
            FROM batch AS d
            GROUP BY 1, 2, 3, 4
        ), changed_days AS (
            UPDATE usage_rollups_daily AS r SET
                entries = tally.bounded_count(r.entries + b.entries),
                requests = tally.bounded_count(r.requests + b.requests),
                amount_picos = r.amount_picos + b.amount_picos,
                unpriced_entries = tally.bounded_count(r.unpriced_entries + b.unpriced_entries),
                unpriced_tokens = tally.bounded_count(r.unpriced_tokens + b.unpriced_tokens),
                input = tally.bounded_count(r.input + b.input),
                cache_read = tally.bounded_count(r.cache_read + b.cache_read),
                cache_write_5m = tally.bounded_count(r.cache_write_5m + b.cache_write_5m),
                cache_write_30m = tally.bounded_count(r.cache_write_30m + b.cache_write_30m),
                cache_write_1h = tally.bounded_count(r.cache_write_1h + b.cache_write_1h),
                cache_write_12h = tally.bounded_count(r.cache_write_12h + b.cache_write_12h),
                output = tally.bounded_count(r.output + b.output),
                reasoning = tally.bounded_count(r.reasoning + b.reasoning),
                output_unsplit = tally.bounded_count(r.output_unsplit + b.output_unsplit),
                input_audio = tally.bounded_count(r.input_audio + b.input_audio),
                cache_read_audio = tally.bounded_count(r.cache_read_audio + b.cache_read_audio),
                output_audio = tally.bounded_count(r.output_audio + b.output_audio),
                input_image = tally.bounded_count(r.input_image + b.input_image),
                cache_read_image = tally.bounded_count(r.cache_read_image + b.cache_read_image),
                output_image = tally.bounded_count(r.output_image + b.output_image),
                last_recorded_at = greatest(r.last_recorded_at, b.last_recorded_at),
                last_corrected_at = greatest(r.last_corrected_at, b.last_corrected_at),
                other_quantities = CASE WHEN b.other_quantities = '{}' THEN r.other_quantities
                    ELSE tally.add_quantities(r.other_quantities, b.other_quantities) END
            FROM days AS b
            WHERE r.org_id = $1 AND r.day_start = b.day_start
                AND r.dimension_set_id = b.dimension_set_id AND r.kind = b.kind
                AND r.currency = b.currency
            RETURNING b.number
        ), months AS MATERIALIZED (
            SELECT date_trunc('month', d.day_start AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    AS month_start,
                d.dimension_set_id, d.kind, d.currency,
                tally.bounded_count(sum(d.entries)) AS entries,
                tally.bounded_count(sum(d.requests)) AS requests,
                sum(d.amount_picos) AS amount_picos,
                tally.bounded_count(sum(d.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(d.unpriced_tokens)) AS unpriced_tokens,
                tally.bounded_count(sum(
                    d.input + d.cache_read + d.cache_write_5m + d.cache_write_30m + d.cache_write_1h +
                    d.cache_write_12h + d.output + d.reasoning + d.output_unsplit +
                    d.input_audio + d.cache_read_audio + d.output_audio + d.input_image +
                    d.cache_read_image + d.output_image)) AS tokens,
                max(d.last_recorded_at) AS last_recorded_at,
                row_number() OVER (ORDER BY min(d.number)) AS number
            FROM days AS d
            WHERE d.day_start >= (
                SELECT CASE WHEN c.rollup_months_merged_through = c.rollups_merged_through
                    THEN c.rollup_months_from ELSE 'infinity' END
                FROM ledger_clocks AS c WHERE c.org_id = $1)
            GROUP BY 1, 2, 3, 4
        ), changed_months AS (
            UPDATE usage_rollups_monthly AS r SET
                entries = tally.bounded_count(r.entries + b.entries),
                requests = tally.bounded_count(r.requests + b.requests),
                amount_picos = r.amount_picos + b.amount_picos,
                unpriced_entries = tally.bounded_count(r.unpriced_entries + b.unpriced_entries),
                unpriced_tokens = tally.bounded_count(r.unpriced_tokens + b.unpriced_tokens),
                tokens = tally.bounded_count(r.tokens + b.tokens),
                last_recorded_at = greatest(r.last_recorded_at, b.last_recorded_at)
            FROM months AS b
            WHERE r.org_id = $1 AND r.month_start = b.month_start
                AND r.dimension_set_id = b.dimension_set_id AND r.kind = b.kind
                AND r.currency = b.currency
            RETURNING b.number
        ), added_months AS (
            INSERT INTO usage_rollups_monthly
                (org_id, month_start, dimension_set_id, kind, currency, entries, requests,
                 amount_picos, unpriced_entries, unpriced_tokens, tokens, last_recorded_at)
            SELECT $1, b.month_start, b.dimension_set_id, b.kind, b.currency, b.entries,
                b.requests, b.amount_picos, b.unpriced_entries, b.unpriced_tokens, b.tokens,
                b.last_recorded_at
            FROM months AS b
            WHERE b.number NOT IN (SELECT number FROM changed_months)
        )
        INSERT INTO usage_rollups_daily
            (org_id, day_start, dimension_set_id, kind, currency, entries, requests,
             amount_picos, unpriced_entries, unpriced_tokens, input, cache_read,
             cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h, output,
             reasoning, output_unsplit, input_audio, cache_read_audio, output_audio,
             input_image, cache_read_image, output_image, last_recorded_at, last_corrected_at,
             other_quantities)
        SELECT $1, b.day_start, b.dimension_set_id, b.kind, b.currency, b.entries, b.requests,
            b.amount_picos, b.unpriced_entries, b.unpriced_tokens, b.input, b.cache_read,
            b.cache_write_5m, b.cache_write_30m, b.cache_write_1h, b.cache_write_12h,
            b.output, b.reasoning, b.output_unsplit, b.input_audio, b.cache_read_audio,
            b.output_audio, b.input_image, b.cache_read_image, b.output_image,
            b.last_recorded_at, b.last_corrected_at, b.other_quantities
        FROM days AS b
        WHERE b.number NOT IN (SELECT number FROM changed_days)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(through)
    }
}

/// Deletes what has been merged, which the clock says before.
struct DeleteMergedDeltas: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let through: Instant

    static let sql = "DELETE FROM usage_rollup_deltas WHERE org_id = $1 AND recorded_at <= $2"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(through)
    }
}
