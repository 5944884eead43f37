import API
import Core
import Domain

/// What an event, or a correction of one, says of usage: quantities, or the provider's usage object.
struct EventUsage {
    let quantities: UsageQuantities
    let state: Domain.UsageState
    /// What the object says; nil where there is none, or JSON null.
    let object: UsageObject?

    /// - Throws: `USAGE_GIVEN_TWICE`, `FIELD_TOO_LONG`, `USAGE_FORMAT_MISSING`, `USAGE_FORMAT_UNKNOWN`,
    ///   `USAGE_OBJECT_MISSING`, `USAGE_STATE_UNKNOWN`, `QUANTITIES_WITHOUT_USAGE`, what is wrong with a
    ///   quantity, and what `UsageObject.read` throws.
    init(
        quantities: [API.Quantity], state: API.UsageState, object text: String,
        format: API.UsageFormat
    ) throws(ServiceError) {
        guard !text.isEmpty else {
            guard format == .unspecified else {
                throw ServiceError(
                    .invalidArgument, "USAGE_OBJECT_MISSING", field: "usage_object",
                    "usage_format says how a usage object is read: give it, or null where the provider "
                        + "gave none.")
            }
            self.quantities = try Self.quantities(quantities)
            self.state = try Self.state(state, isEmpty: quantities.isEmpty)
            object = nil
            return
        }
        guard quantities.isEmpty else {
            throw ServiceError(
                .invalidArgument, "USAGE_GIVEN_TWICE", field: "usage_object",
                "Give the usage as an object or as quantities, not both.")
        }
        guard text.utf8.count <= EventLimits.usageObjectBytesMax else {
            throw ServiceError(
                .invalidArgument, "FIELD_TOO_LONG", field: "usage_object",
                "A usage object has at most \(EventLimits.usageObjectBytesMax) bytes.")
        }
        let object = try Self.read(text, format: format, isPartial: state == .partial)
        self.object = object
        self.quantities = object?.quantities ?? UsageQuantities()
        self.state = try object == nil ? Self.absent(state) : Self.state(state, isEmpty: false)
    }

    /// Of quantities that are checked already.
    /// - Throws: `USAGE_STATE_UNKNOWN`, `QUANTITIES_WITHOUT_USAGE`.
    init(_ quantities: UsageQuantities, state: API.UsageState) throws(ServiceError) {
        self.quantities = quantities
        self.state = try Self.state(state, isEmpty: quantities.isEmpty)
        object = nil
    }

    /// Of an event, which also tells the provider.
    /// - Throws: the same; `USAGE_FORMAT_CONTRADICTS_PROVIDER`.
    init(_ event: API.Event) throws(ServiceError) {
        guard
            event.usageFormat != .bedrockConverse || !Self.notAmazon.contains(event.provider)
        else {
            throw ServiceError(
                .invalidArgument, "USAGE_FORMAT_CONTRADICTS_PROVIDER", field: "usage_format",
                "Amazon alone answers so, and bills what it serves: name its provider, as the price "
                    + "catalogue has it.")
        }
        try self.init(
            quantities: event.quantities, state: event.usageState, object: event.usageObject,
            format: event.usageFormat)
    }

    /// Providers that sell their models themselves. Other formats are spoken for other providers'
    /// models, too, so that none of them contradicts a provider for certain.
    private static let notAmazon: Set<String> = [
        "openai", "anthropic", "azure", "google-gemini-api", "google-vertex-ai",
    ]

    private static func read(
        _ text: String, format: API.UsageFormat, isPartial: Bool
    ) throws(ServiceError) -> UsageObject? {
        let format = try Self.format(format)
        let object: UsageObject?
        do throws(ServiceError) {
            object = try UsageObject.read(text, as: format, isPartial: isPartial)
        } catch {
            throw error.within("usage_object")
        }
        guard object.map({ $0.quantities.all.count <= EventLimits.quantitiesMax }) ?? true else {
            throw ServiceError(
                .invalidArgument, "QUANTITIES_TOO_MANY", field: "usage_object",
                "An event has at most \(EventLimits.quantitiesMax) quantities.")
        }
        return object
    }

    private static func format(_ wire: API.UsageFormat) throws(ServiceError) -> Domain.UsageFormat {
        switch wire {
        case .openaiChat: return .openAIChat
        case .openaiResponses: return .openAIResponses
        case .openaiEmbeddings: return .openAIEmbeddings
        case .anthropicMessages: return .anthropicMessages
        case .gemini: return .gemini
        case .bedrockConverse: return .bedrockConverse
        case .unspecified:
            throw ServiceError(
                .invalidArgument, "USAGE_FORMAT_MISSING", field: "usage_format",
                "Say whose shape the usage object has.")
        default:
            throw ServiceError(
                .invalidArgument, "USAGE_FORMAT_UNKNOWN", field: "usage_format",
                "The server does not know this format; send quantities instead.")
        }
    }

    /// The state where the provider gave null.
    private static func absent(_ wire: API.UsageState) throws(ServiceError) -> Domain.UsageState {
        switch wire {
        case .unspecified: return .missing
        case .reported, .partial:
            throw ServiceError(
                .invalidArgument, "USAGE_CONTRADICTORY", field: "usage_state",
                "A usage object of null says that the provider gave none: it is missing, or pending."
            )
        default: return try state(wire, isEmpty: true)
        }
    }

    private static func state(
        _ wire: API.UsageState, isEmpty: Bool
    ) throws(ServiceError) -> Domain.UsageState {
        let state: Domain.UsageState
        switch wire {
        case .unspecified, .reported: return .reported
        case .partial: return .partial
        case .missing: state = .missing
        case .pending: state = .pending
        default:
            throw ServiceError(
                .invalidArgument, "USAGE_STATE_UNKNOWN", field: "usage_state",
                "Usage is reported, partial, missing or pending.")
        }
        guard isEmpty else {
            throw ServiceError(
                .invalidArgument, "QUANTITIES_WITHOUT_USAGE", field: "usage_state",
                "An event whose usage is missing or pending has no quantities; send partial instead."
            )
        }
        return state
    }

    private static func quantities(
        _ wire: [API.Quantity]
    ) throws(ServiceError) -> UsageQuantities {
        guard wire.count <= EventLimits.quantitiesMax else {
            throw ServiceError(
                .invalidArgument, "QUANTITIES_TOO_MANY", field: "quantities",
                "An event has at most \(EventLimits.quantitiesMax) quantities.")
        }
        var result = UsageQuantities()
        for (index, quantity) in wire.enumerated() {
            do throws(ServiceError) {
                try add(quantity, to: &result)
            } catch {
                throw error.within("quantities[\(index)]")
            }
        }
        return result
    }

    private static func add(
        _ quantity: API.Quantity, to result: inout UsageQuantities
    ) throws(ServiceError) {
        let quantityClass = QuantityClass(rawValue: quantity.quantityClass)
        let token = quantityClass.tokenIndex
        guard token != nil || quantityClass.isWellFormed else {
            throw ServiceError(
                .invalidArgument, "QUANTITY_CLASS_MALFORMED", field: "quantity_class",
                "A class is 1 to 64 of a-z, 0-9 and underscore, a letter first.")
        }
        let before = token.map { result.token($0) } ?? result[quantityClass]
        guard before == nil else {
            throw ServiceError(
                .invalidArgument, "DUPLICATE_QUANTITY_CLASS", field: "quantity_class",
                "Give each class once.")
        }
        guard quantity.amount >= 0 else {
            throw ServiceError(
                .invalidArgument, "NEGATIVE_QUANTITY", field: "amount", "A quantity is 0 or more.")
        }
        guard quantity.amount <= EventLimits.quantityMax else {
            throw ServiceError(
                .invalidArgument, "QUANTITY_OUT_OF_RANGE", field: "amount",
                "A quantity is at most \(EventLimits.quantityMax).")
        }
        if let token {
            result.setToken(token, quantity.amount)
        } else {
            result[quantityClass] = quantity.amount
        }
    }
}
