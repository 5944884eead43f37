import Core
import Domain
import Postgres

/// Appends one block of events.
struct InsertEventBlock: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let recordedAt: Instant
    let block: EventBlock
    /// Those of the batch; the block's items name theirs.
    let events: [PricedEvent]

    static let sql = """
        INSERT INTO usage_event_blocks
            (org_id, first_entry_id, first_event_time, last_event_time, recorded_at, currency, events,
             total_picos, unpriced_events, entry_offset, event_time, event_id, dimension_set_id,
             price_version_id, amount_picos, usage_state, status, latency_ms, attempt, session, run,
             input, cache_read, cache_write_5m, cache_write_30m, cache_write_1h, cache_write_12h,
             output, reasoning, output_unsplit, input_audio, cache_read_audio, output_audio,
             input_image, cache_read_image, output_image, other_quantities, provider_cost_picos,
             provider_cost_currency)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37,
            $38, $39)
        """

    func bind(into bindings: inout PostgresBindings) {
        let firstEntryID = block.items.first?.entryID ?? 0
        let times = block.items.map { events[$0.index].event.time }
        let picos = block.items.map { events[$0.index].cost.picos }
        bindings.append(organization)
        bindings.append(firstEntryID)
        bindings.append(times.min())
        bindings.append(times.max())
        bindings.append(recordedAt)
        bindings.append(block.currency.code)
        bindings.append(block.items.count)
        bindings.append(picos.reduce(Int128(0)) { $0 + Int128($1 ?? 0) })
        bindings.append(picos.count { $0 == nil })
        let offsets = block.items.map { $0.entryID - firstEntryID }
        let isGapless = offsets.last == Int64(offsets.count - 1)
        bindings.append(isGapless ? nil : offsets.map { Int64?($0) })
        bindings.append(times)
        bindings.append(block.items.map { events[$0.index].event.id })
        bindings.append(block.items.map(\.dimensionSetID))
        append(to: &bindings) { events[$0].cost.priceVersion }
        append(to: &bindings) { events[$0].cost.picos }
        append(to: &bindings) {
            Self.number(events[$0].event.state.rawValue, besides: UsageState.reported.rawValue)
        }
        append(to: &bindings) {
            Self.number(events[$0].event.status.rawValue, besides: EventStatus.ok.rawValue)
        }
        append(to: &bindings) { Self.number(events[$0].event.latencyMilliseconds, besides: 0) }
        append(to: &bindings) { Self.number(events[$0].event.attempt, besides: 0) }
        appendTexts(to: &bindings) { events[$0].event.session }
        appendTexts(to: &bindings) { events[$0].event.run }
        for token in QuantityClass.tokenClasses.indices {
            append(to: &bindings) { events[$0].event.quantities.token(token) }
        }
        appendTexts(to: &bindings) {
            let others = events[$0].event.quantities.otherQuantities
            return others.isEmpty ? "" : JSONText.quantities(others)
        }
        append(to: &bindings) { events[$0].event.providerCost?.picos }
        appendTexts(to: &bindings) { events[$0].event.providerCost?.currency.code ?? "" }
    }

    /// The number, or nil where it is what an absent one means.
    private static func number<Number: BinaryInteger>(
        _ number: Number, besides usual: Number
    ) -> Int64? {
        number == usual ? nil : Int64(number)
    }

    /// A value for each event, or null where none has one.
    /// - Parameter value: of the event at a position of the batch; it looks there for itself, since events
    ///   are large to pass around.
    private func append(to bindings: inout PostgresBindings, _ value: (Int) -> Int64?) {
        var hasValue = false
        let values = block.items.map { item in
            let value = value(item.index)
            hasValue = hasValue || value != nil
            return value
        }
        bindings.append(hasValue ? values : nil)
    }

    /// The same for texts, of which an empty one is none.
    private func appendTexts(to bindings: inout PostgresBindings, _ text: (Int) -> String) {
        var hasValue = false
        let values = block.items.map { item -> String? in
            let text = text(item.index)
            guard !text.isEmpty else { return nil }
            hasValue = true
            return text
        }
        bindings.append(hasValue ? values : nil)
    }
}
