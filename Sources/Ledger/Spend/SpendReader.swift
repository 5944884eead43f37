package import Core
package import Domain
package import Postgres

/// The one way to an organization's spend: every report, budget and allocation reads here.
///
/// Reads roll-ups only, never entries, so that a report's time does not grow with their number.
/// Call it within a snapshot: it runs several statements.
package struct SpendReader: Sendable {
    private let catalogues: PriceCatalogueStore

    package init(catalogues: PriceCatalogueStore) {
        self.catalogues = catalogues
    }

    /// - Parameters:
    ///   - from: first instant of the window.
    ///   - through: first instant behind the window.
    package func spend(
        _ transaction: PostgresTransaction, organization: OrganizationID, from: Instant,
        through: Instant, basis: Basis, now: Instant
    ) async throws -> SpendReport {
        let key = PostgresUUID(organization)
        let catalogue = try await catalogues.current(in: transaction, now: now)
        // Bills are for whole days of UTC, whatever window is asked for.
        let selected = try await transaction.run(
            SelectRollups(
                organization: key, from: UTCDay.floor(from), through: UTCDay.ceiling(through)))
        let ids = Set(selected.map(\.dimensionSetID)).sorted()
        let sets = Dictionary(
            try await transaction.run(SelectDimensionSets(organization: key, ids: ids))
                .map { ($0.id, $0.dimensions) }, uniquingKeysWith: { first, _ in first })
        let rollups = try selected.map { selected in
            guard let dimensions = sets[selected.dimensionSetID] else {
                throw EntryWriter.lostDimensionSet
            }
            var rollup = selected.rollup
            rollup.dimensions = dimensions
            return rollup
        }
        let connections = try await transaction.run(SelectConnectionReadings(organization: key))
        return try SpendReport(
            rollups: rollups, connections: connections, catalogue: catalogue,
            window: from..<max(from, through), basis: basis, now: now)
    }
}

extension SpendReport {
    /// Resolves the basis and cuts the outcome to the window: pure. Throws as
    /// `EffectiveCost.resolve`.
    package init(
        rollups: [RollupRow], connections: [ConnectionReading], catalogue: PriceCatalogue,
        window: Range<Instant>, basis: Basis, now: Instant
    ) throws(ServiceError) {
        let effectiveCost = EffectiveCost(catalogue: catalogue)
        let rows = try effectiveCost.resolve(
            rollups, connections: connections, basis: basis, now: now
        ).filter { window.contains($0.start) }
        let settled = UTCDay.floor(now.advanced(bySeconds: -ConnectionReading.settlingSeconds))
        var sources = connections.map { reading in
            SpendCompleteness.Source(
                name: reading.displayName, lastReadAt: reading.lastReadAt,
                finalThrough: effectiveCost.finalThrough(
                    reading, rows: rollups, basis: basis, now: now))
        }
        var lastEvents: [ExactText: Instant] = [:]
        for row in rollups where row.kind == .event {
            let source = ExactText(row.dimensions.source)
            lastEvents[source] = max(lastEvents[source] ?? row.lastRecordedAt, row.lastRecordedAt)
        }
        sources += lastEvents.sorted { $0.key < $1.key }.map {
            .init(name: $0.key.text, lastReadAt: $0.value, finalThrough: settled)
        }
        let ends = connections.isEmpty ? [settled] : sources.map(\.finalThrough)
        let finalThrough = ends.contains(nil) ? nil : ends.compactMap { $0 }.min()
        self.init(
            rows: rows,
            completeness: SpendCompleteness(
                basis: basis, finalThrough: finalThrough,
                provisional: finalThrough.map { $0 < window.upperBound } ?? true,
                unpricedEntries: Self.unpricedEntries(rows),
                unpricedTokens: Self.unpricedTokens(rows),
                sources: sources, knownAt: now))
    }
}

extension Int64 {
    /// The sum, or the largest number where it is beyond 64 bits: for counts shown to people.
    package func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
