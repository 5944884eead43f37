import Core
import Domain
import Postgres

/// Puts a batch into the binary form of its temporary tables.
enum BatchRows {
    struct Key {
        let entryID: Int64
        let source: String
        let eventID: String
        let time: Instant
        let content: [UInt8]
    }

    private static let tokenColumns = QuantityClass.tokenClasses.map(\.rawValue)

    static let keyColumns = ["entry_id", "source", "event_id", "event_time", "content"]

    static func keys(_ keys: [Key]) -> PostgresCopyRows {
        var rows = PostgresCopyRows(
            columnCount: keyColumns.count, expectedRows: keys.count, bytesPerRow: 400)
        for key in keys {
            rows.beginRow()
            rows.append(key.entryID)
            rows.append(key.source)
            rows.append(key.eventID)
            rows.append(key.time)
            rows.append(key.content)
        }
        return rows
    }

    static let entryColumns =
        [
            "entry_id", "event_time", "kind", "root_entry_id", "correction_no", "source",
            "event_id", "dimension_set_id", "price_version_id", "currency", "amount_picos",
            "usage_state", "status", "requests", "latency_ms", "attempt", "session", "run",
            "other_quantities",
        ] + tokenColumns

    static func entries(_ entries: [EntryDraft]) -> PostgresCopyRows {
        var rows = PostgresCopyRows(
            columnCount: entryColumns.count, expectedRows: entries.count, bytesPerRow: 360)
        for entry in entries {
            rows.beginRow()
            rows.append(entry.entryID)
            rows.append(entry.eventTime)
            rows.append(entry.kind.rawValue)
            rows.append(entry.rootEntryID)
            rows.append(entry.correctionNumber)
            rows.append(entry.source)
            rows.append(entry.eventID)
            rows.append(entry.dimensionSetID)
            rows.append(entry.priceVersionID)
            rows.append(entry.currency.code)
            rows.append(entry.picos)
            rows.append(entry.state.rawValue)
            rows.append(entry.status.rawValue)
            rows.append(entry.requests)
            rows.append(entry.latencyMilliseconds)
            rows.append(entry.attempt)
            rows.append(entry.session)
            rows.append(entry.run)
            let others = entry.quantities.otherQuantities
            rows.append(json: others.isEmpty ? nil : JSONText.quantities(others))
            for index in tokenColumns.indices { rows.append(entry.quantities.token(index)) }
        }
        return rows
    }

    static let rollupColumns =
        [
            "bucket_start", "dimension_set_id", "kind", "currency", "entries", "requests",
            "amount_picos", "unpriced_entries", "unpriced_tokens", "last_recorded_at",
            "last_corrected_at", "other_quantities",
        ] + tokenColumns

    static func rollups(
        _ rollups: [RollupKey: RollupDelta], recordedAt: Instant
    ) -> PostgresCopyRows {
        var rows = PostgresCopyRows(
            columnCount: rollupColumns.count, expectedRows: rollups.count, bytesPerRow: 360)
        for (key, delta) in rollups.sorted(by: { $0.key < $1.key }) {
            rows.beginRow()
            rows.append(key.bucket)
            rows.append(key.dimensionSetID)
            rows.append(key.kind.rawValue)
            rows.append(key.currency.code)
            rows.append(delta.entries)
            rows.append(delta.requests)
            rows.append(delta.picos)
            rows.append(delta.unpricedEntries)
            rows.append(delta.unpricedTokens)
            rows.append(recordedAt)
            rows.append(delta.isCorrection ? recordedAt : nil)
            let others = delta.others.sorted { $0.key < $1.key }.map { Quantity($0.key, $0.value) }
            rows.append(json: JSONText.quantities(others))
            for amount in delta.tokens { rows.append(amount) }
        }
        return rows
    }

    static let dimensionSetColumns = [
        "ordinal", "canonical", "provider", "model", "requested_model", "operation", "region",
        "service_tier", "context_tier", "project", "api_key_id", "user_id", "feature", "customer",
        "team", "environment", "source", "connection_id", "line_item", "charge_class", "tags",
    ]

    /// Ordinals count from 1.
    static func dimensionSets(_ sets: [DimensionSet]) -> PostgresCopyRows {
        var rows = PostgresCopyRows(
            columnCount: dimensionSetColumns.count, expectedRows: sets.count, bytesPerRow: 500)
        for (index, set) in sets.enumerated() {
            rows.beginRow()
            rows.append(Int64(index + 1))
            rows.append(Array(set.canonicalText.utf8))
            for text in [
                set.provider, set.model, set.requestedModel, set.operation, set.region,
                set.serviceTier, set.contextTier, set.project, set.apiKeyID, set.user,
                set.feature, set.customer, set.team, set.environment, set.source,
            ] { rows.append(text) }
            rows.append(set.connectionID.map { PostgresUUID($0) })
            rows.append(set.lineItem)
            rows.append(set.chargeClass?.rawValue ?? "")
            rows.append(json: JSONText.tags(set.tags))
        }
        return rows
    }
}

extension PostgresUUID {
    init<Kind>(_ id: TypedID<Kind>) {
        self.init(high: id.uuid.bytes.high, low: id.uuid.bytes.low)
    }
}
