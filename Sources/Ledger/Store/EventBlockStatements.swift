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
        let columns = Columns(of: block, in: events)
        let firstEntryID = block.items.first?.entryID ?? 0
        bindings.append(organization)
        bindings.append(firstEntryID)
        bindings.append(columns.times.min())
        bindings.append(columns.times.max())
        bindings.append(recordedAt)
        bindings.append(block.currency.code)
        bindings.append(block.items.count)
        bindings.append(columns.totalPicos)
        bindings.append(columns.unpricedCount)
        let offsets = block.items.map { $0.entryID - firstEntryID }
        let isGapless = offsets.last == Int64(offsets.count - 1)
        bindings.append(isGapless ? nil : offsets.map { Int64?($0) })
        bindings.append(columns.times)
        bindings.append(columns.ids)
        bindings.append(block.items.map(\.dimensionSetID))
        bindings.append(columns.priceVersions.values)
        bindings.append(columns.picos.values)
        bindings.append(columns.states.values)
        bindings.append(columns.statuses.values)
        bindings.append(columns.latencies.values)
        bindings.append(columns.attempts.values)
        bindings.append(columns.sessions.values)
        bindings.append(columns.runs.values)
        for tokens in columns.tokens { bindings.append(tokens.values) }
        bindings.append(columns.others.values)
        bindings.append(columns.providerPicos.values)
        bindings.append(columns.providerCurrencies.values)
    }
}

/// A value for each event, or nothing at all where none has one.
private struct Column<Value> {
    private let count: Int
    private(set) var values: [Value?]?

    init(count: Int) {
        self.count = count
    }

    mutating func set(_ value: Value, at position: Int) {
        if values == nil { values = Array(repeating: nil, count: count) }
        values?[position] = value
    }
}

/// The events of a block, column by column. Each event is looked at once: it is large to pass around, and
/// its references would be counted for every column.
private struct Columns {
    var times: [Instant] = []
    var ids: [String] = []
    var totalPicos: Int128 = 0
    var unpricedCount = 0
    var priceVersions: Column<Int64>
    var picos: Column<Int64>
    var states: Column<Int64>
    var statuses: Column<Int64>
    var latencies: Column<Int64>
    var attempts: Column<Int64>
    var sessions: Column<String>
    var runs: Column<String>
    /// One a token class.
    var tokens: [Column<Int64>]
    var others: Column<String>
    var providerPicos: Column<Int64>
    var providerCurrencies: Column<String>

    init(of block: EventBlock, in events: [PricedEvent]) {
        let count = block.items.count
        let numbers = Column<Int64>(count: count)
        let texts = Column<String>(count: count)
        (priceVersions, picos, states, statuses) = (numbers, numbers, numbers, numbers)
        (latencies, attempts, providerPicos) = (numbers, numbers, numbers)
        (sessions, runs, others, providerCurrencies) = (texts, texts, texts, texts)
        tokens = Array(repeating: numbers, count: QuantityClass.tokenClasses.count)
        times.reserveCapacity(count)
        ids.reserveCapacity(count)
        for (position, item) in block.items.enumerated() {
            append(events[item.index], at: position)
        }
    }

    /// What is as usual, or empty, stays null.
    private mutating func append(_ priced: PricedEvent, at position: Int) {
        times.append(priced.event.time)
        ids.append(priced.event.id)
        if let version = priced.cost.priceVersion { priceVersions.set(version, at: position) }
        if let cost = priced.cost.picos {
            picos.set(cost, at: position)
            totalPicos += Int128(cost)
        } else {
            unpricedCount += 1
        }
        if priced.event.state != .reported {
            states.set(Int64(priced.event.state.rawValue), at: position)
        }
        if priced.event.status != .ok {
            statuses.set(Int64(priced.event.status.rawValue), at: position)
        }
        if priced.event.latencyMilliseconds != 0 {
            latencies.set(priced.event.latencyMilliseconds, at: position)
        }
        if priced.event.attempt != 0 { attempts.set(Int64(priced.event.attempt), at: position) }
        if !priced.event.session.isEmpty { sessions.set(priced.event.session, at: position) }
        if !priced.event.run.isEmpty { runs.set(priced.event.run, at: position) }
        priced.event.quantities.forEachToken { tokens[$0].set($1, at: position) }
        let counted = priced.event.quantities.otherQuantities
        if !counted.isEmpty { others.set(JSONText.quantities(counted), at: position) }
        if let cost = priced.event.providerCost {
            providerPicos.set(cost.picos, at: position)
            providerCurrencies.set(cost.currency.code, at: position)
        }
    }
}
