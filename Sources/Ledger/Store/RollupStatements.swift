import Core
import Domain
import Postgres

/// The roll-ups of a window, of quarters of an hour.
struct SelectRollups: PostgresStatement {
    /// In the place of what `SelectDimensionSets` tells.
    private static let noDimensions = SharedDimensions(DimensionSet(provider: "", model: ""))

    struct Row: Sendable {
        let dimensionSetID: Int64
        /// The dimensions of `rollup` are empty: they are joined from `SelectDimensionSets`.
        let rollup: RollupRow
    }

    let organization: PostgresUUID
    let from: Instant
    /// First instant behind the window.
    let through: Instant
    /// Leaves out what `SelectSpendSums` sums.
    let isOfConnectionsOnly: Bool

    // Most rows have no other quantities; unpacking the empty object costs more than reading the row.
    // Where no connection has a set, nothing is read for them.
    static let sql = """
        WITH unmerged AS MATERIALIZED (
            SELECT u.bucket_start, u.dimension_set_id, u.kind, u.currency,
                tally.bounded_count(sum(u.entries)) AS entries,
                tally.bounded_count(sum(u.requests)) AS requests,
                sum(u.amount_picos) AS amount_picos,
                tally.bounded_count(sum(u.unpriced_entries)) AS unpriced_entries,
                tally.bounded_count(sum(u.unpriced_tokens)) AS unpriced_tokens,
                max(u.recorded_at) AS last_recorded_at,
                max(u.recorded_at) FILTER (WHERE u.is_correction) AS last_corrected_at,
                tally.bounded_count(sum(u.input)) AS input,
                tally.bounded_count(sum(u.cache_read)) AS cache_read,
                tally.bounded_count(sum(u.cache_write_5m)) AS cache_write_5m,
                tally.bounded_count(sum(u.cache_write_30m)) AS cache_write_30m,
                tally.bounded_count(sum(u.cache_write_1h)) AS cache_write_1h,
                tally.bounded_count(sum(u.cache_write_12h)) AS cache_write_12h,
                tally.bounded_count(sum(u.output)) AS output,
                tally.bounded_count(sum(u.reasoning)) AS reasoning,
                tally.bounded_count(sum(u.output_unsplit)) AS output_unsplit,
                tally.bounded_count(sum(u.input_audio)) AS input_audio,
                tally.bounded_count(sum(u.cache_read_audio)) AS cache_read_audio,
                tally.bounded_count(sum(u.output_audio)) AS output_audio,
                tally.bounded_count(sum(u.input_image)) AS input_image,
                tally.bounded_count(sum(u.cache_read_image)) AS cache_read_image,
                tally.bounded_count(sum(u.output_image)) AS output_image,
                tally.sum_quantities(u.other_quantities)
                    FILTER (WHERE u.other_quantities <> '{}') AS other_quantities
            FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.bucket_start >= $2 AND u.bucket_start < $3
                AND u.last_bucket_start >= $2 AND u.first_bucket_start < $3
                AND (NOT $4 OR u.dimension_set_id IN (
                    SELECT d.id FROM dimension_sets AS d
                    WHERE d.org_id = $1 AND d.connection_id IS NOT NULL))
            GROUP BY u.bucket_start, u.dimension_set_id, u.kind, u.currency
        ), merged AS (
            SELECT * FROM usage_rollups AS m
            WHERE m.org_id = $1 AND m.bucket_start >= $2 AND m.bucket_start < $3
                AND (NOT $4 OR m.dimension_set_id IN (
                    SELECT d.id FROM dimension_sets AS d
                    WHERE d.org_id = $1 AND d.connection_id IS NOT NULL))
        ), rollups AS (
            SELECT dimension_set_id, bucket_start, kind, currency,
                coalesce(r.entries, 0) + coalesce(u.entries, 0) AS entries,
                coalesce(r.requests, 0) + coalesce(u.requests, 0) AS requests,
                coalesce(r.amount_picos, 0) + coalesce(u.amount_picos, 0) AS amount_picos,
                coalesce(r.unpriced_entries, 0) + coalesce(u.unpriced_entries, 0) AS unpriced_entries,
                coalesce(r.unpriced_tokens, 0) + coalesce(u.unpriced_tokens, 0) AS unpriced_tokens,
                greatest(r.last_recorded_at, u.last_recorded_at) AS last_recorded_at,
                greatest(r.last_corrected_at, u.last_corrected_at) AS last_corrected_at,
                coalesce(r.input, 0) + coalesce(u.input, 0) AS input,
                coalesce(r.cache_read, 0) + coalesce(u.cache_read, 0) AS cache_read,
                coalesce(r.cache_write_5m, 0) + coalesce(u.cache_write_5m, 0) AS cache_write_5m,
                coalesce(r.cache_write_30m, 0) + coalesce(u.cache_write_30m, 0) AS cache_write_30m,
                coalesce(r.cache_write_1h, 0) + coalesce(u.cache_write_1h, 0) AS cache_write_1h,
                coalesce(r.cache_write_12h, 0) + coalesce(u.cache_write_12h, 0) AS cache_write_12h,
                coalesce(r.output, 0) + coalesce(u.output, 0) AS output,
                coalesce(r.reasoning, 0) + coalesce(u.reasoning, 0) AS reasoning,
                coalesce(r.output_unsplit, 0) + coalesce(u.output_unsplit, 0) AS output_unsplit,
                coalesce(r.input_audio, 0) + coalesce(u.input_audio, 0) AS input_audio,
                coalesce(r.cache_read_audio, 0) + coalesce(u.cache_read_audio, 0) AS cache_read_audio,
                coalesce(r.output_audio, 0) + coalesce(u.output_audio, 0) AS output_audio,
                coalesce(r.input_image, 0) + coalesce(u.input_image, 0) AS input_image,
                coalesce(r.cache_read_image, 0) + coalesce(u.cache_read_image, 0) AS cache_read_image,
                coalesce(r.output_image, 0) + coalesce(u.output_image, 0) AS output_image,
                CASE WHEN u.other_quantities IS NULL THEN r.other_quantities
                    ELSE tally.add_quantities(r.other_quantities, u.other_quantities)
                END AS other_quantities
            FROM merged AS r
            FULL JOIN unmerged AS u USING (bucket_start, dimension_set_id, kind, currency)
        )
        SELECT r.dimension_set_id, r.bucket_start, r.kind, r.currency, r.entries, r.requests,
            r.amount_picos, r.unpriced_entries, r.unpriced_tokens, r.last_recorded_at,
            r.last_corrected_at, r.input, r.cache_read, r.cache_write_5m, r.cache_write_30m,
            r.cache_write_1h, r.cache_write_12h, r.output, r.reasoning, r.output_unsplit,
            r.input_audio, r.cache_read_audio, r.output_audio, r.input_image, r.cache_read_image,
            r.output_image,
            CASE WHEN coalesce(r.other_quantities, '{}') = '{}' THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(r.other_quantities) q ORDER BY q.key) END,
            CASE WHEN coalesce(r.other_quantities, '{}') = '{}' THEN '{}' ELSE ARRAY (
                SELECT tally.bounded_count(q.value::numeric) FROM jsonb_each_text(r.other_quantities) q
                ORDER BY q.key) END
        FROM rollups AS r
        WHERE NOT $4 OR EXISTS (
            SELECT FROM dimension_sets AS d
            WHERE d.org_id = $1 AND d.connection_id IS NOT NULL)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
        bindings.append(isOfConnectionsOnly)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let quantities = try UsageQuantities(row: row, tokensAt: 11, othersAt: 26, zeros: false)
        let rollup = RollupRow(
            start: try row.instant(1), kind: try RollupRow.Kind(row: row, at: 2),
            shared: noDimensions,
            amount: Money(picos: try row.int128(6), currency: try Currency(try row.string(3))),
            entries: try row.int64(4), requests: try row.int64(5), quantities: quantities,
            unpricedEntries: try row.int64(7), unpricedTokens: try row.int64(8),
            lastRecordedAt: try row.instant(9), lastCorrectedAt: try row.optionalInstant(10))
        return Row(dimensionSetID: try row.int64(0), rollup: rollup)
    }
}

extension RollupRow.Kind {
    init(row: PostgresRow, at column: Int) throws {
        let number = Int16(truncatingIfNeeded: try row.int64(column))
        guard let kind = Self(rawValue: number) else {
            throw PostgresError(.unexpectedValue, message: "no kind of roll-up has this number")
        }
        self = kind
    }
}

/// Dimension sets by number.
struct SelectDimensionSets: PostgresStatement {
    struct Row: Sendable {
        let id: Int64
        /// Without the user, but for one that nobody has sealed yet.
        let dimensions: DimensionSet
        /// For `SealedUser`.
        let sealedUser: [UInt8]
    }

    let organization: PostgresUUID
    let ids: [Int64]

    static let sql = """
        SELECT d.id, d.provider, d.model, d.requested_model, d.operation, d.region,
            d.service_tier, d.context_tier, d.project, d.api_key_id, d.user_id, d.feature,
            d.customer, d.team, d.environment, d.source, d.connection_id, d.line_item,
            d.charge_class,
            coalesce(g.keys, '{}'), coalesce(g.texts, '{}'),
            d.rule_set_version,
            CASE WHEN d.derived_by IS NULL THEN '{}' ELSE ARRAY (
                SELECT b.key FROM jsonb_each(d.derived_by) b ORDER BY b.key COLLATE "C") END,
            CASE WHEN d.derived_by IS NULL THEN '{}' ELSE ARRAY (
                SELECT b.value ->> 'rule' FROM jsonb_each(d.derived_by) b
                ORDER BY b.key COLLATE "C") END,
            CASE WHEN d.derived_by IS NULL THEN '{}' ELSE ARRAY (
                SELECT coalesce('=' || (b.value ->> 'sent'), '') FROM jsonb_each(d.derived_by) b
                ORDER BY b.key COLLATE "C") END,
            d.sealed_user
        FROM dimension_sets d
        LEFT JOIN LATERAL (
            SELECT array_agg(t.key ORDER BY t.key COLLATE "C") AS keys,
                array_agg(t.value ORDER BY t.key COLLATE "C") AS texts
            FROM jsonb_each_text(d.tags) AS t) AS g ON d.tags <> '{}'
        WHERE d.org_id = $1 AND d.id = ANY ($2::bigint[])
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(ids)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let connection = try row.optionalUUID(16).map {
            ConnectionID(UUIDv7(high: $0.high, low: $0.low))
        }
        let chargeClass = try row.string(18)
        let tags = zip(try row.strings(19), try row.strings(20)).map {
            DimensionSet.Tag(key: $0, value: $1)
        }
        var dimensions = DimensionSet(
            provider: try row.string(1), model: try row.string(2),
            requestedModel: try row.string(3), operation: try row.string(4),
            region: try row.string(5), serviceTier: try row.string(6),
            contextTier: try row.string(7), project: try row.string(8),
            apiKeyID: try row.string(9), user: try row.string(10),
            feature: try row.string(11), customer: try row.string(12),
            team: try row.string(13), environment: try row.string(14),
            source: try row.string(15), connectionID: connection, lineItem: try row.string(17),
            chargeClass: chargeClass.isEmpty ? nil : QuantityClass(rawValue: chargeClass),
            tags: tags)
        dimensions.attribution = try attribution(row)
        return Row(
            id: try row.int64(0), dimensions: dimensions, sealedUser: try row.bytes(25))
    }

    private static func attribution(_ row: PostgresRow) throws -> Attribution? {
        guard let version = try row.optionalInt64(21) else { return nil }
        var derived: [Attribution.Derived] = []
        for ((target, rule), sent) in zip(
            zip(try row.strings(22), try row.strings(23)), try row.strings(24))
        {
            guard let target = AttributionTarget(target) else {
                throw PostgresError(.unexpectedValue, message: "no rule derives this dimension")
            }
            derived.append(
                Attribution.Derived(
                    target: target, rule: ExactText(rule),
                    sent: sent.isEmpty
                        ? nil : ExactText(String(decoding: sent.utf8.dropFirst(), as: UTF8.self))))
        }
        return Attribution(ruleSetVersion: version, derived: derived)
    }
}
