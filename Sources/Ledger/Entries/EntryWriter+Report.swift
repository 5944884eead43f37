package import Core
package import Domain
package import Postgres

extension EntryWriter {
    package struct RecordedReport: Sendable {
        package let outcome: ReportOutcome
        /// For `LedgerCache.committed`.
        package let dimensionSets: [DimensionSet: Int64]
    }

    /// Records rows of a provider's report: new ones as entries, changed ones as numbered
    /// corrections, unchanged ones not at all; then runs `checkpoint` in the same transaction.
    ///
    /// Rows of one natural key within a call add up. A call holds usage or charges, not both.
    /// Months must have been prepared (`LedgerCache.prepareMonths`).
    package func record(
        _ rows: [ReportRow], of connection: ConnectionID, calculator: CostCalculator,
        in transaction: PostgresTransaction, now: Instant,
        checkpoint: @Sendable (PostgresTransaction) async throws -> Void
    ) async throws -> RecordedReport {
        let tick = try await begin(in: transaction, now: now)
        let sets = try await dimensionSetIDs(Set(rows.map(\.dimensions)), in: transaction)
        let keyed = try Self.keyed(rows, of: connection, sets: sets, tick: tick)
        let known = try await claim(keyed.map(\.key), in: transaction)
        let changed = keyed.filter { known[$0.key.entryID].map { !$0.isSameContent } ?? false }
        let before = try await figures(of: changed, known: known, in: transaction)
        var outcome = ReportOutcome()
        var batch = EntryBatch()
        // Corrections are numbered behind the root entries.
        var lastEntryID = keyed.last?.key.entryID ?? tick.firstEntryID
        for item in keyed {
            let target = try Figures(row: item.row, calculator: calculator)
            guard let root = known[item.key.entryID] else {
                try batch.append(
                    root: item.entry(target), figures: target, kind: item.row.rollupKind)
                outcome.recorded += 1
                continue
            }
            guard !root.isSameContent else {
                outcome.unchanged += 1
                continue
            }
            guard let current = before[root.entryID] else { throw Self.lostRoot }
            let change = FiguresChange(
                before: current.figures, after: target, time: item.row.time,
                dimensionSetID: item.dimensionSetID, kind: item.row.rollupKind)
            let corrections = try item.corrections(
                change, root: root.entryID, after: current.correctionNumber, last: &lastEntryID)
            try batch.append(corrections, of: change)
            outcome.corrected += 1
        }
        try await write(batch, tick: tick, lastEntryID: lastEntryID, in: transaction)
        if !changed.isEmpty {
            try await transaction.execute(
                UpdateKeyContents(
                    organization: organizationUUID,
                    proposedEntryIDs: changed.map(\.key.entryID)))
        }
        try await checkpoint(transaction)
        return RecordedReport(outcome: outcome, dimensionSets: sets)
    }

    /// Begins the source of every report's key. No sender of events may use it: one namespace holds
    /// the keys of both.
    private static let reportSourcePrefix = reservedSourcePrefix + "report/"

    /// One row with its natural key.
    struct KeyedRow {
        let row: ReportRow
        let dimensionSetID: Int64
        let key: BatchRows.Key

        func entry(_ figures: Figures) -> EntryDraft {
            let kind: EntryKind =
                switch row.figures {
                case .usage, .retractedUsage: .usage
                case .charge: figures.picos < 0 ? .credit : .charge
                }
            return EntryDraft(
                root: figures, entryID: key.entryID, time: row.time, kind: kind,
                key: (key.source, key.eventID), dimensionSetID: dimensionSetID)
        }

        func corrections(
            _ change: FiguresChange, root: Int64, after number: Int32, last: inout Int64
        ) throws(ServiceError) -> [EntryDraft] {
            guard let steps = change.steps else {
                throw EntryWriter.outOfRange
            }
            var drafts: [EntryDraft] = []
            for (offset, step) in steps.enumerated() {
                last += 1
                var draft = entry(step)
                draft.entryID = last
                draft.kind = .correction
                draft.rootEntryID = root
                draft.correctionNumber = number + Int32(offset) + 1
                drafts.append(draft)
            }
            return drafts
        }
    }

    private static func keyed(
        _ rows: [ReportRow], of connection: ConnectionID, sets: [DimensionSet: Int64], tick: Tick
    ) throws -> [KeyedRow] {
        var merged: [[Int64]: (row: ReportRow, set: Int64)] = [:]
        var order: [[Int64]] = []
        for row in rows {
            guard let set = sets[row.dimensions] else { throw lostDimensionSet }
            let key = [row.time.microseconds, set]
            if let before = merged[key] {
                guard let sum = before.row.adding(row) else {
                    throw ServiceError(
                        .outOfRange, "REPORT_ROWS_DO_NOT_ADD_UP",
                        "Two rows of a report share a key, but not a currency or a range.")
                }
                merged[key] = (sum, set)
            } else {
                merged[key] = (row, set)
                order.append(key)
            }
        }
        return order.enumerated().compactMap { index, key in
            guard let (row, set) = merged[key] else { return nil }
            let stream = row.rollupKind == .charge ? "costs" : "usage"
            return KeyedRow(
                row: row, dimensionSetID: set,
                key: BatchRows.Key(
                    entryID: tick.firstEntryID + Int64(index),
                    source: "\(Self.reportSourcePrefix)\(connection.text)/\(stream)",
                    eventID: "\(row.time.microseconds)/\(set)", time: row.time,
                    content: row.content))
        }
    }

    /// What the roots of changed rows come to so far, and their last correction's number.
    private func figures(
        of changed: [KeyedRow], known: [Int64: SelectKnownKeys.Row],
        in transaction: PostgresTransaction
    ) async throws -> [Int64: (figures: Figures, correctionNumber: Int32)] {
        guard !changed.isEmpty else { return [:] }
        let entries = try await transaction.run(
            SelectEntriesOfRoots(
                organization: organizationUUID,
                roots: changed.compactMap { known[$0.key.entryID]?.entryID },
                times: changed.map(\.row.time)))
        var result: [Int64: (figures: Figures, correctionNumber: Int32)] = [:]
        for entry in entries {
            var (figures, _) = result[entry.rootEntryID] ?? (Figures(), 0)
            let (picos, isBeyond) = figures.picos.addingReportingOverflow(entry.picos ?? 0)
            let (requests, isTooMany) = figures.requests.addingReportingOverflow(entry.requests)
            guard let quantities = figures.quantities.adding(entry.quantities), !isBeyond,
                !isTooMany
            else { throw Self.outOfRange }
            figures.quantities = quantities
            figures.picos = picos
            figures.requests = requests
            figures.isUnpriced = entry.picos == nil
            figures.currency = entry.currency
            figures.state = entry.state
            result[entry.rootEntryID] = (figures, entry.correctionNumber)
        }
        return result
    }

    private static var outOfRange: ServiceError {
        ServiceError(
            .outOfRange, "QUANTITY_OUT_OF_RANGE",
            "A provider's report is beyond 64 bits of one quantity.")
    }

    private static var lostRoot: ServiceError {
        ServiceError(
            .internal, "ROOT_ENTRY_LOST", "The entry that a correction is of was not found.")
    }
}
