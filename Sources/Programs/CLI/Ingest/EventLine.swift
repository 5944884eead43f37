import API

/// One line of an events file in JSON Lines.
enum EventLine {
    /// Objects within objects that an event has, with room for a clear message about one more.
    private static let depthMax = 8

    /// Reasons that the start of a good line gives too.
    static let unreadable: Set<String> = ["LINE_NOT_JSON", "LINE_NOT_UTF8"]

    static func event(_ line: ArraySlice<UInt8>) throws(EventProblem) -> Event {
        var builder = EventBuilder()
        for member in try members(line) where !isAbsent(member) {
            switch member.name {
            case EventField.usageObject.rawValue:
                guard isUsage(member.value) else {
                    throw mismatch(member.name, member.value, "an object or null")
                }
                try builder.setText(.usageObject, member.value.text())
            case EventField.providerCost.rawValue:
                // A number's digits are kept as they were written, as a string's are.
                switch member.value {
                case .number(let digits), .string(let digits):
                    try builder.setText(.providerCost, digits)
                default: throw mismatch(member.name, member.value, "a decimal number")
                }
            case "quantities":
                for quantity in try object(member) {
                    guard case .number(let digits) = quantity.value else {
                        throw mismatch(
                            "quantities.\(quantity.name)", quantity.value, "a whole number")
                    }
                    try builder.addQuantity(quantity.name, digits)
                }
            case "tags":
                for tag in try object(member) {
                    guard case .string(let value) = tag.value else {
                        throw mismatch("tags.\(tag.name)", tag.value, "a string")
                    }
                    try builder.addTag(tag.name, value)
                }
            default:
                try set(member, in: &builder)
            }
        }
        return try builder.finished()
    }

    /// Null is absent, but says of a usage object that the provider gave none.
    private static func isAbsent(_ member: JSONValue.Member) -> Bool {
        member.value == .null && member.name != EventField.usageObject.rawValue
    }

    private static func isUsage(_ value: JSONValue) -> Bool {
        switch value {
        case .object, .null: true
        default: false
        }
    }

    private static func members(
        _ line: ArraySlice<UInt8>
    ) throws(EventProblem) -> [JSONValue.Member] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line, depthMax: depthMax)
        } catch {
            guard String(validating: line, as: UTF8.self) != nil else {
                throw EventProblem("LINE_NOT_UTF8", "Write the file in UTF-8.")
            }
            throw EventProblem("LINE_NOT_JSON", "Write one JSON object on the line: \(error).")
        }
        guard case .object(let members) = value else {
            throw EventProblem(
                "LINE_NOT_AN_OBJECT", "Write one JSON object on the line, not \(value.kind).")
        }
        return members
    }

    private static func set(
        _ member: JSONValue.Member, in builder: inout EventBuilder
    ) throws(EventProblem) {
        guard let field = EventField(name: member.name) else {
            throw EventProblem(
                "FIELD_UNKNOWN", field: member.name,
                "Events have no such field; put what is your own into tags.")
        }
        switch member.value {
        case .number(let digits) where field.isNumber: try builder.setNumber(field, digits)
        case .string(let text) where !field.isNumber: try builder.setText(field, text)
        default:
            throw mismatch(
                member.name, member.value, field.isNumber ? "a whole number" : "a string")
        }
    }

    private static func object(
        _ member: JSONValue.Member
    ) throws(EventProblem) -> [JSONValue.Member] {
        guard case .object(let members) = member.value else {
            throw mismatch(member.name, member.value, "an object")
        }
        return members
    }

    private static func mismatch(
        _ field: String, _ value: JSONValue, _ wanted: String
    ) -> EventProblem {
        EventProblem(
            "FIELD_TYPE_MISMATCH", field: field, "Write \(wanted) here, not \(value.kind).")
    }
}
