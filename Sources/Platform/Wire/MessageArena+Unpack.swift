package import CProtobufC

extension MessageArena {
    /// Parses a serialized message into the arena.
    ///
    /// - Returns: The C structure that protoc-c generated for `descriptor`; it lives as long as the
    ///   arena.
    /// - Throws: `WireError.malformed` where the bytes are not such a message, need more memory
    ///   than the arena allows, or nest too deep.
    package func unpack<Message>(
        _ bytes: UnsafeRawBufferPointer, as _: Message.Type,
        descriptor: UnsafePointer<ProtobufCMessageDescriptor>, messageName: String
    ) throws(WireError) -> UnsafeMutablePointer<Message> {
        let message = withAllocator { allocator in
            protobuf_c_message_unpack(
                descriptor, allocator, bytes.count,
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        guard let message else { throw WireError.malformed(message: messageName) }
        return UnsafeMutableRawPointer(message).assumingMemoryBound(to: Message.self)
    }

    /// The Swift string of an unpacked C string; empty for an absent one.
    /// - Throws: `WireError.notUTF8`.
    package static func string(
        _ text: UnsafePointer<CChar>?, messageName: String, field: String
    ) throws(WireError) -> String {
        guard let text else { return "" }
        guard let string = String(validatingCString: text) else {
            throw WireError.notUTF8(message: messageName, field: field)
        }
        return string
    }

    /// The Swift bytes of an unpacked `bytes` field.
    package static func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
        [UInt8](UnsafeBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len))
    }
}
