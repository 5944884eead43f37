import Core
import Domain
import Postgres

/// A metered event of the ledger, and what has become of it since.
struct RecordedEvent {
    let root: SelectRecordedEvents.Row
    /// With the context tier that its price gave it.
    let dimensions: DimensionSet
    /// In their order.
    private(set) var corrections: [SelectEntriesOfRoots.Row]
    /// What its entries come to.
    private(set) var figures: Figures
    /// Where it counts now.
    private(set) var dimensionSetID: Int64
    private(set) var correctionNumber: Int32 = 0
    private(set) var isReversed = false
    /// Whether it does not count since another source told of its call before, and may come to count.
    private(set) var isSuppressed = false

    /// Nil where its entries do not add up to what fits an entry, which none that were written do.
    init?(
        root: SelectRecordedEvents.Row, dimensions: DimensionSet,
        corrections: [SelectEntriesOfRoots.Row]
    ) {
        self.root = root
        self.dimensions = dimensions
        self.corrections = corrections
        figures = root.figures
        dimensionSetID = root.dimensionSetID
        for entry in corrections {
            guard let sum = figures.adding(entry) else { return nil }
            figures = sum
            dimensionSetID = entry.dimensionSetID
            correctionNumber = entry.correctionNumber
            // One that was suppressed may count again.
            isReversed = entry.kind == .reversal
            // People may give the same reason, but not while the event is recorded.
            isSuppressed =
                isReversed && entry.recordedAt == root.recordedAt
                && entry.reason == EntryWriter.toldBefore
        }
    }

    /// What its price depends on, as it stands now. The context tier is what the price says anew.
    var usage: UsageToPrice { usage(figures.quantities, figures.state) }

    /// The same with other quantities.
    func usage(_ quantities: UsageQuantities, _ state: UsageState) -> UsageToPrice {
        var dimensions = dimensions
        dimensions.contextTier = ""
        return UsageToPrice(
            dimensions, granularity: .request, time: root.time, quantities: quantities,
            state: state)
    }

    /// Goes on to figures that entries now lead to.
    mutating func become(
        _ target: Figures, in dimensionSetID: Int64, by steps: Int, isReversal: Bool
    ) {
        figures = target
        self.dimensionSetID = dimensionSetID
        correctionNumber += Int32(steps)
        isReversed = isReversal
        isSuppressed = false
    }

    /// Events by the numbers of their entries; those that are none are left out.
    static func read(
        _ keys: [SelectKnownKeys.Row], by reader: DimensionSetReader,
        in transaction: PostgresTransaction
    ) async throws -> [Int64: RecordedEvent] {
        guard !keys.isEmpty else { return [:] }
        let roots = try await transaction.run(
            SelectRecordedEvents(
                organization: reader.organization, entryIDs: keys.map(\.entryID),
                times: keys.map(\.time)))
        var sets = reader
        let events = try await complete(roots, sets: &sets, in: transaction)
        return Dictionary(
            events.map { ($0.root.entryID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Events with what has become of them since, in the order of their roots.
    /// - Parameter sets: Reads the events' dimension sets.
    static func complete(
        _ roots: [SelectRecordedEvents.Row], sets: inout DimensionSetReader,
        in transaction: PostgresTransaction
    ) async throws -> [RecordedEvent] {
        let rows = try await transaction.run(
            SelectEntriesOfRoots(
                organization: sets.organization, roots: roots.map(\.entryID),
                times: roots.map(\.time)))
        let corrections = Dictionary(grouping: rows, by: \.rootEntryID)
        try await sets.read(roots.map(\.dimensionSetID), in: transaction)
        return try roots.map { root in
            guard
                let event = RecordedEvent(
                    root: root, dimensions: try sets.set(root.dimensionSetID),
                    corrections: corrections[root.entryID] ?? [])
            else { throw EntryWriter.lostDimensionSet }
            return event
        }
    }
}
