import API
package import Ledger
package import ServiceRuntime

/// Metered events in, and what they come to.
package struct Service: Sendable {
    let ledger: LedgerCache
    let catalogues: PriceCatalogueStore

    /// - Parameters:
    ///   - ledger: what the process remembers of the ledger; one for all services.
    ///   - catalogues: the prices; one for all services.
    package init(ledger: LedgerCache, catalogues: PriceCatalogueStore) {
        self.ledger = ledger
        self.catalogues = catalogues
    }

    package func register(in registry: inout ServiceRegistry) {
        let ingest = IngestEvents(ledger: ledger, catalogues: catalogues)
        registry.registerSelfRecorded(IngestionServiceMethods.IngestEvents.self, ingest.answer)
        let reports = SpendReports(catalogues: catalogues)
        let trend = UsageTrend(reports: reports)
        registry.register(IngestionServiceMethods.UsageTrend.self, trend.answer)
        let models = TopModels(reports: reports)
        registry.register(IngestionServiceMethods.TopModels.self, models.answer)
    }
}
