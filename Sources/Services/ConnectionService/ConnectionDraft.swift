import API
import Core

/// A connection somebody asks for, checked.
struct ConnectionDraft: Sendable {
    static let displayNameLengthMax = 200
    static let keyLengths = 12...512
    static let backfillDays = 1...366
    static let backfillDaysDefault = 90

    let provider: ConnectedProvider
    let displayName: String
    let key: Secret<String>
    let backfillDays: Int

    /// Checks run in the order of the fields.
    init(wire request: CreateConnectionRequest) throws(ServiceError) {
        guard let provider = ConnectedProvider(wire: request.provider) else {
            throw ServiceError(
                .invalidArgument, "PROVIDER_UNKNOWN", field: "provider",
                "choose PROVIDER_OPENAI or PROVIDER_ANTHROPIC")
        }
        self.provider = provider
        self.displayName = try Self.checkedName(request.displayName)
        self.key = try Self.checkedKey(request.apiKey)
        let days = request.backfillDays == 0 ? Self.backfillDaysDefault : Int(request.backfillDays)
        guard Self.backfillDays.contains(days) else {
            throw ServiceError(
                .invalidArgument, "BACKFILL_DAYS_OUT_OF_RANGE", field: "backfill_days",
                "backfill_days is 1 to 366, or 0 for 90")
        }
        self.backfillDays = days
    }

    private static func checkedName(_ name: String) throws(ServiceError) -> String {
        guard !name.isEmpty else {
            throw ServiceError(
                .invalidArgument, "DISPLAY_NAME_EMPTY", field: "display_name",
                "give the connection a name, such as the provider account's")
        }
        guard name.unicodeScalars.count <= displayNameLengthMax,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw ServiceError(
                .invalidArgument, "DISPLAY_NAME_INVALID", field: "display_name",
                "display_name has at most 200 characters and no control characters")
        }
        return name
    }

    /// The key goes into an HTTP header, so nothing but visible ASCII may be in it.
    private static func checkedKey(_ key: String) throws(ServiceError) -> Secret<String> {
        let length = key.utf8.count
        guard length >= keyLengths.lowerBound else {
            throw ServiceError(
                .invalidArgument, "API_KEY_TOO_SHORT", field: "api_key",
                "api_key is the provider's whole admin key, at least 12 characters")
        }
        guard length <= keyLengths.upperBound,
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ServiceError(
                .invalidArgument, "API_KEY_MALFORMED", field: "api_key",
                "api_key has at most 512 visible ASCII characters and no spaces")
        }
        return Secret(key)
    }

    /// The last four characters, to tell keys apart.
    var keyHint: String { String(key.reveal().suffix(4)) }
}

/// A provider that can be connected, by its name in the database and the price catalogue.
package enum ConnectedProvider: String, Sendable, CaseIterable {
    case openAI = "openai"
    case anthropic

    init?(wire provider: Provider) {
        switch provider {
        case .openai: self = .openAI
        case .anthropic: self = .anthropic
        default: return nil
        }
    }

    var wire: Provider {
        switch self {
        case .openAI: .openai
        case .anthropic: .anthropic
        }
    }
}
