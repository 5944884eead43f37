import Domain
import Ledger
import Providers

extension ReportRow {
    /// A row of a report, as the ledger takes it; its source tells which report of which provider. Nil
    /// of a name and of activity, which are no entries.
    init?(_ row: ReportedRow, source: String, provider: ProviderName, connection: ConnectionID) {
        switch row {
        case .usage(let usage):
            var dimensions = usage.dimensions.set(provider: provider, connection: connection)
            dimensions.source = source
            self.init(
                time: usage.bucket.from, dimensions: dimensions,
                figures: .usage(usage.quantities, requests: usage.requests ?? 0, state: .reported),
                contradiction: usage.contradictedField.map {
                    "The provider's \($0) contradicts its own parts"
                } ?? "")
        case .charge(let charge):
            var dimensions = charge.dimensions.set(provider: provider, connection: connection)
            dimensions.source = source
            dimensions.lineItem = charge.dimensions.lineItem
            dimensions.chargeClass = charge.quantityClass
            self.init(
                time: charge.bucket.from, dimensions: dimensions, figures: .charge(charge.amount))
        case .name, .activity: return nil
        }
    }
}

extension ProviderReport {
    /// The source of its rows, such as `openai-usage`: no two reports of a provider share it.
    func source(of provider: ProviderName) -> String {
        "\(provider.rawValue)-\(name.replacing("/", with: "-"))"
    }
}

extension ReportDimensions {
    fileprivate func set(provider: ProviderName, connection: ConnectionID) -> DimensionSet {
        DimensionSet(
            provider: provider.rawValue, model: model, region: region, serviceTier: serviceTier,
            contextTier: contextTier, project: project, apiKeyID: apiKeyID, user: user,
            connectionID: connection,
            tags: tags.map { DimensionSet.Tag(key: $0.name, value: $0.value) })
    }
}
