/// Reads protobuf's binary form field by field, without a schema.
///
/// It serves descriptors and reflection, where the message type is known only at run time; messages
/// of the contract go through protobuf-c. Groups, which proto3 does not have, are malformed.
package struct ProtobufReader {
    /// A field's value as the wire tells it; what it means, only the schema knows.
    package enum Value: Hashable, Sendable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
    }

    /// One field of a message.
    package struct Field: Hashable, Sendable {
        package let number: Int
        package let value: Value
    }

    private var rest: ArraySlice<UInt8>
    private let messageName: String

    /// - Parameter messageName: Name that errors carry.
    package init(_ bytes: ArraySlice<UInt8>, messageName: String) {
        self.rest = bytes
        self.messageName = messageName
    }

    /// The next field, or nil at the end.
    package mutating func next() throws(WireError) -> Field? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        let number = key >> 3
        guard number > 0, number < 1 << 29 else { throw malformed }
        let value: Value =
            switch key & 7 {
            case 0: .varint(try varint())
            case 1: .fixed64(try fixed(byteCount: 8))
            case 2: .bytes(try take(byteCount: try varint()))
            case 5: .fixed32(UInt32(truncatingIfNeeded: try fixed(byteCount: 4)))
            default: throw malformed
            }
        return Field(number: Int(number), value: value)
    }

    /// Reads the varints that a packed field holds, to its end.
    package mutating func nextVarint() throws(WireError) -> UInt64? {
        rest.isEmpty ? nil : try varint()
    }

    /// Reads the 4 or 8 bytes of the next number that a packed field holds.
    package mutating func nextFixed(byteCount: Int) throws(WireError) -> UInt64? {
        rest.isEmpty ? nil : try fixed(byteCount: byteCount)
    }

    private var malformed: WireError { .malformed(message: messageName) }

    private mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard let byte = rest.popFirst() else { throw malformed }
            // The tenth byte has room for one bit.
            guard index < 9 || byte <= 1 else { throw malformed }
            value |= UInt64(byte & 0x7f) << UInt64(7 * index)
            if byte & 0x80 == 0 { return value }
        }
        throw malformed
    }

    private mutating func fixed(byteCount: Int) throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in try take(byteCount: UInt64(byteCount)).enumerated() {
            value |= UInt64(byte) << UInt64(8 * index)
        }
        return value
    }

    private mutating func take(byteCount: UInt64) throws(WireError) -> ArraySlice<UInt8> {
        guard byteCount <= UInt64(rest.count) else { throw malformed }
        let taken = rest.prefix(Int(byteCount))
        rest = rest.dropFirst(Int(byteCount))
        return taken
    }
}

extension ProtobufReader.Field {
    /// The value as text.
    package func string(in messageName: String) throws(WireError) -> String {
        guard let text = String(validating: try bytes(in: messageName), as: UTF8.self) else {
            throw WireError.notUTF8(message: messageName, field: "\(number)")
        }
        return text
    }

    /// The value as the bytes of a string, a submessage or packed numbers.
    package func bytes(in messageName: String) throws(WireError) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = value else {
            throw WireError.malformed(message: messageName)
        }
        return bytes
    }

    /// The value as a number of 32 bits, as int32, uint32, bool and enums are sent.
    package func int32(in messageName: String) throws(WireError) -> Int32 {
        guard case .varint(let number) = value else {
            throw WireError.malformed(message: messageName)
        }
        return Int32(truncatingIfNeeded: number)
    }
}
