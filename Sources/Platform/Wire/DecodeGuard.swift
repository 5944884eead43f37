package import CProtobufC

/// Looks a serialized message over before protobuf-c unpacks it: whether it can be unpacked whole,
/// and what that would cost.
///
/// protobuf-c allocates as it goes and recurses as the bytes say, so a peer could have it fill the
/// arena with two bytes for each structure before anything is found wrong. The walk allocates
/// nothing, and takes a fraction of the time that unpacking takes. It also finds what protobuf-c
/// would cut short: a string with U+0000, of which two that differ behind the zero would become
/// one.
package struct DecodeGuard {
    /// Nested messages, the outermost included. protobuf's own parsers stop at 100; no message of
    /// ours nests a quarter as deep.
    package static let depthMax = 64
    /// Fields and repeated elements of one message, nested ones included: more than the 10,000
    /// events of a call have.
    package static let elementCountMax = 2_000_000

    // What protobuf-c notes of a field while it parses the message around it, and the most that the
    // arena rounds an allocation up by.
    private static let fieldByteCount = 96
    private static let allocationByteCount = 32
    // The most that one element takes in an array that is copied, and its share of the array's own
    // allocation.
    private static let copiedByteCount = 16 + allocationByteCount

    /// What any message may cost beside its length: as much as 10,000 events with nothing in them.
    private static let baseByteCountMax = 8 * 1024 * 1024
    /// What each byte of a message may cost. The densest that anybody writes, tags of a letter each, cost
    /// less; structures of two bytes cost five times as much.
    private static let byteCountPerByteMax = 64

    private let byteCountMax: Int
    private var elementCount = 0
    private var byteCount = 0

    private struct Refused: Error {}

    private init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    /// What unpacking a message of so many bytes may allocate: little for a small one, whatever it says,
    /// so that what peers make the server hold is a multiple of what they send.
    package static func byteCountMax(ofMessageOf byteCount: Int) -> Int {
        min(
            MessageArena.byteCountMaxDefault,
            baseByteCountMax + byteCountPerByteMax * min(byteCount, 1 << 32))
    }

    /// - Parameter byteCountMax: What unpacking may allocate in all; nil for what the message's length
    ///   allows.
    /// - Throws: `WireError.malformed` where the bytes are not such a message, a string of it holds a
    ///   zero byte, or it is too deep, has too many elements, or needs too much memory.
    package static func check(
        _ bytes: UnsafeRawBufferPointer,
        descriptor: UnsafePointer<ProtobufCMessageDescriptor>, messageName: String,
        byteCountMax: Int? = nil
    ) throws(WireError) {
        var guardian = DecodeGuard(
            byteCountMax: byteCountMax ?? self.byteCountMax(ofMessageOf: bytes.count))
        do {
            try guardian.walk(bytes, descriptor, depth: 1)
        } catch {
            throw .malformed(message: messageName)
        }
    }

    private mutating func walk(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        depth: Int
    ) throws {
        guard depth <= Self.depthMax else { throw Refused() }
        try spend(Int(descriptor.pointee.sizeof_message) + Self.allocationByteCount)
        let elementCountBefore = elementCount
        // A bit for each field that holds one message and came; fields beyond 64 share bits.
        var singles: UInt64 = 0
        var cursor = FieldCursor(bytes)
        while let (number, type) = try cursor.next() {
            try count(1)
            try spend(Self.fieldByteCount)
            guard
                let field = protobuf_c_message_descriptor_get_field(
                    descriptor, UInt32(truncatingIfNeeded: number))
            else {
                // Unknown fields are kept by protobuf-c as they came.
                let start = cursor.offset
                try cursor.skip(type)
                try spend(cursor.offset - start + Self.allocationByteCount)
                continue
            }
            guard type == .bytes else {
                try cursor.skip(type)
                continue
            }
            try walk(try cursor.lengthDelimited(), field, depth: depth)
            guard field.pointee.type == PROTOBUF_C_TYPE_MESSAGE,
                field.pointee.label != PROTOBUF_C_LABEL_REPEATED
            else { continue }
            let bit: UInt64 = 1 << UInt64((field - descriptor.pointee.fields) % 64)
            if singles & bit != 0 {
                // protobuf-c merges it with the one before, and copies what repeats in both: no more
                // than this message has so far.
                try spend((elementCount - elementCountBefore) * Self.copiedByteCount)
            }
            singles |= bit
        }
    }

    private mutating func walk(
        _ value: UnsafeRawBufferPointer, _ field: UnsafePointer<ProtobufCFieldDescriptor>,
        depth: Int
    ) throws {
        switch field.pointee.type {
        case PROTOBUF_C_TYPE_STRING:
            guard !value.contains(0) else { throw Refused() }
            try spend(value.count + Self.allocationByteCount)
        case PROTOBUF_C_TYPE_BYTES:
            try spend(value.count + Self.allocationByteCount)
        case PROTOBUF_C_TYPE_MESSAGE:
            guard let nested = field.pointee.descriptor else { return }
            try walk(
                value, nested.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
                depth: depth + 1)
        default:
            // Packed numbers: each takes a byte at least on the wire, and eight at most here.
            try count(value.count)
            try spend(value.count * 8 + Self.allocationByteCount)
        }
    }

    private mutating func count(_ elements: Int) throws {
        elementCount += elements
        guard elementCount <= Self.elementCountMax else { throw Refused() }
    }

    private mutating func spend(_ bytes: Int) throws {
        byteCount += bytes
        guard byteCount <= byteCountMax else { throw Refused() }
    }
}
