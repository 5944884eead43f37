import NIOCore

/// Walks the fields of a serialized message where it lies, without making anything of it.
struct ProtobufFields {
    /// A field: its number and its value, either a number or where its bytes lie.
    struct Field {
        let number: UInt64
        let value: UInt64
        let range: Range<Int>
    }

    private let bytes: UnsafeRawBufferPointer
    private var index: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end.
    mutating func next() throws(LoadError) -> Field? {
        guard index < end else { return nil }
        let key = try varint()
        let number = key >> 3
        switch key & 7 {
        case 0:
            return Field(number: number, value: try varint(), range: 0..<0)
        case 1:
            let range = try range(byteCount: 8)
            let value = bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)
            return Field(number: number, value: UInt64(littleEndian: value), range: range)
        case 2:
            let byteCount = try varint()
            guard byteCount <= UInt64(end - index) else { throw .malformedFrame }
            return Field(number: number, value: 0, range: try range(byteCount: Int(byteCount)))
        default:
            throw .malformedFrame
        }
    }

    private mutating func varint() throws(LoadError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < end, shift < 64 {
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .malformedFrame
    }

    private mutating func range(byteCount: Int) throws(LoadError) -> Range<Int> {
        guard byteCount <= end - index else { throw .malformedFrame }
        defer { index += byteCount }
        return index..<index + byteCount
    }
}

extension ByteBuffer {
    /// Appends a number in protobuf's variable length.
    mutating func writeVarint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: value))
    }

    /// Appends a field that holds bytes.
    mutating func writeField(_ number: UInt8, _ bytes: ByteBuffer) {
        writeInteger(number << 3 | 2)
        writeVarint(UInt64(bytes.readableBytes))
        writeImmutableBuffer(bytes)
    }

    mutating func writeField(_ number: UInt8, text: String) {
        writeField(number, ByteBuffer(string: text))
    }

    mutating func writeField(_ number: UInt8, varint value: UInt64) {
        writeInteger(number << 3)
        writeVarint(value)
    }
}
