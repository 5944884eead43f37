package import CProtobufC

/// Refuses what protobuf-c would cut short: a string that holds U+0000.
///
/// protobuf-c keeps strings without their length, so two ids that differ behind a zero byte would
/// become one. Few serialized messages hold a zero byte at all; only those are walked.
package enum EmbeddedZero {
    // No message of ours nests deeper; protobuf's own parsers stop at 100.
    private static let depthMax = 100

    /// - Throws: `WireError.malformed` where a string of the message holds a zero byte, or where
    ///   the message nests too deep to tell.
    package static func refuse(
        in bytes: UnsafeRawBufferPointer,
        descriptor: UnsafePointer<ProtobufCMessageDescriptor>, messageName: String
    ) throws(WireError) {
        guard bytes.contains(0) else { return }
        try walk([UInt8](bytes)[...], descriptor, messageName, depth: 0)
    }

    private static func walk(
        _ bytes: ArraySlice<UInt8>, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ messageName: String, depth: Int
    ) throws(WireError) {
        guard depth < depthMax else { throw .malformed(message: messageName) }
        guard bytes.contains(0) else { return }
        var reader = ProtobufReader(bytes, messageName: messageName)
        while let field = try reader.next() {
            guard case .bytes(let value) = field.value,
                let known = protobuf_c_message_descriptor_get_field(
                    descriptor, UInt32(field.number))
            else { continue }
            switch known.pointee.type {
            case PROTOBUF_C_TYPE_STRING:
                guard !value.contains(0) else { throw .malformed(message: messageName) }
            case PROTOBUF_C_TYPE_MESSAGE:
                guard let nested = known.pointee.descriptor else { continue }
                try walk(
                    value, nested.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
                    messageName, depth: depth + 1)
            default: break
            }
        }
    }
}
