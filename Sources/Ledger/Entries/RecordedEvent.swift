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
            if entry.kind == .reversal { isReversed = true }
        }
    }

    /// Goes on to figures that entries now lead to.
    mutating func become(
        _ target: Figures, in dimensionSetID: Int64, by steps: Int, isReversal: Bool
    ) {
        figures = target
        self.dimensionSetID = dimensionSetID
        correctionNumber += Int32(steps)
        isReversed = isReversed || isReversal
    }

    /// Events by the numbers of their entries; those that are none are left out.
    static func read(
        _ keys: [SelectKnownKeys.Row], of organization: PostgresUUID,
        in transaction: PostgresTransaction
    ) async throws -> [Int64: RecordedEvent] {
        guard !keys.isEmpty else { return [:] }
        let roots = try await transaction.run(
            SelectRecordedEvents(
                organization: organization, entryIDs: keys.map(\.entryID), times: keys.map(\.time)))
        let rows = try await transaction.run(
            SelectEntriesOfRoots(
                organization: organization, roots: roots.map(\.entryID), times: roots.map(\.time)))
        let corrections = Dictionary(grouping: rows, by: \.rootEntryID)
        let sets = Dictionary(
            try await transaction.run(
                SelectDimensionSets(
                    organization: organization, ids: Set(roots.map(\.dimensionSetID)).sorted())
            ).map { ($0.id, $0.dimensions) }, uniquingKeysWith: { first, _ in first })
        var events: [Int64: RecordedEvent] = [:]
        for root in roots {
            guard let dimensions = sets[root.dimensionSetID],
                let event = RecordedEvent(
                    root: root, dimensions: dimensions,
                    corrections: corrections[root.entryID] ?? [])
            else { throw EntryWriter.lostDimensionSet }
            events[root.entryID] = event
        }
        return events
    }
}
