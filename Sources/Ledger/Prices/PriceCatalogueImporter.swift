package import Core
package import Postgres

/// Brings a price file into the catalogue, whole or not at all.
///
/// A model that is new holds from the beginning of time, as an assumption. A price that changed
/// holds from the import on, or from a later instant, so that no entry's price changes under it. Models
/// the file lacks keep their price: late events may still need it. Aliases do as prices. A file that was imported before
/// changes nothing, unless files are read by other rules now.
package struct PriceCatalogueImporter: Sendable {
    package struct Outcome: Sendable {
        /// What the import did; of a file that was imported before, nothing.
        package let plan: PriceImportPlan
        /// The catalogue that is now the newest.
        package let record: PriceCatalogueRecord?
        /// Whether the file was imported before.
        package let isRepeated: Bool

        package var added: Int { isRepeated ? 0 : plan.added.count }
        package var changed: Int { isRepeated ? 0 : plan.changed.count }
        package var unchanged: Int { plan.file.rows.count - added - changed }
        package var addedAliases: Int { isRepeated ? 0 : plan.addedAliases.count }
        package var changedAliases: Int { isRepeated ? 0 : plan.changedAliases.count }
    }

    /// Number of the rules by which price files are read; the next one whenever a file that was
    /// imported comes to other rates or aliases.
    package static let currentReading = 4

    private let reading: Int

    package init(reading: Int = Self.currentReading) {
        self.reading = reading
    }

    /// What an import would change. Runs within any transaction that may read prices.
    /// - Throws: `PriceImportRefusal` where the file cannot be read.
    package func plan(
        _ asked: PriceImport, in transaction: PostgresTransaction, now: Instant
    ) async throws -> PriceImportPlan {
        let record = try await transaction.first(SelectNewestCatalogue())
        let current = PriceCatalogue(
            version: record?.id ?? 0, versions: try await transaction.run(SelectPriceVersions()),
            aliases: try await transaction.run(SelectPriceAliases()), record: record)
        do {
            return try PriceImportPlan(asked, after: current, record: record, now: now)
        } catch {
            throw PriceImportRefusal(problem: error, lastGood: record)
        }
    }

    /// Runs within a transaction of `tally_operator`; imports go one after another.
    /// - Throws: `PriceImportRefusal` where the file is refused; nothing is written then.
    package func importPrices(
        _ asked: PriceImport, in transaction: PostgresTransaction, now: Instant
    ) async throws -> Outcome {
        try await transaction.execute(LockPriceCatalogues())
        let plan = try await plan(asked, in: transaction, now: now)
        if let refusal = plan.refusal {
            throw PriceImportRefusal(problem: refusal, lastGood: plan.current)
        }
        let insert = InsertCatalogue(
            source: asked.source, file: asked.bytes, reading: reading, format: plan.file.format,
            asOf: plan.asOf, importedAt: now)
        guard let record = try await transaction.first(insert) else {
            return Outcome(plan: plan, record: plan.current, isRepeated: true)
        }
        let from = asked.effectiveFrom ?? now
        if !plan.changed.isEmpty {
            try await transaction.execute(
                ClosePriceVersions(ids: plan.changed.map(\.before.id), validTo: from))
        }
        try await insertVersions(plan.added, from: nil, catalogue: record.id, in: transaction)
        try await insertVersions(
            plan.changed.map(\.row), from: from, catalogue: record.id, in: transaction)
        try await writeAliases(of: plan, from: from, catalogue: record.id, in: transaction)
        return Outcome(plan: plan, record: record, isRepeated: false)
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

    private func writeAliases(
        of plan: PriceImportPlan, from: Instant, catalogue: Int64,
        in transaction: PostgresTransaction
    ) async throws {
        if !plan.changedAliases.isEmpty {
            try await transaction.execute(
                ClosePriceAliases(plan.changedAliases.map(\.before), validTo: from))
        }
        for (rows, begin) in [
            (plan.addedAliases, nil), (plan.changedAliases.map(\.row), from),
        ] where !rows.isEmpty {
            try await transaction.execute(
                InsertPriceAliases(
                    catalogue: catalogue, validFrom: begin, aliases: rows.map(\.alias)))
        }
    }
}
