package import Core
package import Domain
package import Postgres

extension EntryWriter {
    /// Rows that earlier reads recorded in buckets which a page covers, and which the page lacks:
    /// the provider took them back. They come as rows of zero, to be recorded with the page's own.
    ///
    /// - Parameters:
    ///   - rows: those of the page.
    ///   - kind: what the page reports, usage or charges.
    ///   - source: of the report's rows; those of other reports are not this one's to take back.
    ///   - buckets: begins of the buckets that the page covers, empty ones too.
    ///   - width: seconds that a bucket lasts.
    package func retractions(
        besides rows: [ReportRow], kind: RollupRow.Kind, of connection: ConnectionID,
        source: String, buckets: [Instant], width: Int64, in transaction: PostgresTransaction
    ) async throws -> [ReportRow] {
        guard let first = buckets.min(), let last = buckets.max() else { return [] }
        let recorded = try await transaction.run(
            SelectRecordedRows(
                organization: organizationUUID, connection: PostgresUUID(connection), kind: kind,
                source: source, from: first, through: last.advanced(bySeconds: width)))
        guard !recorded.isEmpty else { return [] }
        var sets = setReader
        try await sets.read(recorded.map(\.dimensionSetID), in: transaction)
        let covered = Set(buckets)
        var reported: [Instant: Set<DimensionSet>] = [:]
        for row in rows { reported[row.time, default: []].insert(row.dimensions) }
        var retracted: [ReportRow] = []
        for row in recorded where covered.contains(row.time) {
            let dimensions = try sets.set(row.dimensionSetID)
            guard reported[row.time, default: []].insert(dimensions).inserted else { continue }
            let figures: ReportRow.Figures =
                kind == .charge ? .charge(.zero(row.currency)) : .retractedUsage
            retracted.append(ReportRow(time: row.time, dimensions: dimensions, figures: figures))
        }
        return retracted
    }
}
