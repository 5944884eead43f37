/// Writes protobuf's binary form field by field, without a schema: the counterpart of
/// `ProtobufReader`.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append(varint value: UInt64, field number: Int) {
        appendKey(number, wireType: 0)
        appendVarint(value)
    }

    package mutating func append(fixed64 value: UInt64, field number: Int) {
        appendKey(number, wireType: 1)
        appendFixed(value, byteCount: 8)
    }

    package mutating func append(bytes value: some Collection<UInt8>, field number: Int) {
        appendKey(number, wireType: 2)
        appendVarint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func append(fixed32 value: UInt32, field number: Int) {
        appendKey(number, wireType: 5)
        appendFixed(UInt64(value), byteCount: 4)
    }

    /// A number without its key, as packed fields hold them.
    package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A number of 4 or 8 bytes without its key, as packed fields hold them.
    package mutating func appendFixed(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    private mutating func appendKey(_ number: Int, wireType: UInt64) {
        appendVarint(UInt64(number) << 3 | wireType)
    }
}
