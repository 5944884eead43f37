import Core
import Domain
import Postgres

/// What bounds what is known of an organization's usage.
struct SelectKnownBounds: PostgresStatement {
    struct Row: Sendable {
        /// Nil before the first entry.
        let lastRecordedAt: Instant?
        /// Usage from before it is removed, or is being; nil: none is.
        let removedBefore: Instant?
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT nullif(c.last_recorded_at, '-infinity'), greatest(
            s.usage_removed_before,
            CASE WHEN s.retention_begins_at <= now()
                THEN tally.usage_kept_from(s.retention_months, now()) END)
        FROM ledger_clocks AS c
        LEFT JOIN organization_states AS s ON s.org_id = c.org_id
        WHERE c.org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            lastRecordedAt: try row.optionalInstant(0), removedBefore: try row.optionalInstant(1))
    }
}

/// Quarters of an hour of whole days in which something was recorded after an instant, in order.
struct SelectQuartersRecordedAfter: PostgresStatement {
    struct Row: Sendable {
        let start: Instant
        /// Of those that the instant may have seen: what happened after it was hardly recorded before it.
        let entries: Int64
    }

    let organization: PostgresUUID
    let days: Range<Instant>
    let knownAt: Instant

    // By days first: most have nothing.
    static let sql = """
        WITH late_days AS (
            SELECT DISTINCT d.day_start FROM usage_rollups_daily AS d
            WHERE d.org_id = $1 AND d.day_start >= $2 AND d.day_start < $3
                AND d.last_recorded_at > $4
        ), late AS (
            SELECT q.bucket_start FROM late_days AS d
            CROSS JOIN LATERAL (
                SELECT DISTINCT r.bucket_start FROM usage_rollups AS r
                WHERE r.org_id = $1 AND r.bucket_start >= d.day_start
                    AND r.bucket_start < d.day_start + interval '24 hours'
                    AND r.last_recorded_at > $4
                OFFSET 0) AS q
            UNION
            SELECT u.bucket_start FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.recorded_at > $4
                AND u.last_bucket_start >= $2 AND u.first_bucket_start < $3
                AND u.bucket_start >= $2 AND u.bucket_start < $3
        )
        SELECT l.bucket_start, CASE WHEN l.bucket_start > $4 THEN 0 ELSE (
            SELECT tally.bounded_count(coalesce(sum(r.entries), 0)) FROM usage_rollups AS r
            WHERE r.org_id = $1 AND r.bucket_start = l.bucket_start AND r.kind <> 4) END
        FROM late AS l
        ORDER BY 1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(days.lowerBound)
        bindings.append(days.upperBound)
        bindings.append(knownAt)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(start: try row.instant(0), entries: try row.int64(1))
    }
}

/// What an organization's usage of whole days came to, as it was known at an instant: roll-ups where nothing was recorded
/// since, and else the sums of the entries that were recorded by then.
struct SelectSpendKnownAt: PostgresStatement {
    struct Row: Sendable {
        let dimensionSetID: Int64
        /// The dimensions of `rollup` are empty, as of `SelectRollups`. Of sets without a connection, it is of all of
        /// a step.
        let rollup: RollupRow
        /// The step, counted from 1, of sets without a connection; 0 and one behind the last are what is around the
        /// steps on their days. Nil: a quarter of an hour of a connection.
        let place: Int?
        /// Of all classes.
        let tokens: Int64
    }

    private static let noDimensions = SharedDimensions(DimensionSet(provider: "", model: ""))

    let organization: PostgresUUID
    let knownAt: Instant
    let spans: KnownSpans

    private static func columns(of row: String) -> String {
        """
        \(row).dimension_set_id, \(row).kind, \(row).currency, \(row).entries, \(row).amount_picos,
        \(row).requests, \(row).unpriced_entries, \(row).unpriced_tokens, \(row).last_recorded_at,
        \(row).last_corrected_at, \(EntrySums.columns { "\(row).\($0)" }), \(row).other_quantities
        """
    }

    private static let ofConnections = """
        (SELECT d.id FROM dimension_sets AS d WHERE d.org_id = $1 AND d.connection_id IS NOT NULL)
        """

    // Days for sets without a connection, whose quarters of an hour do not matter. OFFSET 0 has each span read by the
    // index.
    static let sql = """
        WITH late AS MATERIALIZED (
            SELECT range_agg(tstzrange(s.begins, s.ends)) AS spans
            FROM unnest($5::timestamptz[], $6::timestamptz[]) AS s (begins, ends)
        ), \(EntrySums.tables(
            from: "$7", through: "$8",
            also: { "\($1) <= $4 AND \($0) <@ (SELECT l.spans FROM late AS l)" })
        ), parts AS (
            SELECT e.bucket_start, \(columns(of: "e"))
            FROM entries AS e
            UNION ALL
            SELECT r.day_start, \(columns(of: "r"))
            FROM unnest($9::timestamptz[], $10::timestamptz[]) AS s (begins, ends)
            CROSS JOIN LATERAL (
                SELECT * FROM usage_rollups_daily AS d
                WHERE d.org_id = $1 AND d.day_start >= s.begins AND d.day_start < s.ends
                OFFSET 0) AS r
            WHERE r.dimension_set_id NOT IN \(ofConnections)
            UNION ALL
            SELECT r.bucket_start, \(columns(of: "r"))
            FROM unnest($9::timestamptz[], $10::timestamptz[]) AS s (begins, ends)
            CROSS JOIN LATERAL (
                SELECT * FROM usage_rollups AS q
                WHERE q.org_id = $1 AND q.bucket_start >= s.begins AND q.bucket_start < s.ends
                    AND q.dimension_set_id IN \(ofConnections)
                OFFSET 0) AS r
            UNION ALL
            SELECT r.bucket_start, \(columns(of: "r"))
            FROM unnest($11::timestamptz[], $12::timestamptz[]) AS s (begins, ends)
            CROSS JOIN LATERAL (
                SELECT * FROM usage_rollups AS q
                WHERE q.org_id = $1 AND q.bucket_start >= s.begins AND q.bucket_start < s.ends
                OFFSET 0) AS r
            UNION ALL
            SELECT u.bucket_start, u.dimension_set_id, u.kind, u.currency, u.entries,
                u.amount_picos, u.requests, u.unpriced_entries, u.unpriced_tokens, u.recorded_at,
                CASE WHEN u.is_correction THEN u.recorded_at END,
                \(EntrySums.columns { "u.\($0)" }), u.other_quantities
            FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.last_bucket_start >= $2 AND u.first_bucket_start < $3
                AND u.bucket_start >= $2 AND u.bucket_start < $3
                AND NOT coalesce(u.bucket_start <@ (SELECT l.spans FROM late AS l), false)
        ), placed AS (
            SELECT p.*, c.id IS NULL AS is_of_step
            FROM parts AS p
            LEFT JOIN dimension_sets AS c ON c.org_id = $1 AND c.id = p.dimension_set_id
                AND c.connection_id IS NOT NULL
        ), sums AS (
            SELECT CASE WHEN p.is_of_step THEN width_bucket(p.bucket_start, $13::timestamptz[]) END
                    AS place,
                CASE WHEN NOT p.is_of_step THEN p.bucket_start END AS bucket_start,
                p.dimension_set_id, p.kind, p.currency,
                tally.bounded_count(sum(p.entries)) AS entries, sum(p.amount_picos) AS amount_picos,
                tally.bounded_count(sum(p.requests)) AS requests,
                tally.bounded_count(sum(p.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(p.unpriced_tokens)) AS unpriced_tokens,
                max(p.last_recorded_at) AS last_recorded_at,
                max(p.last_corrected_at) AS last_corrected_at,
                \(EntrySums.columns { "tally.bounded_count(sum(p.\($0))) AS \($0)" }),
                tally.bounded_count(sum((\(EntrySums.sum(of: "p")))::numeric)) AS tokens,
                tally.sum_quantities(p.other_quantities)
                    FILTER (WHERE NOT p.is_of_step AND p.other_quantities <> '{}')
                    AS other_quantities
            FROM placed AS p
            GROUP BY 1, 2, 3, 4, 5
        )
        SELECT s.dimension_set_id, s.bucket_start, s.kind, s.currency, s.entries, s.requests,
            s.amount_picos, s.unpriced_entries, s.unpriced_tokens, s.last_recorded_at,
            s.last_corrected_at, \(EntrySums.columns { "s.\($0)" }),
            CASE WHEN coalesce(s.other_quantities, '{}') = '{}' THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(s.other_quantities) q ORDER BY q.key) END,
            CASE WHEN coalesce(s.other_quantities, '{}') = '{}' THEN '{}' ELSE ARRAY (
                SELECT tally.bounded_count(q.value::numeric) FROM jsonb_each_text(s.other_quantities) q
                ORDER BY q.key) END, s.place, s.tokens
        FROM sums AS s
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(spans.days.lowerBound)
        bindings.append(spans.days.upperBound)
        bindings.append(knownAt)
        bindings.append(spans.late.map(\.lowerBound))
        bindings.append(spans.late.map(\.upperBound))
        // Where nothing is late, no entry is looked at.
        bindings.append(spans.late.first?.lowerBound ?? spans.days.lowerBound)
        bindings.append(spans.late.last?.upperBound ?? spans.days.lowerBound)
        bindings.append(spans.wholeDays.map(\.lowerBound))
        bindings.append(spans.wholeDays.map(\.upperBound))
        bindings.append(spans.quarters.map(\.lowerBound))
        bindings.append(spans.quarters.map(\.upperBound))
        bindings.append(spans.bounds)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let quantities = try UsageQuantities(row: row, tokensAt: 11, othersAt: 26, zeros: false)
        let rollup = RollupRow(
            start: try row.optionalInstant(1) ?? Instant(seconds: 0),
            kind: try RollupRow.Kind(row: row, at: 2), shared: noDimensions,
            amount: Money(picos: try row.int128(6), currency: try Currency(try row.string(3))),
            entries: try row.int64(4), requests: try row.int64(5), quantities: quantities,
            unpricedEntries: try row.int64(7), unpricedTokens: try row.int64(8),
            lastRecordedAt: try row.instant(9), lastCorrectedAt: try row.optionalInstant(10))
        return Row(
            dimensionSetID: try row.int64(0), rollup: rollup, place: try row.optionalInt(28),
            tokens: try row.int64(29))
    }
}
