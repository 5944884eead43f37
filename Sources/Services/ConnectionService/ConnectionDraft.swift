import API
import Core
import Domain

/// A connection somebody asks for, checked.
struct ConnectionDraft: Sendable {
    static let backfillDays = 1...366
    static let backfillDaysDefault = 90

    let provider: ConnectedProvider
    let displayName: String
    let key: ProviderKey
    let backfillDays: Int
    let labels: ConnectionLabels
    let recordOf: RecordKind

    /// Checks run in the order of the fields.
    init(wire request: CreateConnectionRequest) throws(ServiceError) {
        self.provider = try Self.provider(request.provider)
        self.displayName = try DisplayName(request.displayName).text
        self.key = try ProviderKey(request.apiKey)
        self.backfillDays = try Self.backfillDays(request.backfillDays)
        self.labels = try ConnectionLabels(wire: request.labels)
        self.recordOf = try RecordKind(wire: request.recordOf)
    }

    init(
        provider: ConnectedProvider, displayName: String, key: ProviderKey, backfillDays: Int,
        labels: ConnectionLabels, recordOf: RecordKind
    ) {
        self.provider = provider
        self.displayName = displayName
        self.key = key
        self.backfillDays = backfillDays
        self.labels = labels
        self.recordOf = recordOf
    }

    /// Days to reach back, 0 for the default; `BACKFILL_DAYS_OUT_OF_RANGE`.
    static func backfillDays(_ wire: Int32) throws(ServiceError) -> Int {
        let days = wire == 0 ? backfillDaysDefault : Int(wire)
        guard backfillDays.contains(days) else {
            throw ServiceError(
                .invalidArgument, "BACKFILL_DAYS_OUT_OF_RANGE", field: "backfill_days",
                "backfill_days is 1 to 366, or 0 for 90")
        }
        return days
    }

    static func provider(_ wire: Provider) throws(ServiceError) -> ConnectedProvider {
        guard let provider = ConnectedProvider(wire: wire) else {
            throw ServiceError(
                .invalidArgument, "PROVIDER_UNKNOWN", field: "provider",
                "choose PROVIDER_OPENAI, PROVIDER_ANTHROPIC or PROVIDER_OPENROUTER")
        }
        return provider
    }
}

/// A provider that can be connected, by its name in the database and the price catalogue.
package enum ConnectedProvider: String, Sendable, CaseIterable {
    case openAI = "openai"
    case anthropic
    case openRouter = "openrouter"

    init?(wire provider: Provider) {
        switch provider {
        case .openai: self = .openAI
        case .anthropic: self = .anthropic
        case .openrouter: self = .openRouter
        default: return nil
        }
    }

    var wire: Provider {
        switch self {
        case .openAI: .openai
        case .anthropic: .anthropic
        case .openRouter: .openrouter
        }
    }
}
