package import Core
package import Domain
package import Encryption
package import Postgres

/// Reads the entries of a span page by page, each once, however many there are.
///
/// First metered events, in the order in which they were recorded; then what is kept as rows, by event time.
/// Entries never change, and those that come later have higher numbers: so pages of several transactions
/// make one whole, that of the instant at which the highest number was asked for.
package struct EntryReader: Sendable {
    /// Where to go on.
    package enum Place: Hashable, Sendable {
        /// In the block, or the first behind it, with events of higher numbers.
        case block(Int64, afterEntry: Int64)
        /// With rows behind this one.
        case rows(after: Instant, entry: Int64)
    }

    package struct Page: Sendable {
        /// May be none although others follow.
        package let entries: [LedgerEntry]
        /// Nil behind the last page.
        package let next: Place?
    }

    private let organization: PostgresUUID
    private let window: Range<Instant>
    private let lastEntryID: Int64
    private let recordedThrough: Instant?
    /// Dimension sets of the last pages, by number.
    private var sets: DimensionSetReader

    private let rowsMax: Int

    package static let start = Place.block(0, afterEntry: 0)
    package static let rowsMaxDefault = 2_500
    /// Beyond so many, all are forgotten and asked for again.
    private static let setsMax = 5_000

    /// - Parameters:
    ///   - lastEntryID: what `lastEntryID(of:in:)` answered before the first page.
    ///   - recordedThrough: entries that were recorded later are left out; nil: none is.
    ///   - keys: the organization's; users read as away, or destroyed, where the keys are.
    ///   - rowsMax: of a page, which goes to the end of the block in which it has so many.
    package init(
        organization: OrganizationID, window: Range<Instant>, lastEntryID: Int64,
        recordedThrough: Instant? = nil, keys: any PersonalFieldKeys, rowsMax: Int = rowsMaxDefault
    ) {
        self.rowsMax = rowsMax
        self.organization = PostgresUUID(organization)
        sets = DimensionSetReader(of: PostgresUUID(organization), under: keys, mustOpen: false)
        self.window = window
        self.lastEntryID = lastEntryID
        self.recordedThrough = recordedThrough
    }

    /// Number of the last entry that the organization has; 0 before the first.
    package static func lastEntryID(
        of organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws -> Int64 {
        let select = SelectLastEntryID(organization: PostgresUUID(organization))
        return try await transaction.first(select) ?? 0
    }

    package mutating func page(
        from place: Place, in transaction: PostgresTransaction
    ) async throws -> Page {
        switch place {
        case .block(let block, let entry):
            return try await events(from: block, after: entry, in: transaction)
        case .rows(let time, let entry):
            // A place that somebody made up does not widen the window.
            return time < window.lowerBound
                ? try await rows(after: window.lowerBound, entry: 0, in: transaction)
                : try await rows(after: time, entry: entry, in: transaction)
        }
    }

    private mutating func events(
        from block: Int64, after entry: Int64, in transaction: PostgresTransaction
    ) async throws -> Page {
        let rows = try await transaction.run(
            SelectBlockEntries(
                organization: organization, window: window, fromBlock: block,
                lastEntryID: lastEntryID, recordedThrough: recordedThrough, rowsMax: rowsMax))
        guard let last = rows.last else {
            return Page(entries: [], next: .rows(after: window.lowerBound, entry: 0))
        }
        // Blocks at the edges of the window have events outside of it.
        let asked = rows.filter {
            window.contains($0.eventTime) && ($0.page != block || $0.entryID > entry)
        }
        return Page(
            entries: try await entries(asked, in: transaction) {
                .block($0.page, afterEntry: $0.entryID)
            },
            next: .block(last.page + 1, afterEntry: 0))
    }

    private mutating func rows(
        after time: Instant, entry: Int64, in transaction: PostgresTransaction
    ) async throws -> Page {
        let rows = try await transaction.run(
            SelectRowEntries(
                organization: organization, through: window.upperBound, afterTime: time,
                afterEntry: entry, lastEntryID: lastEntryID, recordedThrough: recordedThrough,
                limit: rowsMax))
        let next = { (row: EntryRow) in Place.rows(after: row.eventTime, entry: row.entryID) }
        return Page(
            entries: try await entries(rows, in: transaction, place: next),
            next: rows.count < rowsMax ? nil : rows.last.map(next))
    }

    private mutating func entries(
        _ rows: [EntryRow], in transaction: PostgresTransaction, place: (EntryRow) -> Place
    ) async throws -> [LedgerEntry] {
        if sets.count > Self.setsMax { sets.forgetAll() }
        try await sets.read(rows.map(\.dimensionSetID), in: transaction)
        return try rows.map { row in
            LedgerEntry(row, dimensions: try sets.set(row.dimensionSetID), place: place(row))
        }
    }
}
