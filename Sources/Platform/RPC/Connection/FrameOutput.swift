import NIOCore
import Wire

/// Gathers the frames of one turn of the event loop, so that they share a write.
struct FrameOutput {
    /// Enough for one system call to be worth its while; beyond it the channel should know.
    private static let byteCountMax = 64 * 1024
    private static let byteCountMin = 512

    private var buffer: ByteBuffer?
    /// Whether anything was given to the channel that has not been flushed.
    private(set) var isFlushNeeded = false

    /// Appends a frame.
    /// - Returns: Bytes for the channel now, where enough have gathered.
    mutating func append(_ frame: Frame, allocator: ByteBufferAllocator) -> ByteBuffer? {
        isFlushNeeded = true
        var bytes = buffer ?? allocator.buffer(capacity: Self.byteCountMin)
        buffer = nil
        FrameEncoder.write(frame, to: &bytes)
        guard bytes.readableBytes < Self.byteCountMax else { return bytes }
        buffer = bytes
        return nil
    }

    /// What has gathered, to be written and flushed; nil where there is nothing.
    mutating func takeRest() -> ByteBuffer? {
        isFlushNeeded = false
        defer { buffer = nil }
        return buffer
    }
}
