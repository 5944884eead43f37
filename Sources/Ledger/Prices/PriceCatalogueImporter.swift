package import Core
package import Postgres

/// Brings a price file into the catalogue, whole or not at all.
///
/// A model that is new holds from the beginning of time, as an assumption. A price that changed
/// holds from the import on, so that no entry's price changes under it. Models the file lacks
/// keep their price: late events may still need it.
package struct PriceCatalogueImporter: Sendable {
    package struct Outcome: Hashable, Sendable {
        /// Number of the catalogue that is now the newest; nil where the file was imported before.
        package let catalogue: Int64?
        package let added: Int
        package let changed: Int
        package let unchanged: Int
    }

    package init() {}

    /// Runs within a transaction of `tally_operator`.
    /// - Throws: `PriceFileError` where the file is refused; nothing is written then.
    package func importPrices(
        _ bytes: [UInt8], source: String, in transaction: PostgresTransaction, now: Instant
    ) async throws -> Outcome {
        let file = try PriceFile(parsing: bytes)
        let current = PriceCatalogue(
            version: try await transaction.first(SelectCatalogueVersion()) ?? 0,
            versions: try await transaction.run(SelectPriceVersions()))
        try file.checkPlausible(after: current)
        let insert = InsertCatalogue(source: source, file: bytes)
        guard let catalogue = try await transaction.first(insert) else {
            return Outcome(catalogue: nil, added: 0, changed: 0, unchanged: file.rows.count)
        }
        let open = Dictionary(
            current.versions.filter { $0.validTo == nil }.map {
                ([$0.price.provider, $0.price.region, $0.price.model], $0)
            }, uniquingKeysWith: { first, _ in first })
        var added: [PriceFile.Row] = []
        var changed: [PriceFile.Row] = []
        var replaced: [Int64] = []
        for row in file.rows {
            let key = [row.price.provider, row.price.region, row.price.model]
            guard let before = open[key] else {
                added.append(row)
                continue
            }
            guard before.price != row.price else { continue }
            changed.append(row)
            replaced.append(before.id)
        }
        if !replaced.isEmpty {
            try await transaction.execute(ClosePriceVersions(ids: replaced, validTo: now))
        }
        try await insertVersions(added, from: nil, catalogue: catalogue, in: transaction)
        try await insertVersions(changed, from: now, catalogue: catalogue, in: transaction)
        return Outcome(
            catalogue: catalogue, added: added.count, changed: changed.count,
            unchanged: file.rows.count - added.count - changed.count)
    }

    private func insertVersions(
        _ rows: [PriceFile.Row], from: Instant?, catalogue: Int64,
        in transaction: PostgresTransaction
    ) async throws {
        guard !rows.isEmpty else { return }
        try await transaction.execute(
            InsertPriceVersions(
                catalogue: catalogue, validFrom: from, prices: rows.map(\.price),
                rates: try rows.map { try RatesDocument($0.price, source: $0.source).json }))
    }
}
