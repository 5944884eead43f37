import CProtobufC

/// A message whose serialized form is known but not written. It lives as long as the arena that
/// holds it.
public struct PackedMessage {
    private enum Form {
        case structure(UnsafePointer<ProtobufCMessage>)
        case bytes([UInt8])
    }

    private let form: Form
    /// Bytes that it takes.
    package let byteCount: Int

    /// - Parameter message: A C structure that protoc-c generated, initialized; it is read only.
    package init<Message>(_ message: UnsafePointer<Message>) {
        let base = UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self)
        form = .structure(base)
        byteCount = protobuf_c_message_get_packed_size(base)
    }

    /// A message that is serialized already.
    package init(bytes: [UInt8]) {
        form = .bytes(bytes)
        byteCount = bytes.count
    }

    /// The serialized message.
    package var bytes: [UInt8] {
        if case .bytes(let bytes) = form { return bytes }
        guard byteCount > Self.copiedByteCountMax else {
            return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { buffer in
                write(to: buffer)
                return [UInt8](buffer)
            }
        }
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            write(to: UnsafeMutableRawBufferPointer(buffer))
            count = byteCount
        }
    }

    /// An array that is not copied from something looks its type up at run time, each time, which costs
    /// more than copying so many bytes from the stack.
    private static let copiedByteCountMax = 1024

    /// - Parameter buffer: At least `byteCount` long.
    package func write(to buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= byteCount, "There is no room for the message.")
        // Memory of no bytes may have no address.
        guard byteCount > 0, let start = buffer.baseAddress else { return }
        switch form {
        case .structure(let message):
            protobuf_c_message_pack(message, start.assumingMemoryBound(to: UInt8.self))
        case .bytes(let bytes): buffer.copyBytes(from: bytes)
        }
    }
}
