import API
import Wire

/// What stands in the place of what a program would send.
extension RequestFactory {
    static func hostile(
        _ role: Role, foreign: [Thing: String]
    ) -> [(Kind, JSONValue?)] {
        switch role {
        case .names(let thing), .several(let thing), .filters(let thing), .fresh(let thing, _),
            .text(_, let thing):
            hostile(thing, foreign: foreign).map { ($0, $1.map { .string($0) }) }
        // Comes as names.
        case .values: []
        case .numbers(let thing): numbers(foreign[thing].flatMap { Int64($0) } ?? 0)
        case .sample: []
        case .oneOf(_, let hostile): hostile.map { (.extreme, $0) }
        case .number(let kind): extremes(kind).map { (.extreme, $0) }
        }
    }

    private static func extremes(_ kind: FieldDescriptor.Kind) -> [JSONValue] {
        switch kind {
        case .bool: [.bool(true)]
        case .int32, .sint32: [Int32.min, -1, 1, .max].map { .number("\($0)") }
        case .int64, .sint64: [Int64.min, -1, 1, .max].map { .string("\($0)") }
        case .uint32: [.number("\(UInt32.max)")]
        case .uint64: [.string("\(UInt64.max)")]
        default: []
        }
    }

    /// What a program may put in the place of a sample that is no text.
    func hostile(inPlaceOf sample: JSONValue, of field: FieldDescriptor) -> [JSONValue] {
        switch field.kind {
        case .enumeration:
            let names = schema.enumeration(named: field.typeName)?.values.map(\.name) ?? []
            return names.map { .string($0) }.filter { $0 != sample }
                + [Int32.min, -1, 99, .max].map { .number("\($0)") }
        case .message where field.typeName.hasSuffix("Timestamp"):
            return ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"].map { .string($0) }
        case .message:
            // A date, or a month.
            guard case .object(let members) = sample else { return [] }
            return members.indices.flatMap { index in
                [Int32.min, -1, 0, 1, 32, .max].map { number in
                    var members = members
                    members[index] = .init(members[index].name, .number("\(number)"))
                    return .object(members)
                }
            }
        default: return Self.extremes(field.kind)
        }
    }

    /// Hostile numbers; the other organization's, and one that nobody has, too.
    private static func numbers(_ foreign: Int64) -> [(Kind, JSONValue?)] {
        [(.foreign, .string("\(foreign)")), (.unknown, .string("\(foreign + 1)"))]
            + [Int64.min, -1, .max].map { (.extreme, .string("\($0)")) }
    }

    /// Hostile names; of a thing also the other organization's, and one that nobody has.
    private static func hostile(
        _ thing: Thing, foreign: [Thing: String]
    ) -> [(Kind, String?)] {
        var names: [(Kind, String?)] = [
            (.absent, nil), (.empty, ""), (.wildcard, "*"), (.wildcard, "%"), (.wildcard, "_"),
            (.malformed, "../../etc/passwd"), (.malformed, "' OR '1'='1"),
            (.malformed, String(repeating: "x", count: 5000)),
        ]
        if let other = foreign[thing] {
            names.append((.foreign, other))
            // A made-up page token is malformed.
            if thing != .page { names.append((.unknown, unknown(like: other))) }
        }
        return names
    }
}

extension RequestFactory.Role {
    /// Whether what stands there is as good as any other text, or the name of something new.
    var isOfText: Bool {
        switch self {
        case .text, .fresh: true
        default: false
        }
    }
}
