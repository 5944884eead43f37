import API
import Core
import Ledger
import ServiceRuntime

/// Brings a price file into the catalogue, whole or not at all.
struct ImportPrices: Sendable {
    /// Is told the reason of each refusal.
    let refused: @Sendable (String) -> Void

    @Sendable func answer(
        _ request: ImportPricesRequest, _ call: Call
    ) async throws -> ImportPricesResponse {
        let now = call.clock.now
        // A feed that broke off at once.
        if request.upload?.content.isEmpty ?? true { refused(PriceFileError.missingReason) }
        let asked = try PriceImport(wire: request.upload, now: now)
        return try await call.operatorTransaction { transaction in
            let outcome: PriceCatalogueImporter.Outcome
            do {
                outcome = try await PriceCatalogueImporter().importPrices(
                    asked, in: transaction, now: now)
            } catch let refusal as PriceImportRefusal {
                // The transaction is not tried again: it ends with this.
                refused(refusal.problem.problem.rawValue)
                throw refusal.serviceError
            }
            let record = outcome.record.map { PriceImportRecord($0) }
            if !outcome.isRepeated, let record {
                let before = outcome.plan.current.map { PriceImportRecord($0) }
                try call.changed(
                    .priceCatalogue, "\(record.version)", from: before?.json(), to: record.json())
            }
            return ImportPricesResponse(
                catalogue: record, alreadyImported: outcome.isRepeated,
                addedCount: Int32(clamping: outcome.added),
                changedCount: Int32(clamping: outcome.changed),
                unchangedCount: Int32(clamping: outcome.unchanged),
                remarks: outcome.plan.remarks.map { PriceFileRemark($0) },
                addedAliasCount: Int32(clamping: outcome.addedAliases),
                changedAliasCount: Int32(clamping: outcome.changedAliases))
        }
    }
}
