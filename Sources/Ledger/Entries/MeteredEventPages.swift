import Core
import Domain
import Postgres

/// The metered events of a span, with what has become of them since, some blocks at a time.
struct MeteredEventPages {
    let window: Range<Instant>
    /// Events of a page; a block is not cut, so they may be some more.
    let eventLimit: Int
    /// Only blocks that may have an event without a price; others of theirs come with them.
    let isOfUnpricedOnly: Bool
    /// The last block that was read; before the first -1.
    private(set) var block: Int64
    private var sets: DimensionSetReader

    /// - Parameter reader: of the organization.
    init(
        by reader: DimensionSetReader, during window: Range<Instant>, eventLimit: Int,
        isOfUnpricedOnly: Bool = false, afterBlock block: Int64 = -1
    ) {
        sets = reader
        self.window = window
        self.eventLimit = eventLimit
        self.isOfUnpricedOnly = isOfUnpricedOnly
        self.block = block
    }

    /// The next events, in the order of their entries; nil where no block is left. There may be none in a
    /// page, where a block only touches the span.
    mutating func next(in transaction: PostgresTransaction) async throws -> [RecordedEvent]? {
        let rows = try await transaction.run(
            SelectMeteredEvents(
                organization: sets.organization, from: window.lowerBound,
                through: window.upperBound,
                afterBlock: block, eventLimit: eventLimit, isOfUnpricedOnly: isOfUnpricedOnly))
        guard let last = rows.last else { return nil }
        block = last.block
        return try await RecordedEvent.complete(
            rows.map(\.event).filter { window.contains($0.time) }, sets: &sets, in: transaction)
    }
}
