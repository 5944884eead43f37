import ServiceRuntime

@testable import Worker

/// What the database came to know, in the lines of `SimulatorTruth`.
struct StoredFigures {
    let bench: WorkerBench

    private static let tokensIn = sum(
        "input", "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h",
        "cache_write_12h", "input_audio", "cache_read_audio", "input_image", "cache_read_image")
    private static let tokensOut = sum(
        "output", "reasoning", "output_unsplit", "output_audio", "output_image")

    private static func sum(_ columns: String...) -> String {
        "(" + columns.map { "coalesce(\($0), 0)" }.joined(separator: " + ") + ")"
    }

    /// Of roll-ups, which reports are made from.
    func lines() async throws -> Set<String> {
        let figures = try await bench.texts(
            """
            WITH parts AS (
                SELECT d.source, to_char(r.bucket_start, 'YYYY-MM-DD') AS day, d.project,
                    CASE r.kind WHEN 3 THEN d.line_item ELSE d.model END AS item,
                    \(Self.tokensIn) AS tokens_in, \(Self.tokensOut) AS tokens_out, r.requests,
                    CASE r.kind WHEN 3 THEN r.amount_picos ELSE 0 END AS picos, r.other_quantities
                FROM current_usage_rollups AS r
                JOIN dimension_sets AS d ON d.org_id = r.org_id AND d.id = r.dimension_set_id),
            others AS (
                SELECT source, day, project, item,
                    string_agg(' ' || key || '=' || total, '' ORDER BY key) AS text
                FROM (
                    SELECT p.source, p.day, p.project, p.item, q.key, sum(q.value::numeric) AS total
                    FROM parts AS p, jsonb_each_text(p.other_quantities) AS q
                    GROUP BY 1, 2, 3, 4, 5 HAVING sum(q.value::numeric) <> 0) AS t
                GROUP BY 1, 2, 3, 4)
            SELECT p.source || ' ' || p.day || ' ' || p.project || ' ' || p.item
                || ' in=' || sum(tokens_in) || ' out=' || sum(tokens_out)
                || ' requests=' || sum(requests) || ' picos=' || sum(picos) || coalesce(o.text, '')
            FROM parts AS p LEFT JOIN others AS o USING (source, day, project, item)
            GROUP BY p.source, p.day, p.project, p.item, o.text
            HAVING sum(tokens_in) <> 0 OR sum(tokens_out) <> 0 OR sum(requests) <> 0
                OR sum(picos) <> 0 OR o.text IS NOT NULL
            """)
        let names = try await names()
        let activity = try await bench.texts(
            """
            SELECT 'activity ' || to_char(bucket_start, 'YYYY-MM-DD') || ' ' || customer || ' '
                || terminal || ' sessions=' || sessions || ' added=' || lines_added
                || ' commits=' || commits || ' input=' || m.input || ' read=' || m.read
                || ' output=' || m.output || ' cents=' || div(m.picos, 10000000000)
            FROM coding_activity, LATERAL (
                SELECT sum((m ->> 'input')::bigint) AS input,
                    sum((m ->> 'cache_read')::bigint) AS read,
                    sum((m ->> 'output')::bigint) AS output,
                    sum((m ->> 'estimated_picos')::numeric) AS picos
                FROM jsonb_array_elements(models) AS m) AS m
            WHERE taken_back_at IS NULL
            """)
        return Set((figures + names + activity).compactMap { $0[0] })
    }

    /// Of users the ids are sealed with their names.
    private func names() async throws -> [[String?]] {
        let keys = try await bench.call.keys()
        return try await bench.texts(
            """
            SELECT c.provider, o.kind, o.connection_id, o.id, encode(o.sealed_name, 'hex')
            FROM provider_objects AS o JOIN connections AS c ON c.id = o.connection_id
            WHERE o.gone_at IS NULL
            """
        ).map { row in
            let texts = row.map { $0 ?? "" }
            let digits = Array(texts[4].utf8)
            let sealed = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
            }
            let known = try keys.providerObjectName(
                sealed, connection: texts[2], kind: texts[1], id: texts[3])
            let id = texts[1] == "user" ? known?.userID ?? "" : texts[3]
            return ["names \(texts[0]) \(texts[1]) \(id)"]
        }
    }

    /// Places where the entries, which are what is kept, do not come to what the roll-ups say.
    func differencesOfEntries() async throws -> [[String?]] {
        try await bench.texts(
            """
            SELECT coalesce(e.text, 'none') || ' are ' || coalesce(r.text, 'none') FROM (
                SELECT dimension_set_id, event_time AS at,
                    sum(\(Self.tokensIn)) || ' ' || sum(\(Self.tokensOut)) || ' '
                        || sum(coalesce(amount_picos, 0)) AS text
                FROM ledger_entries GROUP BY 1, 2) AS e
            FULL JOIN (
                SELECT dimension_set_id, bucket_start AS at,
                    sum(\(Self.tokensIn)) || ' ' || sum(\(Self.tokensOut)) || ' '
                        || sum(amount_picos) AS text
                FROM current_usage_rollups GROUP BY 1, 2) AS r USING (dimension_set_id, at)
            WHERE e.text IS DISTINCT FROM r.text
            LIMIT 5
            """)
    }
}
