import Core
import Domain
import Ledger

/// What spend can be told apart and filtered by.
enum UsageDimension: Hashable, Sendable {
    case named(Name)
    case tag(key: ExactText)
    /// Of the calls, which only some reports look at.
    case call(CallAttribute)

    /// Those that every entry has a place for, as the contract names them.
    enum Name: String, CaseIterable, Sendable {
        case provider
        case model
        case requestedModel = "requested_model"
        case operation
        case region
        case serviceTier = "service_tier"
        case project
        case apiKeyID = "api_key_id"
        case user
        case feature
        case customer
        case team
        case environment
        case source
        case connection
    }

    private static let tagPrefix = "tag:"

    /// Reads a name of the contract; anything else is `DIMENSION_UNKNOWN`, and `TAG_KEY_MALFORMED`
    /// where no event has such a key.
    /// - Parameter ofCalls: whether attributes of calls will do; else they are `DIMENSION_OF_CALLS`.
    init(_ text: String, ofCalls: Bool = false) throws(ServiceError) {
        if let attribute = CallAttribute(rawValue: text), attribute.rawValue.hasSameBytes(as: text)
        {
            guard ofCalls else {
                throw ServiceError(
                    .invalidArgument, "DIMENSION_OF_CALLS",
                    "Only single events tell \(attribute.rawValue): UsageSummary tells spend apart and filters by it, UsageTrend, TopModels and TagCoverage filter by it."
                )
            }
            self = .call(attribute)
            return
        }
        if let name = Name(rawValue: text), name.rawValue.hasSameBytes(as: text) {
            self = .named(name)
            return
        }
        // By bytes: a mark after the colon is part of the key.
        guard text.utf8.starts(with: Self.tagPrefix.utf8) else {
            let names =
                (Name.allCases.map(\.rawValue)
                + (ofCalls ? CallAttribute.allCases.map(\.rawValue) : [])).joined(separator: ", ")
            throw ServiceError(
                .invalidArgument, "DIMENSION_UNKNOWN", "A dimension is \(names) or tag:<key>.")
        }
        let key = String(decoding: text.utf8.dropFirst(Self.tagPrefix.utf8.count), as: UTF8.self)
        guard (1...EventLimits.tagKeyBytesMax).contains(key.utf8.count) else {
            throw ServiceError(
                .invalidArgument, "TAG_KEY_MALFORMED",
                "After tag: stands a key of 1 to \(EventLimits.tagKeyBytesMax) bytes.")
        }
        self = .tag(key: ExactText(key))
    }

    /// The name in the contract.
    var text: String {
        switch self {
        case .named(let name): name.rawValue
        case .tag(let key): Self.tagPrefix + key.text
        case .call(let attribute): attribute.rawValue
        }
    }

    func value(of row: SpendRow) -> UsageValue {
        if case .call(let attribute) = self {
            return row.attributes?[attribute].map { .value(ExactText($0)) } ?? .absent
        }
        return value(of: row.shared.set)
    }

    /// Of dimensions without any call: its attributes are absent.
    func value(of dimensions: DimensionSet) -> UsageValue {
        let text: String
        switch self {
        case .call: return .absent
        case .tag(let key):
            let tag = dimensions.tags.first { $0.key.hasSameBytes(as: key.text) }
            return tag.map { .value(ExactText($0.value)) } ?? .absent
        case .named(let name): text = Self.text(of: name, in: dimensions)
        }
        return text.isEmpty ? .absent : .value(ExactText(text))
    }

    private static func text(of name: Name, in dimensions: DimensionSet) -> String {
        switch name {
        case .provider: dimensions.provider
        case .model: dimensions.model
        case .requestedModel: dimensions.requestedModel
        case .operation: dimensions.operation
        case .region: dimensions.region
        case .serviceTier: dimensions.serviceTier
        case .project: dimensions.project
        case .apiKeyID: dimensions.apiKeyID
        case .user: dimensions.user
        case .feature: dimensions.feature
        case .customer: dimensions.customer
        case .team: dimensions.team
        case .environment: dimensions.environment
        case .source: dimensions.source
        case .connection: dimensions.connectionID?.text ?? ""
        }
    }
}

/// What a row of spend has of one dimension; absent comes before every value.
enum UsageValue: Hashable, Comparable, Sendable {
    case absent
    /// Empty for a tag without a value alone.
    case value(ExactText)
}
