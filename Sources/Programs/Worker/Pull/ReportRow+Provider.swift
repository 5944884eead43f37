import Domain
import Ledger
import Providers

extension ReportRow {
    /// A row of a usage report, as the ledger takes it.
    init(_ usage: NormalizedUsage, provider: ProviderName, connection: ConnectionID) {
        var dimensions = usage.dimensions.set(provider: provider, connection: connection)
        dimensions.source = "\(provider.rawValue)-usage"
        self.init(
            time: usage.bucket.from, dimensions: dimensions,
            figures: .usage(usage.quantities, requests: usage.requests ?? 0, state: .reported))
    }

    /// A line of a bill, as the ledger takes it.
    init(_ charge: NormalizedCharge, provider: ProviderName, connection: ConnectionID) {
        var dimensions = charge.dimensions.set(provider: provider, connection: connection)
        dimensions.source = "\(provider.rawValue)-costs"
        dimensions.lineItem = charge.dimensions.lineItem
        dimensions.chargeClass = charge.quantityClass
        self.init(
            time: charge.bucket.from, dimensions: dimensions, figures: .charge(charge.amount))
    }
}

extension ReportDimensions {
    fileprivate func set(provider: ProviderName, connection: ConnectionID) -> DimensionSet {
        DimensionSet(
            provider: provider.rawValue, model: model, region: region, serviceTier: serviceTier,
            contextTier: contextTier, project: project, apiKeyID: apiKeyID, user: user,
            connectionID: connection)
    }
}
