package import NIOCore

/// Writes frames as they go onto a connection.
package enum FrameEncoder {
    /// Appends the length of `frame` and the frame.
    package static func write(_ frame: Frame, to buffer: inout ByteBuffer) {
        let bytes = frame.serialized()
        // "+-- length uint32 BE --+-- Frame (protobuf), length B --+"
        buffer.writeInteger(UInt32(bytes.count))
        buffer.writeBytes(bytes)
    }
}
