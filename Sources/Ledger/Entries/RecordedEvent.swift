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
    /// What it came to, where it does not count since another source does of its call, and may come to count.
    private(set) var suppressed: Suppressed?

    /// What an event would count, and is shown with beside the spend.
    struct Suppressed {
        let figures: Figures
        let dimensionSetID: Int64
    }

    var isSuppressed: Bool { suppressed != nil }

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
            let before = Suppressed(figures: figures, dimensionSetID: dimensionSetID)
            guard let sum = figures.adding(entry) else { return nil }
            figures = sum
            dimensionSetID = entry.dimensionSetID
            correctionNumber = entry.correctionNumber
            // One that was suppressed may count again.
            isReversed = entry.kind == .reversal
            suppressed = isReversed && Self.isSuppression(entry, of: root) ? before : nil
        }
    }

    private static func isSuppression(
        _ entry: SelectEntriesOfRoots.Row, of root: SelectRecordedEvents.Row
    ) -> Bool {
        // People could give the first reason before it was refused, but not while the event is recorded.
        entry.reason == EntryWriter.outranked
            || entry.reason == EntryWriter.toldBefore && entry.recordedAt == root.recordedAt
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
        suppressed = nil
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
