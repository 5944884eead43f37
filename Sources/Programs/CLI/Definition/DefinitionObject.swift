import API

/// An object of a definition file, which knows its place for messages.
struct DefinitionObject {
    private let members: [JSONValue.Member]
    private let path: String

    init(_ json: JSONValue, at path: String) throws {
        guard case .object(let members) = json else {
            throw Failure("This should be an object, not \(json.kind).", field: path)
        }
        self.members = members
        self.path = path
    }

    /// The member, nil where it is absent or null.
    subscript(_ name: String) -> JSONValue? {
        let value = members.first { $0.name == name }?.value
        return value == .null ? nil : value
    }

    /// Refuses other names: a misspelt one would be lost in silence.
    func allow(_ names: Set<String>) throws {
        for member in members where !names.contains(member.name) {
            throw Failure(
                "\(member.name) means nothing here.", field: place(member.name),
                remedy: "Known are \(names.sorted().joined(separator: ", ")).")
        }
    }

    func text(_ name: String) throws -> String {
        let text = try optionalText(name)
        guard !text.isEmpty else { throw Failure("This is missing.", field: place(name)) }
        return text
    }

    /// Empty where it is absent.
    func optionalText(_ name: String) throws -> String {
        switch self[name] {
        case nil: return ""
        case .string(let text): return text
        case .some(let other):
            throw Failure("This should be a string, not \(other.kind).", field: place(name))
        }
    }

    /// 0 where it is absent.
    func optionalNumber<Number: FixedWidthInteger>(_ name: String) throws -> Number {
        guard let value = self[name] else { return 0 }
        guard case .number(let text) = value, let number = Number(text) else {
            throw Failure(
                "This should be a whole number, \(Number.min) to \(Number.max).",
                field: place(name))
        }
        return number
    }

    /// The elements with their places; none where it is absent.
    func array(_ name: String) throws -> [(JSONValue, String)] {
        switch self[name] {
        case nil: return []
        case .array(let elements):
            return elements.enumerated().map { ($1, "\(place(name))[\($0)]") }
        case .some(let other):
            throw Failure("This should be an array, not \(other.kind).", field: place(name))
        }
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
