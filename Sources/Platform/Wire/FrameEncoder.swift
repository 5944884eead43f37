package import NIOCore

/// Writes frames as they go onto a connection.
///
/// Like `FrameReader` by hand, and held against protobuf-c by the same test.
package enum FrameEncoder {
    /// Bytes of `frame` without the four of its length.
    package static func byteCount(_ frame: Frame) -> Int {
        FrameSize.streamID(frame.streamID) + FrameSize.kind(frame.kind)
    }

    /// Appends the length of `frame` and the frame.
    package static func write(_ frame: Frame, to buffer: inout ByteBuffer) {
        let byteCount = byteCount(frame)
        // "+-- length uint32 BE --+-- Frame (protobuf), length B --+"
        buffer.writeInteger(UInt32(byteCount))
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { bytes in
            var writer = FieldWriter(bytes)
            writer.write(frame)
            return byteCount
        }
    }

    /// The frame of a streaming call's message, with the length of the frame before it.
    package static func messageFrame(_ message: PackedMessage, streamID: UInt32) -> ByteBuffer {
        var buffer = ByteBuffer()
        writeMessageFrame(message, streamID: streamID, to: &buffer)
        return buffer
    }

    /// Appends what `messageFrame` makes.
    package static func writeMessageFrame(
        _ message: PackedMessage, streamID: UInt32, to buffer: inout ByteBuffer
    ) {
        let byteCount =
            FrameSize.streamID(streamID) + FrameSize.delimited(message.byteCount)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 4 + byteCount) { bytes in
            bytes.storeBytes(of: UInt32(byteCount).bigEndian, as: UInt32.self)
            let body = UnsafeMutableRawBufferPointer(rebasing: bytes[4..<4 + byteCount])
            var writer = FieldWriter(body)
            writer.writeMessageHead(streamID: streamID, messageByteCount: message.byteCount)
            message.write(
                to: UnsafeMutableRawBufferPointer(
                    rebasing: body[(byteCount - message.byteCount)...]))
            return 4 + byteCount
        }
    }

    /// Appends the frame of a `Close` with the status OK and `message`, without making one: it is
    /// how nearly every call ends.
    /// - Parameter message: Nil where the kind of call has none.
    package static func writeSuccess(
        streamID: UInt32, message: [UInt8]?, to buffer: inout ByteBuffer
    ) {
        // The status, which is empty, and whether there is a message.
        let closeByteCount =
            2 + FrameSize.bytes(message?.count ?? 0) + (message == nil ? 0 : 2)
        let byteCount = FrameSize.streamID(streamID) + FrameSize.delimited(closeByteCount)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 4 + byteCount) { bytes in
            bytes.storeBytes(of: UInt32(byteCount).bigEndian, as: UInt32.self)
            var writer = FieldWriter(UnsafeMutableRawBufferPointer(rebasing: bytes[4...]))
            writer.writeSuccess(streamID: streamID, closeByteCount: closeByteCount, message)
            return 4 + byteCount
        }
    }
}

/// Bytes that parts of a frame take.
enum FrameSize {
    static func varint(_ value: UInt64) -> Int {
        // Seven bits a byte, and one byte for zero.
        (63 - (value | 1).leadingZeroBitCount) / 7 + 1
    }

    /// A field with a key of one byte whose value is left out where it is zero.
    static func number(_ value: UInt64) -> Int {
        value == 0 ? 0 : 1 + varint(value)
    }

    /// A field with a key of one byte whose value follows its length.
    static func delimited(_ count: Int) -> Int {
        1 + varint(UInt64(count)) + count
    }

    /// As `delimited`, left out where it is empty.
    static func bytes(_ count: Int) -> Int {
        count == 0 ? 0 : delimited(count)
    }

    static func streamID(_ id: UInt32) -> Int { number(UInt64(id)) }

    static func kind(_ kind: Frame.Kind?) -> Int {
        switch kind {
        case nil: 0
        case .hello(let hello): delimited(body(hello))
        case .open(let open): delimited(body(open))
        case .message(let message): delimited(message.count)
        case .halfClose, .cancel: delimited(0)
        case .close(let close): delimited(body(close))
        case .window(let window): delimited(number(UInt64(window.bytes)))
        case .ping(let ping): delimited(opaque(ping.opaque))
        case .pong(let pong): delimited(opaque(pong.opaque))
        case .goAway(let goAway): delimited(body(goAway))
        }
    }

    static func opaque(_ value: UInt64) -> Int { value == 0 ? 0 : 9 }

    static func body(_ hello: Hello) -> Int {
        number(UInt64(hello.version)) + number(UInt64(hello.maxFrameBytes))
            + number(UInt64(hello.maxStreams)) + number(UInt64(hello.initialWindowBytes))
            + bytes(hello.agent.utf8.count) + metadata(hello.metadata)
    }

    static func body(_ open: Open) -> Int {
        bytes(open.method.utf8.count) + number(UInt64(open.timeoutMs)) + metadata(open.metadata)
            + bytes(open.message.count) + (open.hasMessage ? 2 : 0) + (open.halfClose ? 2 : 0)
    }

    static func body(_ close: Close) -> Int {
        (close.status.map { delimited(body($0)) } ?? 0) + bytes(close.message.count)
            + (close.hasMessage ? 2 : 0) + metadata(close.trailers)
    }

    static func body(_ status: Status) -> Int {
        number(UInt64(bitPattern: Int64(status.code))) + bytes(status.message.utf8.count)
            + status.details.reduce(0) { $0 + delimited(body($1)) }
    }

    static func body(_ detail: ErrorDetail) -> Int {
        bytes(detail.reason.utf8.count) + bytes(detail.field.utf8.count)
            + bytes(detail.description.utf8.count) + number(UInt64(detail.retryAfterMs))
    }

    static func body(_ goAway: GoAway) -> Int {
        number(UInt64(goAway.lastStreamID)) + bytes(goAway.reason.utf8.count)
            + bytes(goAway.message.utf8.count)
    }

    static func body(_ entry: Metadata) -> Int {
        bytes(entry.key.utf8.count) + bytes(entry.value.count)
    }

    static func metadata(_ entries: [Metadata]) -> Int {
        entries.reduce(0) { $0 + delimited(body($1)) }
    }
}
