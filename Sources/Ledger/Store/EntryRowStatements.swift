import Core
import Domain
import Postgres

/// An entry without its dimensions.
struct EntryRow: Sendable {
    /// Number of its block; of what is kept as a row the entry's own.
    let page: Int64
    let entryID: Int64
    let kind: EntryKind
    /// What it is keyed by; empty for events in blocks.
    let source: String
    let eventID: String
    let eventTime: Instant
    let recordedAt: Instant
    let rootEntryID: Int64?
    let correctionNumber: Int32
    let reason: String
    let currency: Currency
    let picos: Int128?
    let priceVersion: Int64?
    let state: UsageState
    let status: EventStatus
    let requests: Int64
    let latencyMilliseconds: Int64
    let attempt: Int32
    let session: String
    let run: String
    let dimensionSetID: Int64
    let quantities: UsageQuantities
    let bookedAt: Instant
    let providerCost: ProviderCost?

    init(row: PostgresRow) throws {
        guard let kind = EntryKind(rawValue: Int16(truncatingIfNeeded: try row.int64(2))),
            let state = UsageState(rawValue: Int16(truncatingIfNeeded: try row.int64(13))),
            let status = EventStatus(rawValue: Int16(truncatingIfNeeded: try row.int64(14)))
        else {
            throw PostgresError(
                .unexpectedValue, message: "no kind, usage state or status has this number")
        }
        page = try row.int64(0)
        entryID = try row.int64(1)
        self.kind = kind
        source = try row.string(3)
        eventID = try row.string(4)
        eventTime = try row.instant(5)
        recordedAt = try row.instant(6)
        rootEntryID = try row.optionalInt64(7)
        correctionNumber = try row.int32(8)
        reason = try row.string(9)
        currency = try Currency(try row.string(10))
        picos = try row.optionalInt128(11)
        priceVersion = try row.optionalInt64(12)
        self.state = state
        self.status = status
        requests = try row.int64(15)
        latencyMilliseconds = try row.int64(16)
        attempt = try row.int32(17)
        session = try row.string(18)
        run = try row.string(19)
        dimensionSetID = try row.int64(20)
        quantities = try UsageQuantities(row: row, tokensAt: 21, othersAt: 36, zeros: true)
        bookedAt = try row.instant(38)
        providerCost = try row.optionalInt64(39).map {
            ProviderCost(picos: $0, currency: try Currency(try row.string(40)))
        }
    }
}

/// Number of the last entry of an organization.
struct SelectLastEntryID: PostgresStatement {
    let organization: PostgresUUID

    static let sql = "SELECT c.last_entry_id FROM ledger_clocks AS c WHERE c.org_id = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}

/// All events of the next blocks: of as many as come to some thousands, and of one at least. Blocks at the
/// edges of the window have events outside of it, too.
struct SelectBlockEntries: PostgresStatement {
    let organization: PostgresUUID
    let window: Range<Instant>
    let fromBlock: Int64
    /// A batch is committed whole, so a block has none beyond where it begins before.
    let lastEntryID: Int64
    /// Those that were recorded later are left out; nil: none is.
    let recordedThrough: Instant?
    /// Further blocks come with the next page; the last of them may go beyond.
    let rowsMax: Int
    /// For those of few events, whose arrays stand in the row and are read with it.
    private static let blocksMax = 500

    // A block is of one month, so the beginning of the window's tells which parts need not be looked at.
    // The arrays of blocks that are not taken are not read.
    static let sql = """
        SELECT b.first_entry_id, b.first_entry_id + coalesce(v.entry_offset, v.number - 1), 1::smallint,
            '', v.event_id, v.event_time, b.recorded_at, NULL::bigint, 0, '', b.currency,
            v.amount_picos::numeric, v.price_version_id, coalesce(v.usage_state, 1::smallint),
            coalesce(v.status, 1::smallint), 1::bigint, coalesce(v.latency_ms, 0),
            coalesce(v.attempt, 0), coalesce(v.session, ''), coalesce(v.run, ''),
            v.dimension_set_id,
            v.input, v.cache_read, v.cache_write_5m, v.cache_write_30m, v.cache_write_1h,
            v.cache_write_12h, v.output, v.reasoning, v.output_unsplit, v.input_audio,
            v.cache_read_audio, v.output_audio, v.input_image, v.cache_read_image, v.output_image,
            CASE WHEN v.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(v.other_quantities) q ORDER BY q.key) END,
            CASE WHEN v.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.value::bigint FROM jsonb_each_text(v.other_quantities) q
                ORDER BY q.key) END,
            v.event_time, v.provider_cost_picos, v.provider_cost_currency
        FROM (
            SELECT n.*, sum(n.events) OVER (ORDER BY n.first_entry_id) - n.events AS events_before
            FROM (
                SELECT * FROM usage_event_blocks
                WHERE org_id = $1 AND last_event_time >= $2 AND first_event_time < $3
                    AND first_event_time >=
                        date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    AND first_entry_id >= $4 AND first_entry_id <= $5
                    AND ($8::timestamptz IS NULL OR recorded_at <= $8)
                ORDER BY first_entry_id LIMIT $7
            ) AS n
        ) AS b
        CROSS JOIN LATERAL unnest(
            b.entry_offset, b.event_id, b.event_time, b.dimension_set_id, b.price_version_id,
            b.amount_picos, b.usage_state, b.status, b.latency_ms, b.attempt, b.session, b.run,
            b.input, b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h,
            b.cache_write_12h, b.output, b.reasoning, b.output_unsplit, b.input_audio,
            b.cache_read_audio, b.output_audio, b.input_image, b.cache_read_image, b.output_image,
            b.other_quantities, b.provider_cost_picos, b.provider_cost_currency)
            WITH ORDINALITY AS v (
                entry_offset, event_id, event_time, dimension_set_id, price_version_id,
                amount_picos, usage_state, status, latency_ms, attempt, session, run,
                input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h,
                cache_write_12h, output, reasoning, output_unsplit, input_audio,
                cache_read_audio, output_audio, input_image, cache_read_image, output_image,
                other_quantities, provider_cost_picos, provider_cost_currency, number)
        WHERE b.events_before < $6
        ORDER BY b.first_entry_id, v.number
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(window.lowerBound)
        bindings.append(window.upperBound)
        bindings.append(fromBlock)
        bindings.append(lastEntryID)
        bindings.append(rowsMax)
        bindings.append(Self.blocksMax)
        bindings.append(recordedThrough)
    }

    static func decode(_ row: PostgresRow) throws -> EntryRow {
        try EntryRow(row: row)
    }
}

/// The next entries that are kept as rows, by event time and number.
struct SelectRowEntries: PostgresStatement {
    let organization: PostgresUUID
    /// First instant behind the window.
    let through: Instant
    let afterTime: Instant
    let afterEntry: Int64
    let lastEntryID: Int64
    /// As of `SelectBlockEntries`.
    let recordedThrough: Instant?
    let limit: Int

    // The time alone is asked for, too: it tells which parts need not be looked at.
    static let sql = """
        SELECT e.entry_id, e.entry_id, e.kind, e.source, e.event_id, e.event_time, e.recorded_at,
            e.root_entry_id, coalesce(e.correction_no, 0), coalesce(e.reason, ''), e.currency,
            e.amount_picos, e.price_version_id, e.usage_state, e.status, e.requests,
            coalesce(e.latency_ms, 0), coalesce(e.attempt, 0), coalesce(e.session, ''),
            coalesce(e.run, ''), e.dimension_set_id,
            e.input, e.cache_read, e.cache_write_5m, e.cache_write_30m, e.cache_write_1h,
            e.cache_write_12h, e.output, e.reasoning, e.output_unsplit, e.input_audio,
            e.cache_read_audio, e.output_audio, e.input_image, e.cache_read_image, e.output_image,
            CASE WHEN e.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(e.other_quantities) q ORDER BY q.key) END,
            CASE WHEN e.other_quantities IS NULL THEN '{}' ELSE ARRAY (
                SELECT q.value::bigint FROM jsonb_each_text(e.other_quantities) q
                ORDER BY q.key) END,
            e.booked_at, NULL::bigint, NULL::text
        FROM usage_entries AS e
        WHERE e.org_id = $1 AND e.event_time >= $2 AND e.event_time < $3
            AND (e.event_time, e.entry_id) > ($2, $4::bigint) AND e.entry_id <= $5
            AND ($7::timestamptz IS NULL OR e.recorded_at <= $7)
        ORDER BY e.event_time, e.entry_id
        LIMIT $6
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(afterTime)
        bindings.append(through)
        bindings.append(afterEntry)
        bindings.append(lastEntryID)
        bindings.append(limit)
        bindings.append(recordedThrough)
    }

    static func decode(_ row: PostgresRow) throws -> EntryRow {
        try EntryRow(row: row)
    }
}
