/// Compares what is stored of roll-ups.
package enum RollupAudit {
    private static let sums = [
        "entries", "requests", "amount_picos", "unpriced_entries", "unpriced_tokens", "input",
        "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h",
        "output", "reasoning", "output_unsplit", "input_audio", "cache_read_audio", "output_audio",
        "input_image", "cache_read_image", "output_image",
    ]

    /// Days that are not, in every column, what the merged quarters of an hour of them come to.
    package static let days = """
        WITH summed AS (
            SELECT org_id, date_bin('1 day', bucket_start, '1970-01-01Z') AS day_start,
                dimension_set_id, kind, currency,
                \(sums.map { "sum(\($0))" }.joined(separator: ", ")),
                max(last_recorded_at), max(last_corrected_at),
                sum(coalesce((other_quantities ->> 'web_search_request')::bigint, 0)),
                bool_or(other_quantities ? 'web_search_request')
            FROM usage_rollups GROUP BY 1, 2, 3, 4, 5
        ), stored AS (
            SELECT org_id, day_start, dimension_set_id, kind, currency,
                \(sums.joined(separator: ", ")), last_recorded_at, last_corrected_at,
                coalesce((other_quantities ->> 'web_search_request')::bigint, 0),
                other_quantities ? 'web_search_request'
            FROM usage_rollups_daily
        )
        (SELECT * FROM summed EXCEPT SELECT * FROM stored)
        UNION ALL (SELECT * FROM stored EXCEPT SELECT * FROM summed)
        """
}
