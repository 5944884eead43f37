import NIOCore
import Wire

/// Gathers the frames of one turn of the event loop, so that they share a write.
struct FrameOutput {
    /// Enough for one system call to be worth its while; beyond it the channel should know.
    private static let byteCountMax = 64 * 1024
    private static let byteCountMin = 512

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
