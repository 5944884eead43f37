import Core
import Domain

/// One entry about to be inserted: numbers are those of the table's columns.
struct EntryDraft {
    var entryID: Int64
    var eventTime: Instant
    var kind: EntryKind
    var rootEntryID: Int64?
    var correctionNumber: Int32?
    var source: String
    var eventID: String
    var dimensionSetID: Int64
    var priceVersionID: Int64?
    var currency: Currency
    /// Nil where the cost is not known.
    var picos: Int128?
    var state: UsageState
    var status: EventStatus
    var requests: Int64
    var latencyMilliseconds: Int64?
    var attempt: Int32?
    var session: String?
    var run: String?
    var quantities: UsageQuantities

    /// The entry of an event that was not seen before.
    init(event: PricedEvent, entryID: Int64, dimensionSetID: Int64) {
        let sent = event.event
        self.init(
            root: Figures(event: event), entryID: entryID, time: sent.time, kind: .usage,
            key: (sent.source, sent.id), dimensionSetID: dimensionSetID)
        status = sent.status
        latencyMilliseconds = sent.latencyMilliseconds == 0 ? nil : sent.latencyMilliseconds
        attempt = sent.attempt == 0 ? nil : sent.attempt
        session = sent.session.isEmpty ? nil : sent.session
        run = sent.run.isEmpty ? nil : sent.run
    }

    /// A root entry.
    init(
        root figures: Figures, entryID: Int64, time: Instant, kind: EntryKind,
        key: (source: String, eventID: String), dimensionSetID: Int64
    ) {
        self.entryID = entryID
        eventTime = time
        self.kind = kind
        source = key.source
        eventID = key.eventID
        self.dimensionSetID = dimensionSetID
        priceVersionID = figures.priceVersion
        currency = figures.currency
        picos = figures.isUnpriced ? nil : figures.picos
        state = figures.state
        status = .ok
        requests = figures.requests
        quantities = figures.quantities
    }
}
