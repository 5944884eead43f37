import Core
import Domain
import Postgres

/// Some blocks of an organization's metered events, as they were recorded: what each event used and what it
/// was recorded to cost. Blocks at the edges of the span have events outside of it, too.
struct SelectMeteredEvents: PostgresStatement {
    struct Row: Sendable {
        /// What the next page comes after.
        let block: Int64
        let time: Instant
        let dimensionSetID: Int64
        let state: UsageState
        /// Nil: unpriced.
        let amountPicos: Int64?
        let quantities: UsageQuantities
    }

    let organization: PostgresUUID
    let from: Instant
    /// First instant behind the span.
    let through: Instant
    /// The last block known; before the first page -1.
    var afterBlock: Int64
    let blockLimit: Int

    // A block is of one month, so the beginning of the span's tells which parts need not be looked at.
    static let sql = """
        SELECT b.first_entry_id, v.event_time, v.dimension_set_id,
            coalesce(v.usage_state, 1::smallint), v.amount_picos,
            v.input, v.cache_read, v.cache_write_5m, v.cache_write_30m, v.cache_write_1h,
            v.cache_write_12h, v.output, v.reasoning, v.output_unsplit, v.input_audio,
            v.cache_read_audio, v.output_audio, v.input_image, v.cache_read_image, v.output_image,
            CASE WHEN v.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(v.other_quantities) q ORDER BY q.key) END,
            CASE WHEN v.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.value::bigint FROM jsonb_each_text(v.other_quantities) q
                ORDER BY q.key) END
        FROM (
            SELECT * FROM usage_event_blocks
            WHERE org_id = $1 AND last_event_time >= $2 AND first_event_time < $3
                AND first_event_time >=
                    date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                AND first_entry_id > $4
            ORDER BY first_entry_id LIMIT $5
        ) AS b
        CROSS JOIN LATERAL unnest(
            b.event_time, b.dimension_set_id, b.usage_state, b.amount_picos,
            b.input, b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h,
            b.cache_write_12h, b.output, b.reasoning, b.output_unsplit, b.input_audio,
            b.cache_read_audio, b.output_audio, b.input_image, b.cache_read_image, b.output_image, b.other_quantities)
            AS v (
                event_time, dimension_set_id, usage_state, amount_picos,
                input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h,
                output, reasoning, output_unsplit, input_audio, cache_read_audio, output_audio,
                input_image, cache_read_image, output_image, other_quantities)
        ORDER BY b.first_entry_id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
        bindings.append(afterBlock)
        bindings.append(blockLimit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        guard let state = UsageState(rawValue: Int16(truncatingIfNeeded: try row.int64(3))) else {
            throw PostgresError(.unexpectedValue, message: "no usage state has this number")
        }
        return Row(
            block: try row.int64(0), time: try row.instant(1), dimensionSetID: try row.int64(2),
            state: state, amountPicos: try row.optionalInt64(4),
            quantities: try UsageQuantities(row: row, tokensAt: 5, othersAt: 20, zeros: true))
    }
}
