import Core
import Domain
import FoundationEssentials
import Wire

extension ReflectedSchema {
    /// The binary form of a message written in JSON.
    ///
    /// - Throws: `ReflectionError` with the path of the first field at fault.
    package func encode(
        _ json: JSONValue, as messageName: String
    ) throws(ReflectionError) -> [UInt8] {
        try encode(json, as: messageName, path: "", depth: 0)
    }

    private func encode(
        _ json: JSONValue, as messageName: String, path: String, depth: Int
    ) throws(ReflectionError) -> [UInt8] {
        guard depth < Self.depthMax else { throw ReflectionError("nested too deep", at: path) }
        if messageName == Self.timestamp { return try timestamp(json, at: path) }
        let message = try message(named: messageName)
        guard case .object(let members) = json else {
            throw ReflectionError("should be an object, not \(json.kind)", at: path)
        }
        var given: [Int: JSONValue] = [:]
        var oneofs: [Int: String] = [:]
        for member in members {
            let memberPath = path.isEmpty ? member.name : "\(path).\(member.name)"
            let field = message.fields.first {
                $0.jsonName == member.name || $0.name == member.name
            }
            guard let field else {
                throw ReflectionError(unknownField(member.name, of: message), at: memberPath)
            }
            if member.value == .null { continue }
            guard given.updateValue(member.value, forKey: field.number) == nil else {
                throw ReflectionError("is given twice, under both of its names", at: memberPath)
            }
            guard let oneof = field.oneofIndex else { continue }
            if let other = oneofs.updateValue(field.jsonName, forKey: oneof) {
                throw ReflectionError("excludes \(other): give one of them", at: memberPath)
            }
        }
        var writer = ProtobufWriter()
        for field in message.fields.sorted(by: { $0.number < $1.number }) {
            guard let value = given[field.number] else { continue }
            let fieldPath = path.isEmpty ? field.jsonName : "\(path).\(field.jsonName)"
            try write(value, of: field, to: &writer, path: fieldPath, depth: depth)
        }
        return writer.bytes
    }

    private func unknownField(_ name: String, of message: MessageDescriptor) -> String {
        let names = message.fields.map(\.jsonName)
        guard !names.isEmpty else { return "\(message.name) has no fields at all" }
        return "\(message.name) has no such field; it has \(names.joined(separator: ", "))"
    }

    private func write(
        _ json: JSONValue, of field: FieldDescriptor, to writer: inout ProtobufWriter, path: String,
        depth: Int
    ) throws(ReflectionError) {
        guard field.isRepeated else {
            let value = try value(json, of: field, path: path, depth: depth)
            // Without presence, a default is not sent.
            if field.oneofIndex == nil, field.kind != .message, value.isDefault { return }
            writer.append(value, field: field.number)
            return
        }
        guard case .array(let elements) = json else {
            throw ReflectionError("should be an array, not \(json.kind)", at: path)
        }
        var packed = ProtobufWriter()
        for (index, element) in elements.enumerated() {
            let value = try value(element, of: field, path: "\(path)[\(index)]", depth: depth)
            switch value {
            case .bytes: writer.append(value, field: field.number)
            case .varint(let number): packed.appendVarint(number)
            case .fixed64(let number): packed.appendFixed(number, byteCount: 8)
            case .fixed32(let number): packed.appendFixed(UInt64(number), byteCount: 4)
            }
        }
        if !packed.bytes.isEmpty {
            writer.append(bytes: packed.bytes, field: field.number)
        }
    }

    private func value(
        _ json: JSONValue, of field: FieldDescriptor, path: String, depth: Int
    ) throws(ReflectionError) -> ProtobufReader.Value {
        switch field.kind {
        case .int32: return .varint(UInt64(bitPattern: Int64(try integer(json, Int32.self, path))))
        case .int64: return .varint(UInt64(bitPattern: try integer(json, Int64.self, path)))
        case .uint32: return .varint(UInt64(try integer(json, UInt32.self, path)))
        case .uint64: return .varint(try integer(json, UInt64.self, path))
        case .sint32, .sint64:
            let number =
                field.kind == .sint32
                ? Int64(try integer(json, Int32.self, path)) : try integer(json, Int64.self, path)
            return .varint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
        case .fixed32: return .fixed32(try integer(json, UInt32.self, path))
        case .sfixed32:
            return .fixed32(UInt32(bitPattern: try integer(json, Int32.self, path)))
        case .fixed64: return .fixed64(try integer(json, UInt64.self, path))
        case .sfixed64:
            return .fixed64(UInt64(bitPattern: try integer(json, Int64.self, path)))
        case .bool:
            guard case .bool(let value) = json else {
                throw ReflectionError("should be true or false, not \(json.kind)", at: path)
            }
            return .varint(value ? 1 : 0)
        case .string:
            let text = try string(json, path)
            guard !text.utf8.contains(0) else {
                throw ReflectionError("holds a zero character, which no text may", at: path)
            }
            return .bytes(Array(text.utf8)[...])
        case .bytes: return .bytes(try base64(json, path)[...])
        case .enumeration:
            let number = try enumValue(json, field.typeName, path)
            return .varint(UInt64(bitPattern: Int64(number)))
        case .message:
            return .bytes(try encode(json, as: field.typeName, path: path, depth: depth + 1)[...])
        case .double, .float, .group:
            throw ReflectionError("is of a kind that is not supported", at: path)
        }
    }

    private func integer<Number: FixedWidthInteger>(
        _ json: JSONValue, _: Number.Type, _ path: String
    ) throws(ReflectionError) -> Number {
        let text: String
        switch json {
        case .number(let digits): text = digits
        case .string(let digits): text = digits
        default: throw ReflectionError("should be a number, not \(json.kind)", at: path)
        }
        guard !text.hasPrefix("+"), let number = Number(text) else {
            throw ReflectionError(
                "should be a whole number from \(Number.min) to \(Number.max), not \(text)",
                at: path)
        }
        return number
    }

    private func string(_ json: JSONValue, _ path: String) throws(ReflectionError) -> String {
        guard case .string(let text) = json else {
            throw ReflectionError("should be a string, not \(json.kind)", at: path)
        }
        return text
    }

    private func base64(_ json: JSONValue, _ path: String) throws(ReflectionError) -> [UInt8] {
        var text = try string(json, path)
        text = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text) else {
            throw ReflectionError("should be base64", at: path)
        }
        return [UInt8](data)
    }

    private func enumValue(
        _ json: JSONValue, _ typeName: String, _ path: String
    ) throws(ReflectionError) -> Int32 {
        if case .number = json { return try integer(json, Int32.self, path) }
        let name = try string(json, path)
        let values = enums[typeName]?.values ?? []
        guard let value = values.first(where: { $0.name == name }) else {
            let names = values.map(\.name).joined(separator: ", ")
            throw ReflectionError("should be one of \(names), not \(name)", at: path)
        }
        return value.number
    }

    private func timestamp(_ json: JSONValue, at path: String) throws(ReflectionError) -> [UInt8] {
        let text = try string(json, path)
        let seconds: Int64
        do {
            seconds = try Instant(rfc3339: text).seconds
        } catch {
            throw ReflectionError(error.message, at: path)
        }
        // An instant ends at microseconds; the other three digits come from the text.
        let fraction = text.split(separator: ".").dropFirst().first?.prefix { $0.isNumber } ?? ""
        let digits = fraction.prefix(9)
        let nanos = UInt64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        var writer = ProtobufWriter()
        if seconds != 0 { writer.append(varint: UInt64(bitPattern: seconds), field: 1) }
        if nanos != 0 { writer.append(varint: nanos, field: 2) }
        return writer.bytes
    }
}

extension ProtobufReader.Value {
    /// Zero, or nothing.
    fileprivate var isDefault: Bool {
        switch self {
        case .varint(let number), .fixed64(let number): number == 0
        case .fixed32(let number): number == 0
        case .bytes(let bytes): bytes.isEmpty
        }
    }
}

extension ProtobufWriter {
    fileprivate mutating func append(_ value: ProtobufReader.Value, field number: Int) {
        switch value {
        case .varint(let value): append(varint: value, field: number)
        case .fixed64(let value): append(fixed64: value, field: number)
        case .bytes(let value): append(bytes: value, field: number)
        case .fixed32(let value): append(fixed32: value, field: number)
        }
    }
}
