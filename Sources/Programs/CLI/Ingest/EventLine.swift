import API

/// One line of an events file in JSON Lines.
enum EventLine {
    static func event(_ line: some Collection<UInt8>) throws(EventProblem) -> Event {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: line, depthMax: 8)
        } catch {
            throw EventProblem(field: "", problem: "is not JSON: \(error)")
        }
        guard case .object(let members) = json else {
            throw EventProblem(field: "", problem: "should be an object, not \(json.kind)")
        }
        var fields = EventFields()
        for member in members where member.value != .null {
            switch (member.name, member.value) {
            case ("quantities", .object(let quantities)):
                for quantity in quantities {
                    guard case .number(let digits) = quantity.value else {
                        throw EventProblem(
                            field: "quantities.\(quantity.name)",
                            problem: "should be a whole number, not \(quantity.value.kind)")
                    }
                    try fields.addQuantity(quantity.name, digits)
                }
            case ("tags", .object(let tags)):
                for tag in tags {
                    guard case .string(let value) = tag.value else {
                        throw EventProblem(
                            field: "tags.\(tag.name)",
                            problem: "should be a string, not \(tag.value.kind)")
                    }
                    try fields.addTag(tag.name, value)
                }
            case ("quantities", _), ("tags", _):
                throw EventProblem(
                    field: member.name, problem: "should be an object, not \(member.value.kind)")
            case (_, .number(let digits)) where EventFields.numberNames.contains(member.name):
                try fields.setNumber(member.name, digits)
            case (_, .string(let text)) where EventFields.textNames.contains(member.name):
                try fields.setText(member.name, text)
            default:
                let isKnown =
                    EventFields.numberNames.contains(member.name)
                    || EventFields.textNames.contains(member.name)
                throw EventProblem(
                    field: member.name,
                    problem: isKnown
                        ? "may not be \(member.value.kind)" : "is no field of an event")
            }
        }
        return try fields.finished()
    }
}
