/// A JSON document. Numbers keep the digits they were written with, objects their order.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The text of a number, as JSON's grammar has it.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One name of an object with its value.
    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The member of an object; nil where there is none, or this is no object.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What kind of value this is, for messages to people.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int64) {
        self = .number(String(value))
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}
