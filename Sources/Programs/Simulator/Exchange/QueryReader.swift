/// The query of one request, read strictly: a parameter that the provider does not document for
/// this path is refused, so that a misspelt filter cannot pass for no filter.
struct QueryReader: Sendable {
    /// How a provider spells a parameter that takes several values.
    enum ArrayForm: Sendable {
        /// `models[]=a&models[]=b` only.
        case bracket
        /// That, or `models=a&models=b`.
        case bracketOrPlain
    }

    private var values: [String: [String]] = [:]

    init(
        _ parameters: [SimulatedRequest.Parameter], single: Set<String>, lists: Set<String>,
        form: ArrayForm
    ) throws(Refusal) {
        for parameter in parameters {
            let name = parameter.name
            if single.contains(name) {
                guard values[name] == nil else {
                    throw .badRequest(name, "Parameter '\(name)' is given twice.")
                }
                values[name] = [parameter.value]
            } else if name.hasSuffix("[]"), lists.contains(String(name.dropLast(2))) {
                values[String(name.dropLast(2)), default: []].append(parameter.value)
            } else if form == .bracketOrPlain, lists.contains(name) {
                values[name, default: []].append(parameter.value)
            } else {
                throw .badRequest(name, "Unknown parameter: '\(name)'.")
            }
        }
    }

    func text(_ name: String) -> String? {
        values[name]?.first
    }

    /// The values of a list; nil where it is absent.
    func list(_ name: String) -> [String]? {
        values[name]
    }

    /// A filter: nil lets everything pass.
    func filter(_ name: String) -> Set<String>? {
        values[name].map { Set($0) }
    }

    func integer(_ name: String) throws(Refusal) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text) else {
            throw .badRequest(name, "'\(name)' must be an integer.")
        }
        return value
    }

    func boolean(_ name: String) throws(Refusal) -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw .badRequest(name, "'\(name)' must be true or false.")
        }
    }

    /// Values of a list, each of which must be one of `allowed`.
    func choices(_ name: String, of allowed: [String]) throws(Refusal) -> Set<String> {
        for value in values[name] ?? [] where !allowed.contains(value) {
            let names = allowed.joined(separator: ", ")
            throw .badRequest(name, "Invalid value for '\(name)': '\(value)'. One of: \(names).")
        }
        return Set(values[name] ?? [])
    }

    func limit(default standard: Int64, maximum: Int64, when condition: String = "")
        throws(Refusal) -> Int64
    {
        let limit = try integer("limit") ?? standard
        guard limit >= 1 else { throw .badRequest("limit", "'limit' must be at least 1.") }
        guard limit <= maximum else {
            throw .badRequest("limit", "'limit' must be at most \(maximum)\(condition).")
        }
        return limit
    }
}
