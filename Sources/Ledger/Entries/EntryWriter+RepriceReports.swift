package import Core
import Domain
package import Postgres

/// What a part of a repricing came to for rows of providers' usage reports.
package struct RepricedReports: Sendable {
    /// Of the rows that change: what they came to as recorded, and what they come to as simulated.
    package fileprivate(set) var sums: [PriceSimulation.Model: PriceSimulation.Sum] = [:]
    /// Rows that stay without a price since they would cost more than an entry holds.
    package fileprivate(set) var outOfRange = 0
    /// Where the next part begins; nil: there is none.
    package fileprivate(set) var next: ReportedUsage.Place?
}

extension EntryWriter {
    /// As `reprice`, of what providers' usage reports say: corrections lead each row to what it costs now, and
    /// the report, which says nothing of prices, stays known as it was read.
    /// - Parameters:
    ///   - place: Behind the last row that is done; nil before the first.
    ///   - rowLimit: Rows of the part.
    /// - Throws: `AMOUNT_OUT_OF_RANGE`.
    package func repriceReports(
        _ repricing: Repricing, after place: ReportedUsage.Place?, calculator: CostCalculator,
        in transaction: PostgresTransaction, now: Instant, keptFrom: Instant? = nil,
        rowLimit: Int = repricedEventsPerPart
    ) async throws -> RepricedReports {
        let tick = try await begin(in: transaction, now: now)
        var (targets, result) = try await repricedReports(
            repricing, after: place, calculator, keptFrom: keptFrom, rowLimit: rowLimit,
            in: transaction)
        var batch = EntryBatch()
        var lastEntryID = tick.firstEntryID - 1
        for target in targets {
            try append(target, reason: repricing, to: &batch, last: &lastEntryID)
            result.count(target)
        }
        try await write(batch, tick: tick, lastEntryID: lastEntryID, in: transaction)
        return result
    }

    /// What `repriceReports` would change; nothing is stored.
    package func repriceReportsPreview(
        _ repricing: Repricing, after place: ReportedUsage.Place?, calculator: CostCalculator,
        in transaction: PostgresTransaction, keptFrom: Instant? = nil,
        rowLimit: Int = repricedEventsPerPart
    ) async throws -> RepricedReports {
        var (targets, result) = try await repricedReports(
            repricing, after: place, calculator, keptFrom: keptFrom, rowLimit: rowLimit,
            in: transaction)
        for target in targets { result.count(target) }
        return result
    }

    fileprivate struct ReportTarget {
        let row: ReportedUsage
        let figures: Figures
    }

    /// The rows of one part that come to something else now; none is counted yet.
    private func repricedReports(
        _ repricing: Repricing, after place: ReportedUsage.Place?, _ calculator: CostCalculator,
        keptFrom: Instant?, rowLimit: Int, in transaction: PostgresTransaction
    ) async throws -> (targets: [ReportTarget], result: RepricedReports) {
        var result = RepricedReports()
        let first = max(repricing.window.lowerBound, keptFrom ?? repricing.window.lowerBound)
        guard first < repricing.window.upperBound else { return ([], result) }
        var pages = ReportedUsagePages(
            by: setReader, during: first..<repricing.window.upperBound, rowLimit: rowLimit,
            isOfUnpricedOnly: repricing.isOfUnpricedOnly, after: place)
        guard let rows = try await pages.next(in: transaction) else { return ([], result) }
        result.next = pages.place
        var targets: [ReportTarget] = []
        for row in rows where repricing.includes(row) {
            do {
                let figures = try Figures(repricing: row, calculator: calculator)
                guard !row.figures.says(figures) else { continue }
                targets.append(ReportTarget(row: row, figures: figures))
            } catch {
                guard repricing.isFilling, error.reason == "AMOUNT_OUT_OF_RANGE" else {
                    throw error
                }
                result.outOfRange += 1
            }
        }
        return (targets, result)
    }

    private func append(
        _ target: ReportTarget, reason repricing: Repricing, to batch: inout EntryBatch,
        last: inout Int64
    ) throws(ServiceError) {
        let row = target.row
        let change = FiguresChange(
            before: row.figures, after: target.figures, time: row.root.time,
            dimensionSetID: row.dimensionSetID, kind: .providerUsage)
        guard let steps = change.steps else { throw Self.outOfRange }
        var drafts: [EntryDraft] = []
        for (offset, step) in steps.enumerated() {
            last += 1
            var draft = EntryDraft(
                root: step, entryID: last, time: row.root.time, kind: .correction,
                key: (row.root.source, row.root.eventID), dimensionSetID: row.dimensionSetID)
            draft.rootEntryID = row.root.entryID
            draft.correctionNumber = row.correctionNumber + Int32(offset) + 1
            draft.reason = repricing.reason(of: target.figures)
            drafts.append(draft)
        }
        try batch.append(drafts, of: [change])
    }
}

extension Repricing {
    fileprivate func includes(_ row: ReportedUsage) -> Bool {
        guard !row.isRetracted, !isOfUnpricedOnly || row.figures.isUnpriced else { return false }
        return isOf(row.dimensions)
    }
}

extension RepricedReports {
    fileprivate mutating func count(_ target: EntryWriter.ReportTarget) {
        sums[PriceSimulation.Model(target.row.dimensions), default: PriceSimulation.Sum()].add(
            target.row.figures,
            simulated: target.figures.isUnpriced ? nil : target.figures.picos)
    }
}
