import Core
import Domain
import Postgres

/// Puts entries into the binary form of their temporary table.
enum BatchRows {
    private static let tokenColumns = QuantityClass.tokenClasses.map(\.rawValue)

    static let entryColumns =
        [
            "entry_id", "event_time", "kind", "root_entry_id", "correction_no", "source",
            "event_id", "dimension_set_id", "price_version_id", "currency", "amount_picos",
            "usage_state", "status", "requests", "latency_ms", "attempt", "session", "run",
            "other_quantities", "reason",
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
            rows.append(entry.reason)
            for index in tokenColumns.indices { rows.append(entry.quantities.token(index)) }
        }
        return rows
    }
}

extension PostgresUUID {
    init<Kind>(_ id: TypedID<Kind>) {
        self.init(high: id.uuid.bytes.high, low: id.uuid.bytes.low)
    }
}
