package import NIOCore
package import Wire

/// A message of a streaming call as it goes onto the connection: its frame, written once, by the task
/// that sends it.
package struct OutgoingMessage: Sendable, Equatable {
    /// The frame with its length before it.
    package let frame: ByteBuffer
    /// Bytes of the message, which flow control counts.
    package let byteCount: Int

    /// - Parameter message: Read here and not kept.
    package init(_ message: PackedMessage, streamID: UInt32) {
        frame = FrameEncoder.messageFrame(message, streamID: streamID)
        byteCount = message.byteCount
    }

    /// - Parameters:
    ///   - message: Read here and not kept.
    ///   - memory: That of the stream's frames.
    init(_ message: PackedMessage, streamID: UInt32, memory: FrameMemory) {
        frame = memory.frame(of: message, streamID: streamID)
        byteCount = message.byteCount
    }

    /// The message alone, for a stream that stays within the process; it ends the frame.
    package var message: [UInt8] {
        frame.getBytes(at: frame.writerIndex - byteCount, length: byteCount) ?? []
    }

    /// Bytes of the frame without its length, which a peer limits.
    var frameByteCount: Int { frame.readableBytes - 4 }

    /// "each counts its length + 16"
    var cost: Int64 { FlowCredit.cost(messageByteCount: byteCount) }
}
