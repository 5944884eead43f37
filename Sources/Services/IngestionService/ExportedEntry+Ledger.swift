import API
import Domain
import Ledger

extension ExportedEntry {
    init(_ entry: LedgerEntry) {
        let dimensions = entry.dimensions
        self.init(
            entryID: entry.entryID, kind: Kind(rawValue: Int32(entry.kind.rawValue)),
            feed: EntryFeed(entry.feed), source: dimensions.source, eventID: entry.eventID,
            eventTime: Timestamp(entry.eventTime), recordedAt: Timestamp(entry.recordedAt),
            rootEntryID: entry.rootEntryID ?? 0, correctionNumber: entry.correctionNumber,
            reason: entry.reason, currencyCode: entry.currency.code,
            amount: entry.picos.map {
                API.Money(Domain.Money(picos: $0, currency: entry.currency))
            },
            priceVersion: entry.priceVersion ?? 0,
            quantities: entry.quantities.all.map {
                API.Quantity(quantityClass: $0.quantityClass.rawValue, amount: $0.amount)
            },
            usageState: API.UsageState(rawValue: Int32(entry.state.rawValue)),
            status: API.EventStatus(rawValue: Int32(entry.status.rawValue)),
            requests: entry.requests, latencyMs: entry.latencyMilliseconds, attempt: entry.attempt,
            session: entry.session, run: entry.run, provider: dimensions.provider,
            model: dimensions.model, requestedModel: dimensions.requestedModel,
            operation: dimensions.operation, region: dimensions.region,
            serviceTier: dimensions.serviceTier, contextTier: dimensions.contextTier,
            project: dimensions.project, apiKeyID: dimensions.apiKeyID, user: dimensions.user,
            feature: dimensions.feature, customer: dimensions.customer, team: dimensions.team,
            environment: dimensions.environment, connection: dimensions.connectionID?.text ?? "",
            lineItem: dimensions.lineItem, chargeClass: dimensions.chargeClass?.rawValue ?? "",
            tags: dimensions.tags.map { API.Tag(key: $0.key, value: $0.value) },
            providerCost: entry.providerCost.map { API.Money($0.money) },
            bookedAt: Timestamp(entry.bookedAt),
            // No event that is accepted comes to more.
            totalTokens: entry.quantities.totalTokens ?? .max,
            derived: EventExplanation.derived(of: dimensions).map { DerivedDimension($0) })
    }
}

extension EntryFeed {
    init(_ feed: LedgerEntry.Feed) {
        self =
            switch feed {
            case .events: .events
            case .providerUsage: .providerUsage
            case .providerBill: .providerBill
            }
    }
}
