import Core
import Domain
import Postgres

/// Appends the batch's entries.
struct InsertEntries: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let recordedAt: Instant

    static let sql = """
        INSERT INTO usage_entries
            (org_id, entry_id, event_time, recorded_at, booked_at, kind, root_entry_id,
             correction_no, source, event_id, dimension_set_id, price_version_id, currency,
             amount_picos, usage_state, status, requests, latency_ms, attempt, session, run,
             input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h,
             cache_write_12h, output, reasoning, output_unsplit, input_audio, cache_read_audio,
             output_audio, input_image, cache_read_image, output_image, other_quantities, reason)
        SELECT $1, b.entry_id, b.event_time, $2, b.event_time, b.kind, b.root_entry_id,
            b.correction_no, b.source, b.event_id, b.dimension_set_id, b.price_version_id,
            b.currency, b.amount_picos, b.usage_state, b.status, b.requests, b.latency_ms,
            b.attempt, b.session, b.run,
            b.input, b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h,
            b.cache_write_12h, b.output, b.reasoning, b.output_unsplit, b.input_audio,
            b.cache_read_audio, b.output_audio, b.input_image, b.cache_read_image,
            b.output_image, b.other_quantities, b.reason
        FROM pg_temp.batch_rows b
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(recordedAt)
    }
}

/// Every entry of the roots given that is a row: what a correction starts from.
struct SelectEntriesOfRoots: PostgresStatement {
    struct Row: Sendable {
        let rootEntryID: Int64
        /// 0 for the root itself.
        let correctionNumber: Int32
        let currency: Currency
        let picos: Int128?
        let state: UsageState
        let requests: Int64
        let quantities: UsageQuantities
        let entryID: Int64
        let kind: EntryKind
        let recordedAt: Instant
        let dimensionSetID: Int64
        let priceVersion: Int64?
        let reason: String
    }

    let organization: PostgresUUID
    let roots: [Int64]
    /// Event times of the roots, which are those of their corrections.
    let times: [Instant]

    static let sql = """
        SELECT r.entry_id, coalesce(e.correction_no, 0), e.currency, e.amount_picos,
            e.usage_state, e.requests, e.input, e.cache_read, e.cache_write_5m, e.cache_write_30m, e.cache_write_1h,
            e.cache_write_12h, e.output, e.reasoning, e.output_unsplit, e.input_audio,
            e.cache_read_audio, e.output_audio, e.input_image, e.cache_read_image,
            e.output_image,
            ARRAY (SELECT q.key FROM jsonb_each_text(coalesce(e.other_quantities, '{}')) q
                ORDER BY q.key),
            ARRAY (SELECT q.value::bigint
                FROM jsonb_each_text(coalesce(e.other_quantities, '{}')) q ORDER BY q.key),
            e.entry_id, e.kind, e.recorded_at, e.dimension_set_id, e.price_version_id,
            coalesce(e.reason, '')
        FROM unnest($2::bigint[], $3::timestamptz[]) AS r (entry_id, event_time)
        JOIN usage_entries e ON e.org_id = $1 AND e.event_time = r.event_time
            AND (e.entry_id = r.entry_id OR e.root_entry_id = r.entry_id)
        ORDER BY 1, 2
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(roots)
        bindings.append(times)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            rootEntryID: try row.int64(0), correctionNumber: try row.int32(1),
            currency: try Currency(try row.string(2)), picos: try row.optionalInt128(3),
            state: UsageState(rawValue: Int16(truncatingIfNeeded: try row.int64(4))) ?? .reported,
            requests: try row.int64(5),
            quantities: try UsageQuantities(row: row, tokensAt: 6, othersAt: 21, zeros: true),
            entryID: try row.int64(23),
            kind: EntryKind(rawValue: Int16(truncatingIfNeeded: try row.int64(24))) ?? .correction,
            recordedAt: try row.instant(25), dimensionSetID: try row.int64(26),
            priceVersion: try row.optionalInt64(27), reason: try row.string(28))
    }
}
