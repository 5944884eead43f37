/// Walks the fields of one serialized protobuf message where it lies, without copying it.
///
/// The pointer is the caller's: a cursor may not outlive the closure that lent it.
package struct FieldCursor {
    /// The bytes are no serialized message.
    package struct Malformed: Error {}

    /// How a field's value is written.
    package enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// How far it has come, in bytes.
    package var offset: Int { position }

    /// The next field's number and form, nil at the end. Its value is read or skipped next.
    ///
    /// Groups, which proto3 does not have, are malformed.
    @inline(__always)
    package mutating func next() throws(Malformed) -> (number: UInt64, type: WireType)? {
        guard position < bytes.count else { return nil }
        let key = try shortVarint()
        let number = key >> 3
        guard number > 0, number < 1 << 29, let type = WireType(rawValue: key & 7) else {
            throw Malformed()
        }
        return (number, type)
    }

    @inline(__always)
    package mutating func varint() throws(Malformed) -> UInt64 {
        guard position < bytes.count else { throw Malformed() }
        let first = bytes[position]
        position += 1
        guard first >= 0x80 else { return UInt64(first) }
        // Ten bytes hold 64 bits; what the tenth has beyond them is lost, as in protobuf itself.
        return try longVarint(first, byteCountMax: 10)
    }

    /// A key or a length. protobuf-c takes five bytes of one, which hold 32 bits, and refuses more; so what
    /// is read here without it means the same to it.
    @inline(__always)
    private mutating func shortVarint() throws(Malformed) -> UInt64 {
        guard position < bytes.count else { throw Malformed() }
        let first = bytes[position]
        position += 1
        guard first >= 0x80 else { return UInt64(first) }
        return try longVarint(first, byteCountMax: 5)
    }

    private mutating func longVarint(
        _ first: UInt8, byteCountMax: Int
    ) throws(Malformed) -> UInt64 {
        var value = UInt64(first & 0x7F)
        for index in 1..<byteCountMax {
            guard position < bytes.count else { throw Malformed() }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return value }
        }
        throw Malformed()
    }

    /// Passes over fields that are strings, bytes or messages and whose numbers, below 64, have their bits set, up to the
    /// first that is none of those. Many such fields stand side by side, and one step for all costs less than one each.
    package mutating func skipLengthDelimited(numbered numbers: UInt64) throws(Malformed) {
        while position < bytes.count {
            let start = position
            let key = try shortVarint()
            let number = key >> 3
            guard key & 7 == WireType.bytes.rawValue, number < 64, numbers & 1 << number != 0 else {
                position = start
                return
            }
            _ = try lengthDelimited()
        }
    }

    package mutating func fixed64() throws(Malformed) -> UInt64 {
        let value = try take(byteCount: 8)
        return UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
    }

    /// The bytes of a string, of bytes, or of a message.
    @inline(__always)
    package mutating func lengthDelimited() throws(Malformed) -> UnsafeRawBufferPointer {
        let count = try shortVarint()
        guard count <= UInt64(bytes.count - position) else { throw Malformed() }
        return try take(byteCount: Int(count))
    }

    package mutating func skip(_ type: WireType) throws(Malformed) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(byteCount: 8)
        case .bytes: _ = try lengthDelimited()
        case .fixed32: _ = try take(byteCount: 4)
        }
    }

    @inline(__always)
    private mutating func take(byteCount: Int) throws(Malformed) -> UnsafeRawBufferPointer {
        guard byteCount <= bytes.count - position else { throw Malformed() }
        defer { position += byteCount }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + byteCount])
    }
}
