import Core
import Domain

/// The entries of one transaction and what they add to the roll-ups.
struct EntryBatch {
    private(set) var entries: [EntryDraft] = []
    private(set) var rollups = RollupDeltas()

    /// Adds a root entry.
    mutating func append(
        root draft: EntryDraft, figures: Figures, kind: RollupRow.Kind
    ) throws(ServiceError) {
        entries.append(draft)
        try rollups.add(
            figures, time: draft.eventTime, dimensionSetID: draft.dimensionSetID, kind: kind)
    }

    /// Adds the corrections that lead a root from what it came to so far to its target. Where its roll-ups cannot take
    /// all of the changes, nothing of it is added.
    mutating func append(_ corrections: [EntryDraft], of changes: [FiguresChange])
        throws(ServiceError)
    {
        if !Mutant.forgetCorrections.isActive { try rollups.add(changes) }
        entries += corrections
    }
}

/// A root entry's figures before and after a read that changed them.
struct FiguresChange {
    let before: Figures
    let after: Figures
    let time: Instant
    let dimensionSetID: Int64
    /// Where it counts afterwards, if that is another one.
    var newDimensionSetID: Int64?
    let kind: RollupRow.Kind

    /// The steps from `before` to `after`: amounts and quantities to add, in order.
    ///
    /// An entry without an amount says that its root's cost is unknown from then on. So where
    /// the cost becomes unknown, or the currency or the dimension set changes, one step takes everything
    /// back first.
    var steps: [Figures]? {
        let mustTakeBack =
            before.currency != after.currency || newDimensionSetID != nil
            || (after.isUnpriced && !before.isUnpriced)
        if mustTakeBack {
            guard let back = Figures().difference(from: before, currency: before.currency) else {
                return nil
            }
            return [back, after]
        }
        return after.difference(from: before, currency: after.currency).map { [$0] }
    }
}

extension Figures {
    /// What to add to `before` to come to this; nil beyond the range of quantities or amounts.
    func difference(from before: Figures, currency: Currency) -> Figures? {
        guard let quantities = quantities.subtracting(before.quantities) else { return nil }
        let (picos, overflow) = picos.subtractingReportingOverflow(before.picos)
        let (requests, isTooMany) = requests.subtractingReportingOverflow(before.requests)
        guard !overflow, !isTooMany else { return nil }
        var result = self
        result.quantities = quantities
        result.picos = picos
        result.currency = currency
        result.requests = requests
        return result
    }
}
