import Core
import Domain
import FoundationEssentials
import Wire

extension ReflectedSchema {
    /// A message as JSON. Fields that the schema does not know are left out.
    ///
    /// - Throws: `ReflectionError` where the bytes are not such a message.
    package func decode(
        _ bytes: [UInt8], as messageName: String
    ) throws(ReflectionError) -> JSONValue {
        try decode(bytes[...], as: messageName, path: "", depth: 0)
    }

    private func decode(
        _ bytes: ArraySlice<UInt8>, as messageName: String, path: String, depth: Int
    ) throws(ReflectionError) -> JSONValue {
        guard depth < Self.depthMax else { throw ReflectionError("nested too deep", at: path) }
        let message = try message(named: messageName)
        let found = try values(in: bytes, of: message, path: path)
        if messageName == Self.timestamp { return try timestamp(found, at: path) }
        var members: [JSONValue.Member] = []
        for field in message.fields {
            guard let values = found[field.number], let last = values.last else { continue }
            let fieldPath = path.isEmpty ? field.jsonName : "\(path).\(field.jsonName)"
            if field.isRepeated {
                var elements: [JSONValue] = []
                for (index, value) in values.enumerated() {
                    elements.append(
                        try json(value, of: field, path: "\(fieldPath)[\(index)]", depth: depth))
                }
                members.append(JSONValue.Member(field.jsonName, .array(elements)))
                continue
            }
            var value = last
            // Parts of one message are merged by putting them behind each other.
            if field.kind == .message, values.count > 1 {
                value = .bytes(try values.reduceBytes(at: fieldPath)[...])
            }
            if field.oneofIndex == nil, field.kind != .message, value.isZero { continue }
            members.append(
                JSONValue.Member(
                    field.jsonName, try json(value, of: field, path: fieldPath, depth: depth)))
        }
        return .object(members)
    }

    /// What the wire has for each known field, in order; of a oneof, the last field only.
    private func values(
        in bytes: ArraySlice<UInt8>, of message: MessageDescriptor, path: String
    ) throws(ReflectionError) -> [Int: [ProtobufReader.Value]] {
        let fields = Dictionary(
            message.fields.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [Int: [ProtobufReader.Value]] = [:]
        do {
            var reader = ProtobufReader(bytes, messageName: message.fullName)
            while let wire = try reader.next() {
                guard let field = fields[wire.number] else { continue }
                if let oneof = field.oneofIndex {
                    for other in message.fields
                    where other.oneofIndex == oneof && other.number != field.number {
                        found[other.number] = nil
                    }
                }
                if field.isRepeated, field.isPackable, case .bytes(let packed) = wire.value {
                    found[field.number, default: []] += try unpacked(
                        packed, kind: field.kind, messageName: message.fullName)
                } else {
                    found[field.number, default: []].append(wire.value)
                }
            }
        } catch {
            throw ReflectionError("the bytes are not a \(message.fullName)", at: path)
        }
        return found
    }

    private func unpacked(
        _ bytes: ArraySlice<UInt8>, kind: FieldDescriptor.Kind, messageName: String
    ) throws(WireError) -> [ProtobufReader.Value] {
        var reader = ProtobufReader(bytes, messageName: messageName)
        var values: [ProtobufReader.Value] = []
        switch kind {
        case .fixed64, .sfixed64, .double:
            while let number = try reader.nextFixed(byteCount: 8) {
                values.append(.fixed64(number))
            }
        case .fixed32, .sfixed32, .float:
            while let number = try reader.nextFixed(byteCount: 4) {
                values.append(.fixed32(UInt32(truncatingIfNeeded: number)))
            }
        default:
            while let number = try reader.nextVarint() { values.append(.varint(number)) }
        }
        return values
    }

    private func json(
        _ value: ProtobufReader.Value, of field: FieldDescriptor, path: String, depth: Int
    ) throws(ReflectionError) -> JSONValue {
        switch (field.kind, value) {
        case (.int32, .varint(let number)):
            return .number(String(Int32(truncatingIfNeeded: number)))
        case (.uint32, .varint(let number)):
            return .number(String(UInt32(truncatingIfNeeded: number)))
        case (.int64, .varint(let number)): return .string(String(Int64(bitPattern: number)))
        case (.uint64, .varint(let number)): return .string(String(number))
        case (.sint32, .varint(let number)): return .number(String(Self.unzigzag(number)))
        case (.sint64, .varint(let number)): return .string(String(Self.unzigzag(number)))
        case (.fixed32, .fixed32(let number)): return .number(String(number))
        case (.sfixed32, .fixed32(let number)): return .number(String(Int32(bitPattern: number)))
        case (.fixed64, .fixed64(let number)): return .string(String(number))
        case (.sfixed64, .fixed64(let number)): return .string(String(Int64(bitPattern: number)))
        case (.bool, .varint(let number)): return .bool(number != 0)
        case (.enumeration, .varint(let wide)):
            let number = Int32(truncatingIfNeeded: wide)
            let known = enums[field.typeName]?.values.first { $0.number == number }
            return known.map { .string($0.name) } ?? .number(String(number))
        case (.string, .bytes(let bytes)):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ReflectionError("is not UTF-8", at: path)
            }
            return .string(text)
        case (.bytes, .bytes(let bytes)): return .string(Data(bytes).base64EncodedString())
        case (.message, .bytes(let bytes)):
            return try decode(bytes, as: field.typeName, path: path, depth: depth + 1)
        case (.double, _), (.float, _), (.group, _):
            throw ReflectionError("is of a kind that is not supported", at: path)
        default: throw ReflectionError("the bytes do not fit the field", at: path)
        }
    }

    private static func unzigzag(_ number: UInt64) -> Int64 {
        Int64(bitPattern: (number >> 1) ^ (~(number & 1) &+ 1))
    }

    private func timestamp(
        _ values: [Int: [ProtobufReader.Value]], at path: String
    ) throws(ReflectionError) -> JSONValue {
        var seconds: Int64 = 0
        var nanos: Int64 = 0
        if case .varint(let number) = values[1]?.last { seconds = Int64(bitPattern: number) }
        if case .varint(let number) = values[2]?.last { nanos = Int64(bitPattern: number) }
        guard Self.secondsValid.contains(seconds), (0...999_999_999).contains(nanos) else {
            throw ReflectionError("is outside the years 1 to 9999", at: path)
        }
        let whole = Instant(seconds: seconds).rfc3339.dropLast()
        if nanos == 0 { return .string("\(whole)Z") }
        var fraction = String(1_000_000_000 + nanos).dropFirst()
        // Three, six or nine digits, as proto3's mapping wants them.
        while fraction.hasSuffix("000") { fraction = fraction.dropLast(3) }
        return .string("\(whole).\(fraction)Z")
    }
}

extension ProtobufReader.Value {
    fileprivate var isZero: Bool {
        switch self {
        case .varint(let number), .fixed64(let number): number == 0
        case .fixed32(let number): number == 0
        case .bytes(let bytes): bytes.isEmpty
        }
    }
}

extension [ProtobufReader.Value] {
    fileprivate func reduceBytes(at path: String) throws(ReflectionError) -> [UInt8] {
        var whole: [UInt8] = []
        for value in self {
            guard case .bytes(let bytes) = value else {
                throw ReflectionError("the bytes do not fit the field", at: path)
            }
            whole += bytes
        }
        return whole
    }
}
