package import Core
package import Domain
package import Postgres

extension EntryWriter {
    package struct RecordedReport: Sendable {
        package let outcome: ReportOutcome
        /// For `LedgerCache.committed`.
        package let dimensionSets: [DimensionSet: Int64]

        /// There was nothing to record.
        package static let nothing = RecordedReport(outcome: ReportOutcome(), dimensionSets: [:])
    }

    /// Records rows of a provider's report: new ones as entries, changed ones as numbered
    /// corrections, unchanged ones not at all; then runs `checkpoint` in the same transaction.
    ///
    /// Rows of one natural key within a call add up. A call holds usage or charges, not both.
    /// Months must have been prepared (`LedgerCache.prepareMonths`).
    package func record(
        _ rows: [ReportRow], of connection: ConnectionID, calculator: CostCalculator,
        in transaction: PostgresTransaction, now: Instant,
        checkpoint: @Sendable (PostgresTransaction) async throws -> Void = { _ in }
    ) async throws -> RecordedReport {
        let tick = try await begin(in: transaction, now: now)
        let sets = try await dimensionSetIDs(rows.map(\.dimensions), in: transaction)
        let keyed = try Self.keyed(rows, of: connection, sets: sets, tick: tick)
        let known = try await claim(
            keyed.map(\.key), times: keyed.map(\.row.time), tick: tick, in: transaction)
        let changed = keyed.indices.filter { index in
            known[index].map { $0.content != keyed[index].key.content } ?? false
        }
        .map { (item: keyed[$0], root: known[$0]?.entryID ?? 0) }
        let before = try await figures(of: changed, in: transaction)
        var outcome = ReportOutcome(
            contradicted: keyed.count { !$0.row.contradiction.isEmpty })
        var batch = EntryBatch()
        // Corrections are numbered behind the root entries.
        var lastEntryID = keyed.last?.entryID ?? tick.firstEntryID
        for (index, item) in keyed.enumerated() {
            let target = try Figures(row: item.row, calculator: calculator)
            guard let root = known[index] else {
                try batch.append(
                    root: item.entry(target), figures: target, kind: item.row.rollupKind)
                outcome.recorded += 1
                continue
            }
            guard root.content != item.key.content else {
                outcome.unchanged += 1
                continue
            }
            guard let current = before[root.entryID] else { throw Self.lostRoot }
            let change = FiguresChange(
                before: current.figures, after: target, time: item.row.time,
                dimensionSetID: item.dimensionSetID, kind: item.row.rollupKind)
            let corrections = try item.corrections(
                change, root: root.entryID, after: current.correctionNumber, last: &lastEntryID)
            try batch.append(corrections, of: [change])
            outcome.corrected += 1
        }
        try await write(batch, tick: tick, lastEntryID: lastEntryID, in: transaction)
        if !changed.isEmpty {
            try await transaction.execute(
                UpdateKeyContents(
                    organization: organizationUUID, keys: changed.map(\.item.key)))
        }
        try await checkpoint(transaction)
        return RecordedReport(outcome: outcome, dimensionSets: sets)
    }

    /// Begins the source of every report's key. No sender of events may use it: one namespace holds
    /// the keys of both.
    private static let reportSourcePrefix = reservedSourcePrefix + "report/"
    /// Ends the sources of bills.
    private static let billSourceSuffix = "/costs"
    private static let usageSourceSuffix = "/usage"

    /// Sources of usage reports and of nothing else, for LIKE.
    static let usageReportPattern = "\(reportSourcePrefix)%\(usageSourceSuffix)"

    /// What an entry with a key of this source is of.
    static func feed(ofSource source: String) -> LedgerEntry.Feed {
        guard source.utf8.starts(with: reservedSourcePrefix.utf8) else { return .events }
        return source.hasSuffix(billSourceSuffix) ? .providerBill : .providerUsage
    }

    /// One row with its natural key.
    struct KeyedRow {
        let row: ReportRow
        let dimensionSetID: Int64
        let entryID: Int64
        let source: String
        let eventID: String
        let key: EntryKey

        func entry(_ figures: Figures) -> EntryDraft {
            let kind: EntryKind =
                switch row.figures {
                case .usage, .retractedUsage: .usage
                case .charge: figures.picos < 0 ? .credit : .charge
                }
            var draft = EntryDraft(
                root: figures, entryID: entryID, time: row.time, kind: kind,
                key: (source, eventID), dimensionSetID: dimensionSetID)
            if !row.contradiction.isEmpty {
                draft.reason = row.contradiction
            }
            return draft
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
        var hasher = try EntryHasher()
        var keyed: [KeyedRow] = []
        for (index, key) in order.enumerated() {
            guard let (row, set) = merged[key] else { continue }
            let suffix = row.rollupKind == .charge ? billSourceSuffix : usageSourceSuffix
            let source = "\(Self.reportSourcePrefix)\(connection.text)\(suffix)"
            let eventID = "\(row.time.microseconds)/\(set)"
            keyed.append(
                KeyedRow(
                    row: row, dimensionSetID: set, entryID: tick.firstEntryID + Int64(index),
                    source: source, eventID: eventID,
                    key: try hasher.key(source: source, id: eventID, content: row.content)))
        }
        return keyed
    }

    /// What the roots of changed rows come to so far, and their last correction's number.
    private func figures(
        of changed: [(item: KeyedRow, root: Int64)], in transaction: PostgresTransaction
    ) async throws -> [Int64: (figures: Figures, correctionNumber: Int32)] {
        guard !changed.isEmpty else { return [:] }
        let entries = try await transaction.run(
            SelectEntriesOfRoots(
                organization: organizationUUID,
                roots: changed.map(\.root), times: changed.map(\.item.row.time)))
        var result: [Int64: (figures: Figures, correctionNumber: Int32)] = [:]
        for entry in entries {
            let before = result[entry.rootEntryID]?.figures ?? Figures()
            guard let figures = before.adding(entry) else { throw Self.outOfRange }
            result[entry.rootEntryID] = (figures, entry.correctionNumber)
        }
        return result
    }

    static var outOfRange: ServiceError {
        ServiceError(
            .outOfRange, "QUANTITY_OUT_OF_RANGE",
            "A provider's report is beyond 64 bits of one quantity.")
    }

    static var lostRoot: ServiceError {
        ServiceError(
            .internal, "ROOT_ENTRY_LOST", "The entry that a correction is of was not found.")
    }
}
