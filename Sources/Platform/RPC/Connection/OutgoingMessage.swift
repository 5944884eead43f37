package import NIOCore
package import Wire

/// A message of a streaming call as it goes onto the connection: its frame, written once, by the task
/// that sends it.
package struct OutgoingMessage: Sendable {
    /// The frame with its length before it.
    package let frame: ByteBuffer
    /// Bytes of the message, which flow control counts.
    package let byteCount: Int
    /// What counts it as unsent, while there is a copy of this.
    private let hold: UnsentBudget.Hold?

    /// - Parameter message: Read here and not kept.
    package init(_ message: PackedMessage, streamID: UInt32) {
        frame = FrameEncoder.messageFrame(message, streamID: streamID)
        byteCount = message.byteCount
        hold = nil
    }

    /// - Parameters:
    ///   - message: Read here and not kept.
    ///   - memory: That of the stream's frames.
    ///   - room: Where it counts until it is written, or dropped; nil: nowhere.
    init(
        _ message: PackedMessage, streamID: UInt32, memory: FrameMemory, room: UnsentRoom?
    ) {
        // What nobody takes is not to lie there twice.
        if room?.isAmple == false { memory.free() }
        frame = memory.frame(of: message, streamID: streamID)
        byteCount = message.byteCount
        hold = room?.hold(byteCount)
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

extension OutgoingMessage: Equatable {
    /// Whether the same goes onto the connection.
    package static func == (left: OutgoingMessage, right: OutgoingMessage) -> Bool {
        left.frame == right.frame && left.byteCount == right.byteCount
    }
}
