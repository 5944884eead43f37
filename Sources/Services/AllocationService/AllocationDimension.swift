import Core
import Domain

/// What of a spend row a condition looks at.
enum AllocationDimension: Hashable, Sendable {
    case provider
    case model
    case project
    case apiKeyID
    case user
    case feature
    case customer
    case team
    case environment
    case connection
    case operation
    case tag(key: String)

    private static let tagPrefix = "tag:"
    static let tagKeyByteCountMax = 128

    private static let names: [String: AllocationDimension] = [
        "provider": .provider, "model": .model, "project": .project, "api_key_id": .apiKeyID,
        "user": .user, "feature": .feature, "customer": .customer, "team": .team,
        "environment": .environment, "connection": .connection, "operation": .operation,
    ]

    /// Reads a name of the contract; anything else is `DIMENSION_UNKNOWN`.
    init(_ text: String) throws(ServiceError) {
        if let named = Self.names[text] {
            self = named
            return
        }
        guard text.hasPrefix(Self.tagPrefix) else {
            throw ServiceError(
                .invalidArgument, "DIMENSION_UNKNOWN",
                "A condition's dimension is provider, model, project, api_key_id, user, feature, "
                    + "customer, team, environment, connection, operation or tag:<key>.")
        }
        let key = String(text.dropFirst(Self.tagPrefix.count))
        guard (1...Self.tagKeyByteCountMax).contains(key.utf8.count) else {
            throw ServiceError(
                .invalidArgument, "TAG_KEY_MALFORMED",
                "After tag: stands a key of 1 to \(Self.tagKeyByteCountMax) bytes.")
        }
        self = .tag(key: key)
    }

    /// The name in the contract.
    var text: String {
        if case .tag(let key) = self { return Self.tagPrefix + key }
        return Self.names.first { $0.value == self }?.key ?? ""
    }

    /// The value of a row; empty where it has none.
    func value(of dimensions: DimensionSet) -> String {
        switch self {
        case .provider: dimensions.provider
        case .model: dimensions.model
        case .project: dimensions.project
        case .apiKeyID: dimensions.apiKeyID
        case .user: dimensions.user
        case .feature: dimensions.feature
        case .customer: dimensions.customer
        case .team: dimensions.team
        case .environment: dimensions.environment
        case .connection: dimensions.connectionID?.text ?? ""
        case .operation: dimensions.operation
        case .tag(let key): dimensions.tag(key)
        }
    }
}
