import Core
import Domain

/// One entry about to be inserted as a row: numbers are those of the table's columns.
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
    /// Why a person or a program corrected or reversed an event, or in what a provider's row contradicts itself; nil for
    /// what providers only restate.
    var reason: String?

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
