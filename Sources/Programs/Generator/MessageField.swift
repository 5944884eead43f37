import Wire

/// How one field looks in Swift and in C.
struct MessageField {
    let descriptor: FieldDescriptor
    let messageName: String

    /// - Throws: `GeneratorError` for what neither side has: groups, and repeated fields of kinds
    ///   that no message of the contract uses.
    init(_ descriptor: FieldDescriptor, of message: MessageDescriptor) throws {
        self.descriptor = descriptor
        self.messageName = message.fullName
        let name = "\(message.fullName).\(descriptor.name)"
        if descriptor.kind == .group {
            throw GeneratorError("\(name) is a group, which proto3 does not have")
        }
        if descriptor.isRepeated, [.bool, .bytes].contains(descriptor.kind) {
            throw GeneratorError("\(name) repeats a bool or bytes: wrap it in a message")
        }
    }

    /// Name of the property.
    var name: String { SwiftName.property(descriptor.name) }

    /// Name of the member of the C structure.
    var member: String { CName.member(descriptor.name) }

    /// Type of one value.
    var elementType: String {
        switch descriptor.kind {
        case .double: "Double"
        case .float: "Float"
        case .int32, .sint32, .sfixed32: "Int32"
        case .uint32, .fixed32: "UInt32"
        case .int64, .sint64, .sfixed64: "Int64"
        case .uint64, .fixed64: "UInt64"
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        case .enumeration, .message, .group: SwiftName.qualified(descriptor.typeName)
        }
    }

    /// Type of the property.
    var type: String {
        if descriptor.isRepeated { return "[\(elementType)]" }
        return descriptor.kind == .message ? elementType + "?" : elementType
    }

    /// Its default.
    var defaultValue: String {
        if descriptor.isRepeated { return "[]" }
        switch descriptor.kind {
        case .bool: return "false"
        case .string: return "\"\""
        case .bytes: return "[]"
        case .enumeration: return elementType + "(rawValue: 0)"
        case .message: return "nil"
        default: return "0"
        }
    }

    /// Expression that reads one value out of the C structure at `raw`.
    func read() -> String {
        let place = "raw.pointee.\(member)"
        let names = "messageName: Self.messageName, field: \"\(descriptor.name)\""
        if descriptor.isRepeated {
            let count = "count: raw.pointee.n_\(descriptor.name.lowercased())"
            switch descriptor.kind {
            case .message:
                return "try MessageArena.values(\(place), \(count)) { try \(elementType)($0) }"
            case .string: return "try MessageArena.strings(\(place), \(count), \(names))"
            case .enumeration:
                return "MessageArena.numbers(\(place), \(count)).map { "
                    + "\(elementType)(rawValue: Int32(truncatingIfNeeded: $0.rawValue)) }"
            default: return "MessageArena.numbers(\(place), \(count))"
            }
        }
        switch descriptor.kind {
        case .bool: return "\(place) != 0"
        case .string: return "try MessageArena.string(\(place), \(names))"
        case .bytes: return "MessageArena.bytes(\(place))"
        case .enumeration:
            return "\(elementType)(rawValue: Int32(truncatingIfNeeded: \(place).rawValue))"
        case .message: return "try \(place).map { try \(elementType)($0) }"
        default: return place
        }
    }

    /// Statements that write `value` into the C structure at `raw`.
    func write(_ value: String, to source: inout SourceText) {
        let place = "raw.pointee.\(member)"
        if descriptor.isRepeated {
            source.line("raw.pointee.n_\(descriptor.name.lowercased()) = \(value).count")
            if descriptor.kind == .enumeration {
                let element = ".init(rawValue: .init(truncatingIfNeeded: $0.rawValue))"
                source.line("\(place) = arena.copy(\(value).map { \(element) })")
                return
            }
            let pack = descriptor.kind == .message ? " { $0.pack(into: arena) }" : ""
            source.line("\(place) = arena.copy(\(value))\(pack)")
            return
        }
        switch descriptor.kind {
        case .bool: source.line("\(place) = \(value) ? 1 : 0")
        case .string, .bytes: source.line("\(place) = arena.copy(\(value))")
        case .enumeration:
            source.line("\(place) = .init(rawValue: .init(truncatingIfNeeded: \(value).rawValue))")
        case .message: source.line("\(place) = \(value).pack(into: arena)")
        default: source.line("\(place) = \(value)")
        }
    }
}
