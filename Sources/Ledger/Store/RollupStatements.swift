import Core
import Domain
import Postgres

/// Adds a batch's deltas to the roll-ups.
///
/// For writers that have locked the organization's clock: nobody else of the organization adds any meanwhile,
/// so that it is enough to change the rows that are there and to insert the others. ON CONFLICT DO UPDATE
/// takes 1.7 times as long for a row that is there.
struct AddToRollups: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    /// In the order of their keys, which is that of the index.
    let rollups: [(key: RollupKey, delta: RollupDelta)]
    let recordedAt: Instant

    init(organization: PostgresUUID, rollups: RollupDeltas, recordedAt: Instant) {
        self.organization = organization
        self.rollups = rollups.sorted
        self.recordedAt = recordedAt
    }

    static let sql = """
        WITH batch AS MATERIALIZED (
            SELECT * FROM unnest($3::timestamptz[], $4::bigint[], $5::smallint[], $6::text[],
                $7::bigint[], $8::bigint[], $9::numeric[], $10::bigint[], $11::bigint[],
                $12::boolean[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
                $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[],
                $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[],
                $27::bigint[], $28::text[])
                WITH ORDINALITY
                AS b (bucket_start, dimension_set_id, kind, currency, entries, requests,
                    amount_picos, unpriced_entries, unpriced_tokens, is_correction, input,
                    cache_read, cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h,
                    output, reasoning, output_unsplit, input_audio, cache_read_audio,
                    output_audio, input_image, cache_read_image, output_image, other_quantities,
                    number)
        ), changed AS (
            UPDATE usage_rollups AS r SET
                entries = r.entries + b.entries,
                requests = r.requests + b.requests,
                amount_picos = r.amount_picos + b.amount_picos,
                unpriced_entries = r.unpriced_entries + b.unpriced_entries,
                unpriced_tokens = r.unpriced_tokens + b.unpriced_tokens,
                last_recorded_at = greatest(r.last_recorded_at, $2::timestamptz),
                last_corrected_at = CASE WHEN b.is_correction
                    THEN greatest(r.last_corrected_at, $2::timestamptz)
                    ELSE r.last_corrected_at END,
                input = r.input + b.input,
                cache_read = r.cache_read + b.cache_read,
                cache_write_5m = r.cache_write_5m + b.cache_write_5m,
                cache_write_30m = r.cache_write_30m + b.cache_write_30m,
                cache_write_1h = r.cache_write_1h + b.cache_write_1h,
                cache_write_12h = r.cache_write_12h + b.cache_write_12h,
                output = r.output + b.output,
                reasoning = r.reasoning + b.reasoning,
                output_unsplit = r.output_unsplit + b.output_unsplit,
                input_audio = r.input_audio + b.input_audio,
                cache_read_audio = r.cache_read_audio + b.cache_read_audio,
                output_audio = r.output_audio + b.output_audio,
                input_image = r.input_image + b.input_image,
                cache_read_image = r.cache_read_image + b.cache_read_image,
                output_image = r.output_image + b.output_image,
                other_quantities = CASE WHEN b.other_quantities = '{}' THEN r.other_quantities
                    ELSE tally.add_quantities(r.other_quantities, b.other_quantities::jsonb) END
            FROM batch AS b
            WHERE r.org_id = $1 AND r.bucket_start = b.bucket_start
                AND r.dimension_set_id = b.dimension_set_id AND r.kind = b.kind
                AND r.currency = b.currency
            RETURNING b.number
        )
        INSERT INTO usage_rollups
            (org_id, bucket_start, dimension_set_id, kind, currency, entries, requests,
             amount_picos, unpriced_entries, unpriced_tokens, last_recorded_at,
             last_corrected_at, input, cache_read, cache_write_5m, cache_write_30m,
             cache_write_1h, cache_write_12h, output, reasoning, output_unsplit, input_audio,
             cache_read_audio, output_audio, input_image, cache_read_image, output_image,
             other_quantities)
        SELECT $1, b.bucket_start, b.dimension_set_id, b.kind, b.currency, b.entries, b.requests,
            b.amount_picos, b.unpriced_entries, b.unpriced_tokens, $2::timestamptz,
            CASE WHEN b.is_correction THEN $2::timestamptz END, b.input, b.cache_read, b.cache_write_5m,
            b.cache_write_30m, b.cache_write_1h, b.cache_write_12h, b.output, b.reasoning,
            b.output_unsplit, b.input_audio, b.cache_read_audio, b.output_audio, b.input_image,
            b.cache_read_image, b.output_image, b.other_quantities::jsonb
        FROM batch AS b
        WHERE b.number NOT IN (SELECT number FROM changed)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(recordedAt)
        bindings.append(rollups.map(\.key.bucket))
        bindings.append(rollups.map(\.key.dimensionSetID))
        bindings.append(rollups.map { Int64($0.key.kind.rawValue) })
        bindings.append(rollups.map(\.key.currency.code))
        bindings.append(rollups.map(\.delta.entries))
        bindings.append(rollups.map(\.delta.requests))
        bindings.append(rollups.map(\.delta.picos))
        bindings.append(rollups.map(\.delta.unpricedEntries))
        bindings.append(rollups.map(\.delta.unpricedTokens))
        bindings.append(rollups.map(\.delta.isCorrection))
        for index in 0..<RollupDelta.tokenClassCount {
            bindings.append(rollups.map { $0.delta.tokens[index] })
        }
        bindings.append(
            rollups.map { _, delta in
                let others = delta.others.sorted { $0.key < $1.key }
                return JSONText.quantities(others.map { Quantity($0.key, $0.value) })
            })
    }
}

/// The roll-ups of a window.
struct SelectRollups: PostgresStatement {
    struct Row: Sendable {
        let dimensionSetID: Int64
        /// The dimensions of `rollup` are empty: they are joined from `SelectDimensionSets`.
        let rollup: RollupRow
    }

    let organization: PostgresUUID
    let from: Instant
    /// First instant behind the window.
    let through: Instant

    // Most rows have no other quantities; unpacking the empty object costs more than reading the row.
    static let sql = """
        SELECT r.dimension_set_id, r.bucket_start, r.kind, r.currency, r.entries, r.requests,
            r.amount_picos, r.unpriced_entries, r.unpriced_tokens, r.last_recorded_at,
            r.last_corrected_at, r.input, r.cache_read, r.cache_write_5m,
            r.cache_write_30m, r.cache_write_1h, r.cache_write_12h, r.output, r.reasoning,
            r.output_unsplit, r.input_audio, r.cache_read_audio, r.output_audio, r.input_image,
            r.cache_read_image, r.output_image,
            CASE WHEN r.other_quantities = '{}' THEN '{}' ELSE ARRAY (
                SELECT q.key FROM jsonb_each_text(r.other_quantities) q ORDER BY q.key) END,
            CASE WHEN r.other_quantities = '{}' THEN '{}' ELSE ARRAY (
                SELECT q.value::bigint FROM jsonb_each_text(r.other_quantities) q
                ORDER BY q.key) END
        FROM usage_rollups r
        WHERE r.org_id = $1 AND r.bucket_start >= $2 AND r.bucket_start < $3
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let quantities = try UsageQuantities(row: row, tokensAt: 11, othersAt: 26, zeros: false)
        guard let kind = RollupRow.Kind(rawValue: Int16(truncatingIfNeeded: try row.int64(2)))
        else {
            throw PostgresError(.unexpectedValue, message: "no kind of roll-up has this number")
        }
        let rollup = RollupRow(
            start: try row.instant(1), kind: kind,
            dimensions: DimensionSet(provider: "", model: ""),
            amount: Money(picos: try row.int128(6), currency: try Currency(try row.string(3))),
            entries: try row.int64(4), requests: try row.int64(5), quantities: quantities,
            unpricedEntries: try row.int64(7), unpricedTokens: try row.int64(8),
            lastRecordedAt: try row.instant(9), lastCorrectedAt: try row.optionalInstant(10))
        return Row(dimensionSetID: try row.int64(0), rollup: rollup)
    }
}

/// Dimension sets by number.
struct SelectDimensionSets: PostgresStatement {
    struct Row: Sendable {
        let id: Int64
        let dimensions: DimensionSet
    }

    let organization: PostgresUUID
    let ids: [Int64]

    static let sql = """
        SELECT d.id, d.provider, d.model, d.requested_model, d.operation, d.region,
            d.service_tier, d.context_tier, d.project, d.api_key_id, d.user_id, d.feature,
            d.customer, d.team, d.environment, d.source, d.connection_id, d.line_item,
            d.charge_class,
            ARRAY (SELECT t.key FROM jsonb_each_text(d.tags) t ORDER BY t.key COLLATE "C"),
            ARRAY (SELECT t.value FROM jsonb_each_text(d.tags) t ORDER BY t.key COLLATE "C"),
            d.rule_set_version,
            CASE WHEN d.derived_by IS NULL THEN '{}' ELSE ARRAY (
                SELECT b.key FROM jsonb_each(d.derived_by) b ORDER BY b.key COLLATE "C") END,
            CASE WHEN d.derived_by IS NULL THEN '{}' ELSE ARRAY (
                SELECT b.value ->> 'rule' FROM jsonb_each(d.derived_by) b
                ORDER BY b.key COLLATE "C") END,
            CASE WHEN d.derived_by IS NULL THEN '{}' ELSE ARRAY (
                SELECT coalesce('=' || (b.value ->> 'sent'), '') FROM jsonb_each(d.derived_by) b
                ORDER BY b.key COLLATE "C") END
        FROM dimension_sets d
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
        return Row(id: try row.int64(0), dimensions: dimensions)
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
