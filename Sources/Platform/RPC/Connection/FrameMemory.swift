import DequeModule
import NIOCore
import Synchronization
import Wire

/// Memory of a stream's frames, used again once they are with the socket: a long answer of large messages
/// neither fetches nor overwrites memory for each of them.
///
/// Any task may ask for a frame. What is kept is freed with the stream.
final class FrameMemory: Sendable {
    /// As many messages of 64 KiB as may be on their way at once; more are made and not kept.
    private static let keptCountMax = 8
    /// Of smaller frames the allocator has memory at hand; larger ones would be much to keep. A message of
    /// 64 KiB takes the most.
    private static let keptByteCounts = 16 * 1024...128 * 1024

    /// The longest sent first.
    private let kept = Mutex(Deque<ByteBuffer>())

    /// The frame of a message, with its length before it.
    /// - Parameter message: Read here and not kept.
    func frame(of message: PackedMessage, streamID: UInt32) -> ByteBuffer {
        guard Self.keptByteCounts.contains(message.byteCount) else {
            return FrameEncoder.messageFrame(message, streamID: streamID)
        }
        if var buffer = kept.withLock({ $0.popFirst() }) {
            // Nobody else finds it meanwhile.
            let written: Void? = buffer.modifyIfUniquelyOwned { buffer in
                buffer.clear()
                FrameEncoder.writeMessageFrame(message, streamID: streamID, to: &buffer)
            }
            if written != nil {
                keep(buffer)
                return buffer
            }
            // It is not with the socket yet, so none of those sent after it is.
            kept.withLock { $0.prepend(buffer) }
        }
        let frame = FrameEncoder.messageFrame(message, streamID: streamID)
        keep(frame)
        return frame
    }

    /// Keeps none of the frames made so far.
    func free() {
        kept.withLock { $0 = [] }
    }

    private func keep(_ buffer: ByteBuffer) {
        guard buffer.storageCapacity <= Self.keptByteCounts.upperBound else { return }
        kept.withLock { kept in
            if kept.count < Self.keptCountMax { kept.append(buffer) }
        }
    }
}
