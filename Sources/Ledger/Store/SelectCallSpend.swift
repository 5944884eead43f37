import Core
import Domain
import Postgres

/// How many entries of events a report of a span's calls looks at: events of all blocks that reach into it, and what
/// corrects events.
struct SelectCallEntries: PostgresStatement {
    let organization: PostgresUUID
    let span: Range<Instant>
    /// No more of what is kept as rows is counted.
    let limit: Int

    static let sql = """
        SELECT (
            SELECT coalesce(sum(b.events), 0) FROM usage_event_blocks AS b
            WHERE b.org_id = $1 AND b.last_event_time >= $2 AND b.first_event_time < $3
                AND b.first_event_time >=
                    date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        )::bigint + (
            SELECT count(*) FROM (
                SELECT FROM usage_entries AS e
                WHERE e.org_id = $1 AND e.event_time >= $2 AND e.event_time < $3
                LIMIT $4) AS e)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(span.lowerBound)
        bindings.append(span.upperBound)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 { try row.int64(0) }
}

/// What metered events, with all that corrects them, come to in each step of a window, by what roll-ups do not tell
/// apart.
struct SelectCallSpend: PostgresStatement {
    struct Row: Sendable {
        /// Position of the step.
        let step: Int
        let dimensionSetID: Int64
        let amount: Money
        let requests: Int64
        let tokens: Int64
        let unpricedEntries: Int64
        let unpricedTokens: Int64
        let lastRecordedAt: Instant
        let attributes: CallAttributes
    }

    let organization: PostgresUUID
    /// One behind the other without gaps.
    let steps: [Range<Instant>]
    /// Rows are told apart by these alone.
    let attributes: Set<CallAttribute>
    /// Nil: whatever the session. An empty text is an event without one.
    let sessions: [String]?
    /// The same of runs.
    let runs: [String]?
    /// What was recorded later is left out; nil: nothing.
    let recordedThrough: Instant?
    /// Rows at most.
    let limit: Int

    private static let tokens = """
        coalesce(v.input, 0)::numeric + coalesce(v.cache_read, 0) + coalesce(v.cache_write_5m, 0) +
        coalesce(v.cache_write_30m, 0) + coalesce(v.cache_write_1h, 0) + coalesce(v.cache_write_12h, 0) +
        coalesce(v.output, 0) + coalesce(v.reasoning, 0) + coalesce(v.output_unsplit, 0) +
        coalesce(v.input_audio, 0) + coalesce(v.cache_read_audio, 0) + coalesce(v.output_audio, 0) +
        coalesce(v.input_image, 0) + coalesce(v.cache_read_image, 0) + coalesce(v.output_image, 0)
        """

    // A block is of one month, so the beginning of the window's tells which parts need not be looked at. What corrects
    // an event stands at its time, and has neither its session nor its status. An event has no price where its last
    // entry has none, and of its usage is known what that says.
    static let sql = """
        WITH roots AS MATERIALIZED (
            SELECT b.first_entry_id + coalesce(v.entry_offset, v.number - 1) AS root, v.event_time,
                b.recorded_at, v.dimension_set_id, b.currency,
                v.amount_picos::numeric(38,0) AS amount_picos, \(tokens) AS tokens,
                coalesce(v.usage_state, 1::smallint) AS usage_state,
                coalesce(v.status, 1::smallint) AS status, coalesce(v.attempt, 0) AS attempt,
                coalesce(v.session, '') AS session, coalesce(v.run, '') AS run
            FROM (
                SELECT * FROM usage_event_blocks AS k
                WHERE k.org_id = $1 AND ($13::timestamptz IS NULL OR k.recorded_at <= $13) AND k.last_event_time >= $2 AND k.first_event_time < $3
                    AND k.first_event_time >=
                        date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
            ) AS b
            CROSS JOIN LATERAL unnest(
                b.entry_offset, b.event_time, b.dimension_set_id, b.amount_picos, b.usage_state, b.status,
                b.attempt, b.session, b.run,
                b.input, b.cache_read, b.cache_write_5m, b.cache_write_30m, b.cache_write_1h,
                b.cache_write_12h, b.output, b.reasoning, b.output_unsplit, b.input_audio,
                b.cache_read_audio, b.output_audio, b.input_image, b.cache_read_image, b.output_image)
                WITH ORDINALITY AS v (
                    entry_offset, event_time, dimension_set_id, amount_picos, usage_state, status,
                    attempt, session, run,
                    input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h,
                    cache_write_12h, output, reasoning, output_unsplit, input_audio,
                    cache_read_audio, output_audio, input_image, cache_read_image, output_image, number)
            WHERE v.event_time >= $2 AND v.event_time < $3
                AND ($5::text[] IS NULL OR coalesce(v.session, '') = ANY ($5))
                AND ($6::text[] IS NULL OR coalesce(v.run, '') = ANY ($6))
            UNION ALL
            SELECT v.entry_id, v.event_time, v.recorded_at, v.dimension_set_id, v.currency, v.amount_picos,
                \(tokens), v.usage_state, v.status, coalesce(v.attempt, 0), coalesce(v.session, ''),
                coalesce(v.run, '')
            FROM usage_entries AS v
            WHERE v.org_id = $1 AND v.event_time >= $2 AND v.event_time < $3
                AND ($13::timestamptz IS NULL OR v.recorded_at <= $13)
                AND v.root_entry_id IS NULL AND v.source NOT LIKE 'tally:report/%'
                AND ($5::text[] IS NULL OR coalesce(v.session, '') = ANY ($5))
                AND ($6::text[] IS NULL OR coalesce(v.run, '') = ANY ($6))
        ), entries AS (
            SELECT r.*, 0 AS correction_no, 1::bigint AS requests FROM roots AS r
            UNION ALL
            SELECT r.root, r.event_time, v.recorded_at, v.dimension_set_id, v.currency, v.amount_picos,
                \(tokens), v.usage_state, r.status, r.attempt, r.session, r.run, v.correction_no,
                v.requests
            FROM roots AS r
            JOIN usage_entries AS v ON v.org_id = $1 AND v.event_time = r.event_time
                AND v.root_entry_id = r.root
            WHERE v.event_time >= $2 AND v.event_time < $3
                AND ($13::timestamptz IS NULL OR v.recorded_at <= $13)
        ), told AS (
            SELECT e.*, last_value(e.amount_picos IS NULL) OVER entry AS is_unpriced,
                last_value(e.usage_state) OVER entry AS last_state,
                e.correction_no = last_value(e.correction_no) OVER entry AS is_last
            FROM entries AS e
            WINDOW entry AS (
                PARTITION BY e.root ORDER BY e.correction_no
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        )
        SELECT width_bucket(t.event_time, $4::timestamptz[]), t.dimension_set_id, t.currency,
            CASE WHEN $7 THEN t.session END, CASE WHEN $8 THEN t.run END,
            CASE WHEN $9 THEN t.status END, CASE WHEN $10 THEN t.attempt END,
            CASE WHEN $11 THEN t.last_state END,
            coalesce(sum(t.amount_picos), 0)::numeric(38,0),
            tally.bounded_count(sum(t.requests)), tally.bounded_count(sum(t.tokens)),
            count(*) FILTER (WHERE t.is_last AND t.is_unpriced),
            tally.bounded_count(coalesce(sum(t.tokens) FILTER (WHERE t.is_unpriced), 0)),
            max(t.recorded_at)
        FROM told AS t
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        LIMIT $12
        """

    func bind(into bindings: inout PostgresBindings) {
        let bounds = steps.map(\.lowerBound)
        bindings.append(organization)
        bindings.append(bounds.first)
        bindings.append(steps.last?.upperBound)
        bindings.append(bounds)
        bindings.append(sessions.map { $0.map(Optional.some) })
        bindings.append(runs.map { $0.map(Optional.some) })
        for attribute in [CallAttribute.session, .run, .status, .attempt, .usageState] {
            bindings.append(attributes.contains(attribute))
        }
        bindings.append(limit)
        bindings.append(recordedThrough)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        var values: [CallAttribute: String] = [:]
        values[.session] = try row.optionalString(3)
        values[.run] = try row.optionalString(4)
        values[.status] = try row.optionalInt64(5).map { try EventStatus(number: $0).name }
        values[.attempt] = try row.optionalInt64(6).map { $0 == 0 ? "" : "\($0)" }
        values[.usageState] = try row.optionalInt64(7).map { try UsageState(number: $0).name }
        return Row(
            step: Int(try row.int64(0)) - 1, dimensionSetID: try row.int64(1),
            amount: Money(picos: try row.int128(8), currency: try Currency(try row.string(2))),
            requests: try row.int64(9), tokens: try row.int64(10),
            unpricedEntries: try row.int64(11), unpricedTokens: try row.int64(12),
            lastRecordedAt: try row.instant(13), attributes: CallAttributes(values))
    }
}

extension EventStatus {
    fileprivate var name: String {
        switch self {
        case .ok: "ok"
        case .error: "error"
        case .aborted: "aborted"
        }
    }
}

extension UsageState {
    fileprivate var name: String {
        switch self {
        case .reported: "reported"
        case .partial: "partial"
        case .missing: "missing"
        case .pending: "pending"
        }
    }
}

extension RawRepresentable<Int16> {
    /// - Throws: where none has the number.
    fileprivate init(number: Int64) throws {
        guard let value = Self(rawValue: Int16(truncatingIfNeeded: number)) else {
            throw PostgresError(.unexpectedValue, message: "no \(Self.self) has this number")
        }
        self = value
    }
}
