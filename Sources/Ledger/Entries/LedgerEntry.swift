package import Core
package import Domain

/// An entry as it was recorded, with everything that it can be told apart by.
package struct LedgerEntry: Sendable {
    /// Where its figures come from. The same calls may be told of by each.
    package enum Feed: Int, Hashable, Comparable, Sendable {
        /// Metered events, with what corrects them.
        case events = 1
        case providerUsage = 2
        case providerBill = 3

        package static func < (left: Feed, right: Feed) -> Bool { left.rawValue < right.rawValue }
    }

    package let entryID: Int64
    package let kind: EntryKind
    package let feed: Feed
    package let eventID: String
    package let eventTime: Instant
    package let recordedAt: Instant
    /// Which period pays.
    package let bookedAt: Instant
    /// Nil for a root.
    package let rootEntryID: Int64?
    /// 0 for a root.
    package let correctionNumber: Int32
    /// Empty where none was given.
    package let reason: String
    package let currency: Currency
    /// Nil where its root's cost is not known from then on.
    package let picos: Int128?
    /// Below 0: of a price override.
    package let priceVersion: Int64?
    package let quantities: UsageQuantities
    package let state: UsageState
    package let status: EventStatus
    package let requests: Int64
    /// 0 where unknown.
    package let latencyMilliseconds: Int64
    /// 0 where unknown.
    package let attempt: Int32
    /// What the provider itself said that the call cost; nil where it said nothing.
    package let providerCost: ProviderCost?
    package let session: String
    package let run: String
    package let dimensions: DimensionSet
    /// Where a reader goes on behind it.
    package let place: EntryReader.Place

    init(_ row: EntryRow, dimensions: DimensionSet, place: EntryReader.Place) {
        entryID = row.entryID
        kind = row.kind
        feed = EntryWriter.feed(ofSource: row.source)
        eventID = row.eventID
        eventTime = row.eventTime
        recordedAt = row.recordedAt
        bookedAt = row.bookedAt
        rootEntryID = row.rootEntryID
        correctionNumber = row.correctionNumber
        reason = row.reason
        currency = row.currency
        picos = row.picos
        priceVersion = row.priceVersion
        quantities = row.quantities
        state = row.state
        status = row.status
        requests = row.requests
        latencyMilliseconds = row.latencyMilliseconds
        attempt = row.attempt
        providerCost = row.providerCost
        session = row.session
        run = row.run
        self.dimensions = dimensions
        self.place = place
    }
}
