import Domain

/// What entries come to as roll-ups of quarters of an hour: the one definition of it in SQL, by which roll-ups are
/// verified and reports are answered as known at an instant.
enum EntrySums {
    /// Kinds of quantities that have a column, of entries, blocks and roll-ups.
    static let classes = [
        "input", "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h",
        "cache_write_12h", "output", "reasoning", "output_unsplit", "input_audio",
        "cache_read_audio", "output_audio", "input_image", "cache_read_image", "output_image",
    ]

    private static let reversalKind = "\(EntryKind.reversal.rawValue)"
    /// Why an event is taken back that is suppressed. People could give the first before it was refused, but not while an
    /// event is recorded.
    private static let isSuppression = """
        r.entry_kind = \(reversalKind) AND (r.reason = '\(EntryWriter.outranked)'
            OR r.reason = '\(EntryWriter.toldBefore)'
                AND r.recorded_at = first_value(r.recorded_at) OVER entry)
        """

    /// The columns of the classes, as a list.
    static func columns(_ column: (String) -> String) -> String {
        classes.map(column).joined(separator: ", ")
    }

    /// What a row has of all of them.
    static func sum(of row: String) -> String {
        classes.map { "coalesce(\(row).\($0), 0)" }.joined(separator: " + ")
    }

    /// Tables of a WITH, of which `entries` is the last: one row for what is a row of roll-ups.
    ///
    /// A block is of one month, so the beginning of the span's tells which parts need not be looked at. What an
    /// entry counts as is what its root does, which stands at the same time; and a root is unpriced where its last
    /// correction is. What is suppressed was taken back, as it was recorded or when a higher-ranked source
    /// told of its call, and counts beside as it stood then, until the event's next entry: that lets it count, or says that
    /// it never will. Of other quantities, one that is zero is as good as none.
    /// - Parameters:
    ///   - from: beginning of the entries' times, as the statement calls it, as all that follow; `$1` is the
    ///     organization.
    ///   - through: first instant behind them.
    ///   - also: what else holds of an entry, by its time and the time that it was recorded at; nil: nothing does.
    static func tables(
        from: String, through: String,
        also: ((_ time: String, _ recordedAt: String) -> String)? = nil
    ) -> String {
        let ofRow = also.map { " AND " + $0("u.event_time", "u.recorded_at") } ?? ""
        let ofEvent = also.map { " AND " + $0("v.event_time", "b.recorded_at") } ?? ""
        return """
            read AS (
                SELECT coalesce(u.root_entry_id, u.entry_id) AS root, u.entry_id,
                    coalesce(u.correction_no, 0) AS correction_no, u.kind AS entry_kind, u.reason,
                    CASE WHEN u.root_entry_id IS NOT NULL THEN NULL
                        WHEN u.source LIKE 'tally:report/%/costs' THEN 3::smallint
                        WHEN u.source LIKE 'tally:report/%' THEN 2::smallint
                        ELSE 1::smallint END AS feed,
                    u.event_time, u.recorded_at, u.dimension_set_id, u.currency, u.amount_picos,
                    u.requests, \(columns { "u.\($0)" }), u.other_quantities
                FROM usage_entries AS u
                WHERE u.org_id = $1 AND u.event_time >= \(from) AND u.event_time < \(through)\(ofRow)
                UNION ALL
                SELECT b.first_entry_id + coalesce(v.entry_offset, v.number - 1),
                    b.first_entry_id + coalesce(v.entry_offset, v.number - 1), 0, 1::smallint, NULL,
                    1::smallint, v.event_time, b.recorded_at, v.dimension_set_id, b.currency,
                    v.amount_picos::numeric(38,0), 1::bigint, \(columns { "v.\($0)" }),
                    v.other_quantities
                FROM (
                    SELECT * FROM usage_event_blocks AS k
                    WHERE k.org_id = $1 AND k.last_event_time >= \(from)
                        AND k.first_event_time < \(through) AND k.first_event_time >=
                            date_trunc('month', \(from)::timestamptz AT TIME ZONE 'UTC')
                                AT TIME ZONE 'UTC'
                ) AS b
                CROSS JOIN LATERAL unnest(
                    b.entry_offset, b.event_time, b.dimension_set_id, b.amount_picos,
                    \(columns { "b.\($0)" }), b.other_quantities)
                    WITH ORDINALITY AS v (
                        entry_offset, event_time, dimension_set_id, amount_picos,
                        \(columns { $0 }), other_quantities, number)
                WHERE v.event_time >= \(from) AND v.event_time < \(through)\(ofEvent)
            ), told AS (
                SELECT r.*, first_value(r.feed) OVER entry AS root_feed,
                    last_value(r.entry_id) OVER entry AS last_entry_id,
                    last_value(r.amount_picos IS NULL) OVER entry AS is_unpriced,
                    \(isSuppression) AS is_suppression,
                    r.recorded_at = first_value(r.recorded_at) OVER entry AS is_of_recording,
                    lag(r.amount_picos IS NULL) OVER entry AS was_unpriced,
                    lead(r.recorded_at) OVER entry AS next_recorded_at
                FROM read AS r
                WINDOW entry AS (
                    PARTITION BY r.root ORDER BY r.correction_no
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            ), counted AS (
                SELECT t.event_time, t.dimension_set_id, t.currency, t.amount_picos, t.requests,
                    \(columns { "t.\($0)" }), t.other_quantities, t.root_feed AS kind,
                    (t.entry_id = t.root)::int AS entries,
                    (t.entry_id = t.last_entry_id AND t.is_unpriced)::int AS unpriced_entries,
                    t.is_unpriced, t.recorded_at,
                    CASE WHEN t.entry_id <> t.root THEN t.recorded_at END AS corrected_at
                FROM told AS t
                UNION ALL
                SELECT t.event_time, t.dimension_set_id, t.currency,
                    -s.sign * coalesce(t.amount_picos, 0), -s.sign * t.requests,
                    \(columns { "-s.sign * t.\($0)" }),
                    -- A pair of rows that come to nothing has none.
                    CASE WHEN t.next_recorded_at IS NULL THEN (
                        SELECT jsonb_object_agg(q.key, -q.value::text::numeric)
                        FROM jsonb_each(t.other_quantities) AS q) END,
                    4::smallint, (s.sign = 1 AND t.is_of_recording)::int,
                    CASE WHEN t.was_unpriced THEN s.sign ELSE 0 END, t.was_unpriced,
                    CASE s.sign WHEN 1 THEN t.recorded_at ELSE t.next_recorded_at END,
                    CASE WHEN s.sign = -1 THEN t.next_recorded_at
                        WHEN NOT t.is_of_recording THEN t.recorded_at END
                FROM told AS t
                JOIN (VALUES (1), (-1)) AS s (sign) ON s.sign = 1 OR t.next_recorded_at IS NOT NULL
                WHERE t.is_suppression
            ), summed AS (
                SELECT date_bin('15 minutes', e.event_time, '1970-01-01 00:00+00') AS bucket_start,
                    e.dimension_set_id, e.kind, e.currency, sum(e.entries) AS entries,
                    tally.bounded_count(coalesce(sum(e.requests), 0)) AS requests,
                    coalesce(sum(e.amount_picos), 0)::numeric(38,0) AS amount_picos,
                    sum(e.unpriced_entries) AS unpriced_entries,
                    tally.bounded_count(coalesce(sum(
                        (\(sum(of: "e")))::numeric)
                        FILTER (WHERE e.is_unpriced), 0)) AS unpriced_tokens,
                    max(e.recorded_at) AS last_recorded_at, max(e.corrected_at) AS last_corrected_at,
                    \(columns { "tally.bounded_count(coalesce(sum(e.\($0)), 0)) AS \($0)" }),
                    tally.sum_quantities(e.other_quantities)
                        FILTER (WHERE e.other_quantities <> '{}') AS other_quantities
                FROM counted AS e
                GROUP BY 1, 2, 3, 4
            ), entries AS (
                SELECT s.bucket_start, s.dimension_set_id, s.kind, s.currency, s.entries, s.requests,
                    s.amount_picos, s.unpriced_entries, s.unpriced_tokens, s.last_recorded_at,
                    s.last_corrected_at, \(columns { "s.\($0)" }),
                    CASE WHEN s.other_quantities IS NULL THEN '{}' ELSE (
                        SELECT coalesce(jsonb_object_agg(q.key, q.value), '{}')
                        FROM jsonb_each(s.other_quantities) AS q WHERE q.value <> '0'
                    ) END AS other_quantities
                FROM summed AS s
            )
            """
    }
}
