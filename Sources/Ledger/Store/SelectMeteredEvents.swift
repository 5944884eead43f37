import Core
import Domain
import Postgres

/// Some blocks of an organization's metered events, as they were recorded. Blocks at the edges of the span
/// have events outside of it, too.
struct SelectMeteredEvents: PostgresStatement {
    struct Row: Sendable {
        /// What the next page comes after.
        let block: Int64
        let event: SelectRecordedEvents.Row
    }

    let organization: PostgresUUID
    let from: Instant
    /// First instant behind the span.
    let through: Instant
    /// The last block known; before the first page -1.
    let afterBlock: Int64
    /// Blocks are read until they have so many events; one at least.
    let eventLimit: Int
    /// Only blocks that may have an event without a price: one that was recorded so, or lost it since.
    let isOfUnpricedOnly: Bool

    // A block is of one month, so the beginning of the span's tells which parts need not be looked at; and a
    // batch has at most 10,000 events, whose numbers follow one another. The columns are those of SelectRecordedEvents, and the block.
    static let sql = """
        SELECT b.first_entry_id + coalesce(v.entry_offset, v.number - 1), v.event_time, b.recorded_at,
            v.event_id, v.dimension_set_id, b.currency, v.amount_picos, v.price_version_id,
            coalesce(v.usage_state, 1::smallint), coalesce(v.status, 1::smallint),
            coalesce(v.latency_ms, 0), coalesce(v.attempt, 0), coalesce(v.session, ''), coalesce(v.run, ''),
            v.input, v.cache_read, v.cache_write_5m, v.cache_write_30m, v.cache_write_1h, v.cache_write_12h,
            v.output, v.reasoning, v.output_unsplit, v.input_audio, v.cache_read_audio, v.output_audio,
            v.input_image, v.cache_read_image, v.output_image,
            CASE WHEN v.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(v.other_quantities) q ORDER BY q.key) END,
            CASE WHEN v.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.value::bigint FROM jsonb_each_text(v.other_quantities) q
                ORDER BY q.key) END,
            v.provider_cost_picos, v.provider_cost_currency, b.first_entry_id
        FROM (
            SELECT k.*, sum(events) OVER (ORDER BY first_entry_id) - events AS events_before
            FROM usage_event_blocks AS k
            WHERE org_id = $1 AND last_event_time >= $2 AND first_event_time < $3
                AND first_event_time >=
                    date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                AND first_entry_id > $4
                AND (NOT $6 OR unpriced_events > 0 OR EXISTS (
                    SELECT FROM usage_entries AS e
                    WHERE e.org_id = $1
                        AND e.event_time BETWEEN k.first_event_time AND k.last_event_time
                        AND e.root_entry_id BETWEEN k.first_entry_id AND k.first_entry_id + 10000
                        AND e.amount_picos IS NULL))
            ORDER BY first_entry_id LIMIT $5
        ) AS b
        CROSS JOIN LATERAL unnest(
            b.entry_offset, b.event_time, b.event_id, b.dimension_set_id, b.price_version_id, b.amount_picos,
            b.usage_state, b.status, b.latency_ms, b.attempt, b.session, b.run,
            b.input, b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h, b.cache_write_12h,
            b.output, b.reasoning, b.output_unsplit, b.input_audio, b.cache_read_audio, b.output_audio,
            b.input_image, b.cache_read_image, b.output_image, b.other_quantities,
            b.provider_cost_picos, b.provider_cost_currency)
            WITH ORDINALITY AS v (
                entry_offset, event_time, event_id, dimension_set_id, price_version_id, amount_picos,
                usage_state, status, latency_ms, attempt, session, run,
                input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h,
                output, reasoning, output_unsplit, input_audio, cache_read_audio, output_audio,
                input_image, cache_read_image, output_image, other_quantities,
                provider_cost_picos, provider_cost_currency, number)
        WHERE b.events_before < $5
        ORDER BY b.first_entry_id, v.number
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
        bindings.append(afterBlock)
        bindings.append(eventLimit)
        bindings.append(isOfUnpricedOnly)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(block: try row.int64(33), event: try SelectRecordedEvents.decode(row))
    }
}
