package import Core
import Domain
import Postgres

/// A row of a provider's usage report, and what has become of it since.
package struct ReportedUsage {
    /// Where a reader goes on: behind the entry of this number, at this time.
    package struct Place: Hashable, Sendable {
        package let time: Instant
        package let entryID: Int64

        package init(time: Instant, entryID: Int64) {
            self.time = time
            self.entryID = entryID
        }

        /// Before everything that happened from an instant on.
        package static func before(_ instant: Instant) -> Place {
            Place(time: instant, entryID: -1)
        }
    }

    let root: SelectReportedUsage.Row
    let dimensions: DimensionSet
    let dimensionSetID: Int64
    /// What its entries come to.
    let figures: Figures
    let correctionNumber: Int32

    /// The provider no longer reports it: it costs 0, whether its model has a price or not.
    var isRetracted: Bool {
        figures.requests == 0 && figures.quantities.withoutZeros == UsageQuantities()
    }

    /// What its price depends on, as it stands now.
    var usage: UsageToPrice {
        UsageToPrice(
            dimensions, granularity: .aggregate, time: root.time, quantities: figures.quantities,
            state: figures.state)
    }
}

/// The rows of providers' usage reports of a span, some at a time.
struct ReportedUsagePages {
    let window: Range<Instant>
    let rowLimit: Int
    /// Only rows that may have no price; among them are some that have got one.
    let isOfUnpricedOnly: Bool
    /// Behind the last row that was read; nil where none is left.
    private(set) var place: ReportedUsage.Place?
    private var sets: DimensionSetReader

    /// - Parameter reader: of the organization.
    init(
        by reader: DimensionSetReader, during window: Range<Instant>, rowLimit: Int,
        isOfUnpricedOnly: Bool = false, after place: ReportedUsage.Place? = nil
    ) {
        sets = reader
        self.window = window
        self.rowLimit = rowLimit
        self.isOfUnpricedOnly = isOfUnpricedOnly
        let first = ReportedUsage.Place.before(window.lowerBound)
        self.place = place.map { $0.time < window.lowerBound ? first : $0 } ?? first
    }

    /// The next rows, by time; nil where none is left.
    mutating func next(in transaction: PostgresTransaction) async throws -> [ReportedUsage]? {
        guard let place else { return nil }
        var roots = try await self.roots(after: place, in: transaction)
        self.place =
            roots.count < rowLimit
            ? nil : roots.last.map { ReportedUsage.Place(time: $0.time, entryID: $0.entryID) }
        guard !roots.isEmpty else { return nil }
        var seen: Set<Int64> = []
        roots.removeAll { !seen.insert($0.entryID).inserted }
        let entries = try await transaction.run(
            SelectEntriesOfRoots(
                organization: sets.organization, roots: roots.map(\.entryID),
                times: roots.map(\.time)))
        try await sets.read(entries.map(\.dimensionSetID), in: transaction)
        let ofRoot = Dictionary(grouping: entries, by: \.rootEntryID)
        return try roots.map { root in
            guard let first = ofRoot[root.entryID]?.first else { throw EntryWriter.lostRoot }
            var figures = Figures()
            var number: Int32 = 0
            for entry in ofRoot[root.entryID] ?? [] {
                guard let sum = figures.adding(entry) else { throw EntryWriter.outOfRange }
                figures = sum
                number = entry.correctionNumber
            }
            return ReportedUsage(
                root: root, dimensions: try sets.set(first.dimensionSetID),
                dimensionSetID: first.dimensionSetID, figures: figures, correctionNumber: number)
        }
    }
    private func roots(
        after place: ReportedUsage.Place, in transaction: PostgresTransaction
    ) async throws -> [SelectReportedUsage.Row] {
        guard isOfUnpricedOnly else {
            return try await transaction.run(
                SelectReportedUsage(
                    organization: sets.organization, after: place, through: window.upperBound,
                    limit: rowLimit))
        }
        return try await transaction.run(
            SelectReportedUsageWithoutPrice(
                organization: sets.organization, after: place, through: window.upperBound,
                limit: rowLimit))
    }
}
