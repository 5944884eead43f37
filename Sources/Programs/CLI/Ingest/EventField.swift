import API

/// A named field of an event, as both formats of events files have it.
enum EventField: String, CaseIterable, Sendable {
    case id, source, time, provider, model
    case requestedModel = "requested_model"
    case operation, region
    case serviceTier = "service_tier"
    case usageState = "usage_state"
    case usageObject = "usage_object"
    case usageFormat = "usage_format"
    case providerCost = "provider_cost"
    case providerCostCurrency = "provider_cost_currency"
    case providerRequestID = "provider_request_id"
    case totalTokens = "total_tokens"
    case status
    case latencyMilliseconds = "latency_ms"
    case attempt, project
    case apiKeyID = "api_key_id"
    case user, session, run, feature, customer, team, environment, connection

    static let required: [EventField] = [.id, .source, .time, .provider, .model]

    private static let byName = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    init?(name: String) {
        guard let field = Self.byName[name] else { return nil }
        self = field
    }

    var isNumber: Bool {
        switch self {
        case .totalTokens, .latencyMilliseconds, .attempt: true
        default: false
        }
    }
}

/// An event whose fields come in one after the other, from either format.
///
/// What only the server can judge (the catalogue, sums, limits, times to come) is left to it.
struct EventBuilder {
    private var event = Event()
    private var providerCost = Money()

    mutating func setText(_ field: EventField, _ text: String) throws(EventProblem) {
        guard field != .usageObject else {
            // Line breaks in it are white space of JSON, which the server reads.
            event.usageObject = text
            return
        }
        try Self.refuseControlCharacters(text, field.rawValue)
        switch field {
        case .id: event.id = text
        case .source: event.source = text
        case .time: event.time = try Timestamp(eventTime: text)
        case .provider: event.provider = text
        case .model: event.model = text
        case .requestedModel: event.requestedModel = text
        case .operation: event.operation = text
        case .region: event.region = text
        case .serviceTier: event.serviceTier = text
        case .usageObject: break
        case .usageState: event.usageState = try UsageWords.state(text)
        case .usageFormat: event.usageFormat = try UsageWords.format(text)
        case .providerCost: providerCost.amount = text
        case .providerCostCurrency: providerCost.currencyCode = text
        case .status: event.status = try Self.status(text)
        case .project: event.project = text
        case .apiKeyID: event.apiKeyID = text
        case .user: event.user = text
        case .session: event.session = text
        case .providerRequestID: event.providerRequestID = text
        case .run: event.run = text
        case .feature: event.feature = text
        case .customer: event.customer = text
        case .team: event.team = text
        case .environment: event.environment = text
        case .connection: event.connection = text
        case .totalTokens, .latencyMilliseconds, .attempt: try setNumber(field, text)
        }
    }

    /// - Parameter digits: A number as it was written; nothing is rounded, cut or guessed.
    mutating func setNumber(_ field: EventField, _ digits: String) throws(EventProblem) {
        let number = try Self.count(digits, field.rawValue)
        switch field {
        case .totalTokens: event.totalTokens = number
        case .latencyMilliseconds: event.latencyMs = number
        case .attempt:
            guard let attempt = Int32(exactly: number) else {
                throw EventProblem(
                    "NUMBER_OUT_OF_RANGE", field: field.rawValue, "Give at most \(Int32.max).")
            }
            event.attempt = attempt
        default:
            throw EventProblem(
                "FIELD_TYPE_MISMATCH", field: field.rawValue, "This is a text, not a number.")
        }
    }

    mutating func addQuantity(_ quantityClass: String, _ digits: String) throws(EventProblem) {
        let amount = try Self.count(digits, "quantities.", quantityClass)
        event.quantities.append(Quantity(quantityClass: quantityClass, amount: amount))
    }

    mutating func addTag(_ key: String, _ value: String) throws(EventProblem) {
        try Self.refuseControlCharacters(key, "tags")
        guard !value.utf8.contains(0) else {
            throw EventProblem(
                "FIELD_HOLDS_CONTROL_CHARACTER", field: "tags.\(key)", "Remove the zero byte.")
        }
        event.tags.append(Tag(key: key, value: value))
    }

    /// The event, once all its fields are in.
    func finished() throws(EventProblem) -> Event {
        for field in EventField.required where isMissing(field) {
            throw EventProblem(
                "FIELD_MISSING", field: field.rawValue,
                "Every event needs id, source, time, provider and model.")
        }
        guard providerCost.amount.isEmpty == providerCost.currencyCode.isEmpty else {
            let field =
                providerCost.amount.isEmpty
                ? EventField.providerCost : EventField.providerCostCurrency
            throw EventProblem(
                "FIELD_MISSING", field: field.rawValue,
                "What the provider says it cost has an amount and a currency.")
        }
        var event = event
        if !providerCost.amount.isEmpty { event.providerCost = providerCost }
        return event
    }

    private func isMissing(_ field: EventField) -> Bool {
        switch field {
        case .id: event.id.isEmpty
        case .source: event.source.isEmpty
        case .time: event.time == nil
        case .provider: event.provider.isEmpty
        case .model: event.model.isEmpty
        default: false
        }
    }

    /// A whole number of 0 or more.
    private static func count(
        _ digits: String, _ prefix: String, _ name: String = ""
    ) throws(EventProblem) -> Int64 {
        if let number = Int64(digits), number >= 0, digits.utf8.first != UInt8(ascii: "+") {
            return number
        }
        throw countProblem(digits, field: prefix + name)
    }

    private static func countProblem(_ text: String, field: String) -> EventProblem {
        let unsigned = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isWhole =
            !unsigned.isEmpty
            && unsigned.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let isNumber = unsigned.utf8.first.map {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        if isWhole, text.hasPrefix("-") {
            return EventProblem("NEGATIVE_QUANTITY", field: field, "Counts are 0 or more.")
        }
        if isWhole {
            return EventProblem("NUMBER_OUT_OF_RANGE", field: field, "Give at most \(Int64.max).")
        }
        if isNumber == true {
            return EventProblem(
                "NUMBER_NOT_WHOLE", field: field,
                "Write a whole number in digits, without point, exponent or separators.")
        }
        return EventProblem(
            "FIELD_TYPE_MISMATCH", field: field, "Write a whole number in digits.")
    }

    private static func refuseControlCharacters(
        _ text: String, _ field: String
    ) throws(EventProblem) {
        // All of them are below U+00A0: ASCII's, DEL, and those of ISO 8859, which UTF-8 writes
        // as C2 80 to C2 9F.
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7f || (last == 0xc2 && byte < 0xa0) {
                throw EventProblem(
                    "FIELD_HOLDS_CONTROL_CHARACTER", field: field,
                    "Remove control characters such as line breaks, tabs and zero bytes.")
            }
            last = byte
        }
    }

    private static func status(_ text: String) throws(EventProblem) -> EventStatus {
        switch text {
        case "ok": return .ok
        case "error": return .error
        case "aborted": return .aborted
        default:
            throw EventProblem(
                "EVENT_STATUS_UNKNOWN", field: EventField.status.rawValue,
                "Write ok, error or aborted.")
        }
    }
}
