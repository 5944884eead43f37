import NIOCore
import Wire

/// Gathers the frames of one turn of the event loop, so that they share a write.
struct FrameOutput {
    /// Enough for one system call to be worth its while; beyond it the channel should know.
    private static let byteCountMax = 64 * 1024
    private static let byteCountMin = 512
    /// From here on a frame of its own costs the socket less than copying it.
    private static let copiedByteCountMax = 4 * 1024

    private var buffer = ByteBuffer()
    /// Whether anything was given to the channel that has not been flushed.
    private(set) var isFlushNeeded = false

    /// Appends a frame.
    /// - Returns: Bytes for the channel now, where enough have gathered.
    mutating func append(_ frame: Frame) -> ByteBuffer? {
        begin()
        FrameEncoder.write(frame, to: &buffer)
        return takeIfLong()
    }

    /// Appends the answer of a call that succeeded, without trailers.
    /// - Returns: As `append`.
    mutating func appendSuccess(streamID: UInt32, message: [UInt8]?) -> ByteBuffer? {
        begin()
        FrameEncoder.writeSuccess(streamID: streamID, message: message, to: &buffer)
        return takeIfLong()
    }

    /// Appends a frame that is written already.
    /// - Returns: As `append`; what is large goes as it is, behind what has gathered.
    mutating func append(_ frame: ByteBuffer) -> [ByteBuffer] {
        isFlushNeeded = true
        guard frame.readableBytes < Self.copiedByteCountMax else {
            let gathered = takeRest()
            isFlushNeeded = true
            return gathered.map { [$0, frame] } ?? [frame]
        }
        begin()
        buffer.writeImmutableBuffer(frame)
        return takeIfLong().map { [$0] } ?? []
    }

    /// What has gathered, to be written and flushed; nil where there is nothing.
    mutating func takeRest() -> ByteBuffer? {
        isFlushNeeded = false
        guard buffer.readableBytes > 0 else { return nil }
        return take()
    }

    private mutating func begin() {
        isFlushNeeded = true
        if buffer.capacity == 0 {
            buffer.reserveCapacity(Self.byteCountMin)
        }
    }

    private mutating func takeIfLong() -> ByteBuffer? {
        buffer.readableBytes < Self.byteCountMax ? nil : take()
    }

    private mutating func take() -> ByteBuffer {
        // What was written belongs to the channel from here on.
        defer { buffer = ByteBuffer() }
        return buffer
    }
}
