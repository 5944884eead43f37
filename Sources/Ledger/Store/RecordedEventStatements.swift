import Core
import Domain
import Postgres

/// Events as they were recorded, out of their blocks.
struct SelectRecordedEvents: PostgresStatement {
    struct Row: Sendable {
        let entryID: Int64
        let time: Instant
        let recordedAt: Instant
        let id: String
        let dimensionSetID: Int64
        let figures: Figures
        let status: EventStatus
        let latencyMilliseconds: Int64
        let attempt: Int32
        let session: String
        let run: String
        let providerCost: ProviderCost?
    }

    let organization: PostgresUUID
    let entryIDs: [Int64]
    let times: [Instant]

    // Each block is read once, however many of its events are asked for. A batch has at most 10,000 events, so a block
    // begins at most so many numbers before its event, and within its event's month; the last that does is mostly it.
    // Where it has gaps, its events' numbers are read once, too, and only for an event that it turns out not to have are
    // the blocks before it looked through: one of the batch's other currency may begin between.
    // How many rows the parameters have a prepared plan does not know, so nothing here lets it join them by comparing each
    // with each: blocks are looked up by their keys, one by one (LIMIT 1), and numbers in a table of hashes (IS TRUE, NOT
    // IN), which is made where it is expected to fit (LIMIT 10000; what that leaves out is looked for among all blocks).
    static let sql = """
        WITH asked AS MATERIALIZED (
            SELECT r.entry_id, r.event_time
            FROM unnest($2::bigint[], $3::timestamptz[]) AS r (entry_id, event_time)
        ), nearest AS MATERIALIZED (
            SELECT r.entry_id, r.event_time, f.first_entry_id, f.first_event_time, f.has_gaps
            FROM asked AS r
            CROSS JOIN LATERAL (
                SELECT b.first_entry_id, b.first_event_time, b.entry_offset IS NOT NULL AS has_gaps
                FROM usage_event_blocks AS b
                WHERE b.org_id = $1 AND b.first_entry_id BETWEEN r.entry_id - 10000 AND r.entry_id
                    AND b.first_event_time BETWEEN
                        (date_trunc('month', r.event_time AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
                        AND r.event_time
                    AND b.last_event_time >= r.event_time
                    AND (b.entry_offset IS NOT NULL OR r.entry_id < b.first_entry_id + b.events)
                ORDER BY b.first_entry_id DESC LIMIT 1) AS f
        ), numbers AS MATERIALIZED (
            SELECT b.first_entry_id + o.entry_offset AS entry_id
            FROM (
                SELECT DISTINCT n.first_entry_id, n.first_event_time
                FROM nearest AS n WHERE n.has_gaps) AS f
            CROSS JOIN LATERAL (
                SELECT b.first_entry_id, b.entry_offset FROM usage_event_blocks AS b
                WHERE b.org_id = $1 AND b.first_entry_id = f.first_entry_id
                    AND b.first_event_time = f.first_event_time LIMIT 1) AS b
            CROSS JOIN LATERAL unnest(b.entry_offset) AS o (entry_offset)
            WHERE (b.first_entry_id + o.entry_offset IN (SELECT r.entry_id FROM asked AS r)) IS TRUE
            LIMIT 10000
        ), blocks AS MATERIALIZED (
            SELECT n.first_entry_id, n.first_event_time FROM nearest AS n
            UNION
            SELECT f.first_entry_id, f.first_event_time
            FROM nearest AS n
            CROSS JOIN LATERAL (
                SELECT b.first_entry_id, b.first_event_time FROM usage_event_blocks AS b
                WHERE b.org_id = $1
                    AND b.first_entry_id BETWEEN n.entry_id - 10000 AND n.first_entry_id - 1
                    AND b.first_event_time BETWEEN
                        (date_trunc('month', n.event_time AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
                        AND n.event_time
                    AND b.last_event_time >= n.event_time
                    AND CASE WHEN b.entry_offset IS NULL
                        THEN n.entry_id < b.first_entry_id + b.events
                        ELSE n.entry_id - b.first_entry_id = ANY (b.entry_offset) END
                ORDER BY b.first_entry_id DESC LIMIT 1) AS f
            WHERE n.has_gaps AND n.entry_id NOT IN (SELECT m.entry_id FROM numbers AS m)
        )
        SELECT e.entry_id, e.event_time, b.recorded_at, e.event_id, e.dimension_set_id, b.currency,
            e.amount_picos, e.price_version_id, coalesce(e.usage_state, 1::smallint),
            coalesce(e.status, 1::smallint), coalesce(e.latency_ms, 0), coalesce(e.attempt, 0),
            coalesce(e.session, ''), coalesce(e.run, ''),
            e.input, e.cache_read, e.cache_write_5m, e.cache_write_30m, e.cache_write_1h, e.cache_write_12h,
            e.output, e.reasoning, e.output_unsplit, e.input_audio, e.cache_read_audio, e.output_audio,
            e.input_image, e.cache_read_image, e.output_image,
            CASE WHEN e.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(e.other_quantities) q ORDER BY q.key) END,
            CASE WHEN e.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.value::bigint FROM jsonb_each_text(e.other_quantities) q
                ORDER BY q.key) END,
            e.provider_cost_picos, e.provider_cost_currency
        FROM blocks AS f
        CROSS JOIN LATERAL (
            SELECT b.* FROM usage_event_blocks AS b
            WHERE b.org_id = $1 AND b.first_entry_id = f.first_entry_id
                AND b.first_event_time = f.first_event_time LIMIT 1) AS b
        CROSS JOIN LATERAL (
            SELECT b.first_entry_id + coalesce(v.entry_offset, v.number - 1) AS entry_id, v.*
            FROM unnest(
                b.entry_offset, b.event_time, b.event_id, b.dimension_set_id, b.price_version_id,
                b.amount_picos, b.usage_state, b.status, b.latency_ms, b.attempt, b.session, b.run,
                b.input, b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h,
                b.cache_write_12h, b.output, b.reasoning, b.output_unsplit, b.input_audio,
                b.cache_read_audio, b.output_audio, b.input_image, b.cache_read_image,
                b.output_image, b.other_quantities, b.provider_cost_picos, b.provider_cost_currency)
                WITH ORDINALITY AS v (
                    entry_offset, event_time, event_id, dimension_set_id, price_version_id,
                    amount_picos, usage_state, status, latency_ms, attempt, session, run,
                    input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h,
                    cache_write_12h, output, reasoning, output_unsplit, input_audio,
                    cache_read_audio, output_audio, input_image, cache_read_image,
                    output_image, other_quantities, provider_cost_picos, provider_cost_currency,
                    number)) AS e
        WHERE (e.entry_id IN (SELECT r.entry_id FROM asked AS r)) IS TRUE
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(entryIDs)
        bindings.append(times)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        var figures = Figures()
        figures.currency = try Currency(try row.string(5))
        let picos = try row.optionalInt64(6)
        figures.picos = Int128(picos ?? 0)
        figures.isUnpriced = picos == nil
        figures.priceVersion = try row.optionalInt64(7)
        figures.state =
            UsageState(rawValue: Int16(truncatingIfNeeded: try row.int64(8))) ?? .reported
        figures.quantities = try UsageQuantities(row: row, tokensAt: 14, othersAt: 29, zeros: true)
        figures.requests = 1
        return Row(
            entryID: try row.int64(0), time: try row.instant(1), recordedAt: try row.instant(2),
            id: try row.string(3), dimensionSetID: try row.int64(4), figures: figures,
            status: EventStatus(rawValue: Int16(truncatingIfNeeded: try row.int64(9))) ?? .ok,
            latencyMilliseconds: try row.int64(10), attempt: try row.int32(11),
            session: try row.string(12), run: try row.string(13),
            providerCost: try row.optionalInt64(31).map {
                ProviderCost(picos: $0, currency: try Currency(try row.string(32)))
            })
    }
}
