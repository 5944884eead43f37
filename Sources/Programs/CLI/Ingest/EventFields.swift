import API
import Core
import Domain

/// Why a line is no event.
struct EventProblem: Error, Hashable, CustomStringConvertible {
    /// Name as the file has it; empty where no single field is at fault.
    let field: String
    let problem: String

    var description: String { field.isEmpty ? problem : "\(field): \(problem)" }
}

/// An event as its fields come in, from either file format.
///
/// What only the server can judge (catalogue, limits, sums) is left to it.
struct EventFields {
    private var event = Event()

    static let textNames: Set<String> = [
        "id", "source", "time", "provider", "model", "requested_model", "operation", "region",
        "service_tier", "usage_state", "status", "project", "api_key_id", "user", "session", "run",
        "feature", "customer", "team", "environment", "connection",
    ]
    static let numberNames: Set<String> = ["total_tokens", "latency_ms", "attempt"]

    private static let places: [String: any WritableKeyPath<Event, String> & Sendable] = [
        "id": \.id, "source": \.source, "provider": \.provider, "model": \.model,
        "requested_model": \.requestedModel, "operation": \.operation, "region": \.region,
        "service_tier": \.serviceTier, "project": \.project, "api_key_id": \.apiKeyID,
        "user": \.user, "session": \.session, "run": \.run, "feature": \.feature,
        "customer": \.customer, "team": \.team, "environment": \.environment,
        "connection": \.connection,
    ]

    mutating func setText(_ name: String, _ text: String) throws(EventProblem) {
        guard !text.utf8.contains(0) else {
            throw EventProblem(field: name, problem: "holds a zero character")
        }
        switch name {
        case "time":
            do {
                event.time = Timestamp(try Instant(rfc3339: text))
            } catch {
                throw EventProblem(field: name, problem: error.message)
            }
        case "usage_state":
            event.usageState = try Self.word(
                text, of: ["reported": .reported, "partial": .partial, "missing": .missing], name)
        case "status":
            event.status = try Self.word(
                text, of: ["ok": .ok, "error": .error, "aborted": .aborted], name)
        default:
            guard let place = Self.places[name] else {
                throw EventProblem(field: name, problem: "is no field of an event")
            }
            event[keyPath: place] = text
        }
    }

    mutating func setNumber(_ name: String, _ text: String) throws(EventProblem) {
        let number = try Self.count(text, name)
        switch name {
        case "total_tokens": event.totalTokens = number
        case "latency_ms": event.latencyMs = number
        case "attempt":
            guard let attempt = Int32(exactly: number) else {
                throw EventProblem(field: name, problem: "is above \(Int32.max)")
            }
            event.attempt = attempt
        default: throw EventProblem(field: name, problem: "is no field of an event")
        }
    }

    mutating func addQuantity(_ quantityClass: String, _ text: String) throws(EventProblem) {
        let name = "quantities.\(quantityClass)"
        guard QuantityClass(rawValue: quantityClass).isWellFormed else {
            throw EventProblem(field: name, problem: "is no name of a class: a-z, 0-9 and _")
        }
        event.quantities.append(
            Quantity(quantityClass: quantityClass, amount: try Self.count(text, name)))
    }

    mutating func addTag(_ key: String, _ value: String) throws(EventProblem) {
        guard !key.isEmpty, !key.utf8.contains(0), !value.utf8.contains(0) else {
            throw EventProblem(
                field: "tags.\(key)", problem: "has an empty key or a zero character")
        }
        event.tags.append(Tag(key: key, value: value))
    }

    /// The event, once all its fields are in.
    func finished() throws(EventProblem) -> Event {
        let required = [
            ("id", event.id), ("source", event.source), ("provider", event.provider),
            ("model", event.model),
        ]
        for (name, value) in required where value.isEmpty {
            throw EventProblem(field: name, problem: "is missing")
        }
        guard event.time != nil else { throw EventProblem(field: "time", problem: "is missing") }
        return event
    }

    /// A whole number of 0 or more; nothing is rounded, cut or guessed.
    private static func count(_ text: String, _ name: String) throws(EventProblem) -> Int64 {
        guard let number = Int64(text), !text.hasPrefix("+") else {
            throw EventProblem(field: name, problem: "should be a whole number, not \(text)")
        }
        guard number >= 0 else {
            throw EventProblem(field: name, problem: "is negative: \(text)")
        }
        return number
    }

    private static func word<Value>(
        _ text: String, of words: [String: Value], _ name: String
    ) throws(EventProblem) -> Value {
        guard let value = words[text] else {
            let all = words.keys.sorted().joined(separator: ", ")
            throw EventProblem(field: name, problem: "should be one of \(all), not \(text)")
        }
        return value
    }
}
