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

    package init(frameByteCountMax: UInt32) {
        self.frameByteCountMax = frameByteCountMax
    }

    /// Takes bytes as they came from the connection.
    package mutating func append(_ bytes: ByteBuffer) {
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

    /// The next frame; nil where more bytes are needed.
    package mutating func next() -> Output? {
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
    package var pendingByteCount: Int { buffer.readableBytes }

    /// What has come of the frame after the last one that `next` returned.
    package var pending: Pending {
        guard buffer.readableBytes > 0 else { return .nothing }
        return buffer.getInteger(at: buffer.readerIndex, as: UInt32.self)
            .map { .body(byteCount: $0) } ?? .length
    }
}
