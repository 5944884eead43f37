package import NIOCore

/// Cuts a connection's bytes into frames, one direction of one connection.
///
/// A frame whose announced length is too long is reported as soon as the four bytes of its length
/// are there, and nothing of it is kept; the caller then stops reading frames.
package struct FrameDecoder: Sendable {
    /// What the next bytes turned out to be.
    package enum Output: Sendable, Hashable {
        /// A frame, and the length that was announced for it. One with a string that is not UTF-8
        /// has invalid metadata instead, so that its call ends with INVALID_ARGUMENT.
        case frame(Frame, byteCount: Int)
        /// Bytes that are not a serialized `Frame`.
        case malformed
        /// A length above `frameByteCountMax`.
        case tooLong(byteCount: UInt32)
    }

    /// How far the frame has come that is being received.
    package enum Pending: Sendable, Hashable {
        /// No byte of a next frame is there.
        case nothing
        /// Some of the four bytes of the length are there.
        case length
        /// The body is being received.
        case body(byteCount: UInt32)
    }

    private static let lengthByteCount = 4
    // Moving what is left costs less than a system call up to here.
    private static let readByteCountMax = 64 * 1024

    /// Longest frame that is accepted, without the four bytes of its length.
    package let frameByteCountMax: UInt32
    private(set) var buffer = ByteBuffer()
    private var reader = FrameReader()

    /// From so many bytes on a frame that comes in parts is gathered in memory of its length, which becomes its message:
    /// in the buffer it would be moved about as that grows, and copied at the end.
    private static let longByteCountMin = 256 * 1024
    /// Memory for all of such a frame is asked for once so much of it is there that a buffer, which grows by doubling,
    /// would come to as much with the next read: who announces one and sends little of it gets little, and no more than
    /// is counted for what came.
    private static func startedByteCount(of byteCount: UInt32) -> Int {
        var capacity = longByteCountMin
        while capacity < Int(byteCount) { capacity *= 2 }
        return capacity / 2 - 64 * 1024
    }

    /// What came of such a frame, without the bytes of its length; while it is not whole, the buffer is empty.
    private var long: (bytes: [UInt8], byteCount: Int)?

    package init(frameByteCountMax: UInt32) {
        self.frameByteCountMax = frameByteCountMax
    }

    /// Takes bytes as they came from the connection.
    package mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        gather(&bytes)
        // Else what was read would be kept for nothing.
        guard bytes.readableBytes > 0 else { return }
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            // A connection that is never quiet would otherwise keep all it ever read.
            if buffer.readerIndex > max(Self.readByteCountMax, buffer.readableBytes) {
                buffer.discardReadBytes()
            }
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// Moves bytes of the long frame that is being received behind those that are there.
    private mutating func gather(_ bytes: inout ByteBuffer) {
        guard let missing = long.map({ $0.byteCount - $0.bytes.count }), missing > 0,
            let part = bytes.readSlice(length: min(bytes.readableBytes, missing))
        else { return }
        part.withUnsafeReadableBytes { long?.bytes.append(contentsOf: $0) }
    }

    /// Gathers the frame that the buffer begins with apart, where it is long and has begun to come.
    private mutating func gatherLongFrame() {
        // One that is whole is returned first.
        guard long == nil, buffer.readableBytes >= Self.startedByteCount(of: 0),
            let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self),
            length >= Self.longByteCountMin, length <= frameByteCountMax,
            buffer.readableBytes > Self.startedByteCount(of: length),
            buffer.readableBytes < Self.lengthByteCount + Int(length)
        else { return }
        buffer.moveReaderIndex(forwardBy: Self.lengthByteCount)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(length))
        buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        long = (bytes, Int(length))
        buffer = ByteBuffer()
    }

    /// The long frame that is being received, once it is whole.
    private mutating func nextLong() -> Output? {
        guard long?.bytes.count == long?.byteCount, let bytes = long?.bytes else { return nil }
        let byteCount = bytes.count
        long = nil
        do {
            return .frame(try reader.read(taking: consume bytes), byteCount: byteCount)
        } catch {
            return .malformed
        }
    }

    /// The next frame; nil where more bytes are needed.
    package mutating func next() -> Output? {
        gatherLongFrame()
        guard long == nil else { return nextLong() }
        var output: Output?
        var frameByteCount = 0
        // What is read is put into `output`: as a result it would be copied.
        buffer.withUnsafeReadableBytes { bytes in
            guard bytes.count >= Self.lengthByteCount else { return }
            let length = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
            guard length <= frameByteCountMax else {
                output = .tooLong(byteCount: length)
                return
            }
            let end = Self.lengthByteCount + Int(length)
            guard bytes.count >= end else { return }
            frameByteCount = end
            let body = UnsafeRawBufferPointer(rebasing: bytes[Self.lengthByteCount..<end])
            do {
                output = .frame(try reader.read(body), byteCount: body.count)
            } catch {
                output = .malformed
            }
        }
        if frameByteCount == 0 { return output }
        if buffer.readableBytes == frameByteCount {
            buffer = ByteBuffer()
        } else {
            buffer.moveReaderIndex(forwardBy: frameByteCount)
            // What a long frame needed is not kept for the next one, whose rest may be long in coming.
            if buffer.storageCapacity > 2 * Self.readByteCountMax,
                buffer.readableBytes <= Self.readByteCountMax
            {
                buffer = ByteBuffer(bytes: buffer.readableBytesView)
            }
        }
        return output
    }

    /// Bytes that wait for the rest of their frame, those of its length included.
    package var pendingByteCount: Int {
        buffer.readableBytes + (long.map { Self.lengthByteCount + $0.bytes.count } ?? 0)
    }

    /// Memory for what waits for the rest of its frame, for tests.
    var heldByteCount: Int { buffer.storageCapacity + (long?.bytes.capacity ?? 0) }

    /// What has come of the frame after the last one that `next` returned.
    package var pending: Pending {
        if let long { return .body(byteCount: UInt32(truncatingIfNeeded: long.byteCount)) }
        guard buffer.readableBytes > 0 else { return .nothing }
        return buffer.getInteger(at: buffer.readerIndex, as: UInt32.self)
            .map { .body(byteCount: $0) } ?? .length
    }
}
