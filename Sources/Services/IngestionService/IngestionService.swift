import API
package import Ledger
package import ServiceRuntime

/// Metered events in, and what they come to.
package struct Service: Sendable {
    let ledger: LedgerCache
    let reader: SpendReader
    let eventsPerDayMax: Int64
    let unitRowSource: any UnitRowSource
    let priceFileRefused: @Sendable (String) -> Void

    /// - Parameters:
    ///   - ledger: what the process remembers of the ledger; one for all services.
    ///   - spendReader: reads spend, and has the prices; one for all services.
    ///   - eventsPerDayMax: new events of an organization in a day of UTC where its plan says nothing.
    ///   - unitRowSource: tells what callers see who are limited to some units.
    ///   - priceFileRefused: is told why a price file was refused.
    package init(
        ledger: LedgerCache, spendReader: SpendReader, eventsPerDayMax: Int64 = .max,
        unitRowSource: any UnitRowSource,
        priceFileRefused: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.priceFileRefused = priceFileRefused
        self.unitRowSource = unitRowSource
        self.eventsPerDayMax = eventsPerDayMax
        self.ledger = ledger
        reader = spendReader
    }

    package func register(in registry: inout ServiceRegistry) {
        let rules = AttributionRuleStore()
        let catalogues = reader.catalogues
        let ingest = IngestEvents(
            ledger: ledger, catalogues: catalogues, rules: rules, eventsPerDayMax: eventsPerDayMax,
            batches: EventBatches(), connections: ConnectionProviders(),
            dimensions: KnownDimensions(), refusedSenders: RefusedSenders(),
            lookTurns: QuotaLookTurns())
        registry.registerSelfRecordedSerialized(IngestionServiceMethods.IngestEvents.self) {
            try await ingest.answer(serialized: $0, $1)
        }
        let stream = StreamEvents(ingest: ingest)
        registry.registerSelfRecordedBidirectionalStreaming(
            IngestionServiceMethods.StreamEvents.self, stream.answer)
        let changes = ChangeEvents(ledger: ledger, catalogues: catalogues)
        registry.register(IngestionServiceMethods.CorrectEvents.self, changes.correct)
        registry.register(IngestionServiceMethods.ReverseEvents.self, changes.reverse)
        let explain = ExplainEvent(catalogues: catalogues)
        registry.register(IngestionServiceMethods.ExplainEvent.self, explain.answer)
        let reports = SpendReports(reader: reader, unitRowSource: unitRowSource)
        let trend = UsageTrend(reports: reports)
        registry.register(IngestionServiceMethods.UsageTrend.self, trend.answer)
        let models = TopModels(reports: reports)
        registry.register(IngestionServiceMethods.TopModels.self, models.answer)
        let imports = ImportPrices(refused: priceFileRefused)
        registry.register(IngestionServiceMethods.ImportPrices.self, imports.answer)
        registry.register(IngestionServiceMethods.DiffPrices.self, DiffPrices().answer)
        let price = GetPrice(catalogues: catalogues)
        registry.register(IngestionServiceMethods.GetPrice.self, price.answer)
        let summary = UsageSummary(reports: reports)
        registry.register(IngestionServiceMethods.UsageSummary.self, summary.answer)
        let export = ExportEntries(reports: reports)
        registry.registerServerStreaming(
            IngestionServiceMethods.ExportEntries.self, export.answer)
        let coverage = TagCoverage(reports: reports)
        registry.register(IngestionServiceMethods.TagCoverage.self, coverage.answer)
        let reconcile = ReconcileConnection(reader: reader)
        registry.register(IngestionServiceMethods.ReconcileConnection.self, reconcile.answer)
        let overrides = PriceOverrideMethods(catalogues: catalogues)
        registry.register(IngestionServiceMethods.CreatePriceOverride.self, overrides.create)
        registry.register(IngestionServiceMethods.EndPriceOverride.self, overrides.end)
        registry.register(IngestionServiceMethods.ListPriceOverrides.self, overrides.list)
        let simulation = SimulatePrices(reports: reports)
        registry.register(IngestionServiceMethods.SimulatePrices.self, simulation.answer)
        let repricing = RepriceEvents(ledger: ledger, catalogues: catalogues)
        registry.register(IngestionServiceMethods.RepriceEvents.self, repricing.answer)
        let attribution = AttributionRuleMethods(store: rules)
        registry.register(IngestionServiceMethods.SetAttributionRules.self, attribution.set)
        registry.register(IngestionServiceMethods.GetAttributionRules.self, attribution.get)
        registry.register(IngestionServiceMethods.ListAttributionRuleSets.self, attribution.list)
        let preview = PreviewAttributionRules(reports: reports)
        registry.register(
            IngestionServiceMethods.PreviewAttributionRules.self, preview.answer)
        let ranks = SourceRankMethods()
        registry.register(IngestionServiceMethods.SetSourceRanks.self, ranks.set)
        registry.register(IngestionServiceMethods.GetSourceRanks.self, ranks.get)
    }
}
