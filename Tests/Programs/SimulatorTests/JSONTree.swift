import Foundation

/// JSON read back by Foundation, which shares no code with the simulator's writer.
indirect enum JSONTree: Decodable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Decimal)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // The most frequent first: each miss costs an error that is thrown and caught.
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONTree].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else {
            self = .number(try container.decode(Decimal.self))
        }
    }

    init(text: String) throws {
        self = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8))
    }

    subscript(name: String) -> JSONTree {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    var array: [JSONTree] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var members: [String: JSONTree] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// A number, or a numeric string, as an exact decimal.
    var decimal: Decimal? {
        switch self {
        case .integer(let value): Decimal(value)
        case .number(let value): value
        case .string(let text): Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        default: nil
        }
    }

    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// Which members and which kinds of values stand where in some JSON, array elements merged.
struct JSONShape {
    /// Path, such as `data[].results[].model`, to the kinds seen there.
    private(set) var kinds: [String: Set<String>] = [:]
    /// Path of an object to the sets of members seen there.
    private(set) var members: [String: Set<Set<String>>] = [:]

    mutating func add(_ tree: JSONTree, at path: String = "") {
        kinds[path, default: []].insert(tree.kind)
        switch tree {
        case .array(let elements):
            for element in elements { add(element, at: path + "[]") }
        case .object(let object):
            members[path, default: []].insert(Set(object.keys))
            for (name, value) in object {
                add(value, at: path.isEmpty ? name : "\(path).\(name)")
            }
        default: break
        }
    }

    /// What this shape has that `golden` has not, for people.
    func differences(from golden: JSONShape) -> [String] {
        var found: [String] = []
        for (path, sets) in members {
            guard let known = golden.members[path] else { continue }
            for set in sets where !known.contains(set) {
                found.append("\(path): members \(set.sorted()) instead of \(known)")
            }
        }
        for (path, seen) in kinds {
            guard let known = golden.kinds[path] else { continue }
            let surplus = seen.subtracting(known)
            if !surplus.isEmpty { found.append("\(path): \(surplus.sorted()) where \(known)") }
        }
        return found.sorted()
    }
}
