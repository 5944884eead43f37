import NIOCore

/// A frame as it came: its stream, its kind, and where the kind's message lies.
struct RawFrame {
    /// The field of `Frame` that holds the kind (proto/tally/rpc/v1/frame.proto).
    enum Kind {
        static let hello: UInt64 = 2
        static let open: UInt8 = 3
        static let message: UInt64 = 4
        static let close: UInt64 = 6
        static let window: UInt64 = 8
        static let ping: UInt64 = 9
        static let pong: UInt8 = 10
        static let goAway: UInt64 = 11
    }

    let bytes: UnsafeRawBufferPointer
    let streamID: UInt32
    /// 0 for none.
    let kind: UInt64
    let body: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer) throws(LoadError) {
        var streamID: UInt64 = 0
        var kind: UInt64 = 0
        var body = 0..<0
        var fields = ProtobufFields(bytes, in: 0..<bytes.count)
        while let field = try fields.next() {
            if field.number == 1 {
                streamID = field.value
            } else {
                kind = field.number
                body = field.range
            }
        }
        self.bytes = bytes
        self.streamID = UInt32(truncatingIfNeeded: streamID)
        self.kind = kind
        self.body = body
    }

    /// The message of a `Close`; empty where it has none.
    /// - Throws: `LoadError.callFailed` where the call failed.
    func closeMessage() throws(LoadError) -> Range<Int> {
        var message = 0..<0
        var fields = ProtobufFields(bytes, in: body)
        while let field = try fields.next() {
            switch field.number {
            case 1:
                var status = ProtobufFields(bytes, in: field.range)
                while let field = try status.next() {
                    if field.number == 1, field.value != 0 {
                        throw .callFailed(code: field.value)
                    }
                }
            case 2: message = field.range
            default: break
            }
        }
        return message
    }

    /// The number in field 1 of the body: the credit of a `Window`, the `opaque` of a `Ping`.
    func firstNumber() throws(LoadError) -> UInt64 {
        var fields = ProtobufFields(bytes, in: body)
        while let field = try fields.next() {
            if field.number == 1 { return field.value }
        }
        return 0
    }

    /// The payload of an `EchoMessage` that lies in `range`.
    func payload(in range: Range<Int>) throws(LoadError) -> UnsafeRawBufferPointer {
        var payload = 0..<0
        var fields = ProtobufFields(bytes, in: range)
        while let field = try fields.next() {
            if field.number == 1 { payload = field.range }
        }
        return UnsafeRawBufferPointer(rebasing: bytes[payload])
    }
}

/// The first frame of a connection.
struct Hello: Sendable {
    let token: String?
    /// What the server may send of a stream before credit comes back; nil for the protocol's 256 KiB.
    var streamWindow: Int?

    func write(to buffer: inout ByteBuffer) {
        var hello = ByteBuffer()
        hello.writeField(1, varint: 1)
        if let streamWindow { hello.writeField(4, varint: UInt64(streamWindow)) }
        hello.writeField(5, text: "benchmark-client")
        if let token {
            var metadata = ByteBuffer()
            metadata.writeField(1, text: "authorization")
            metadata.writeField(2, text: "Bearer \(token)")
            hello.writeField(6, metadata)
        }
        buffer.writeFrame(streamID: 0, kind: UInt8(RawFrame.Kind.hello), hello)
    }
}

/// An `Open` that has its message and no more to come, but for the stream's id.
struct OpenTemplate {
    /// Everything behind the stream's id.
    private let tail: ByteBuffer
    /// Where the message ends is where the tail ends but for this.
    private let byteCountBehindMessage: Int

    init(method: String, message: ByteBuffer) {
        var open = ByteBuffer()
        open.writeField(1, text: method)
        open.writeField(4, message)
        let end = open.writerIndex
        open.writeField(5, varint: 1)
        open.writeField(6, varint: 1)
        byteCountBehindMessage = open.writerIndex - end
        var tail = ByteBuffer()
        tail.writeField(RawFrame.Kind.open, open)
        self.tail = tail
    }

    /// Appends the frame of a call.
    /// - Parameter stamp: What the last bytes of the message become; as they are without one.
    func write(streamID: UInt32, stamp: UInt32? = nil, to buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeInteger(UInt32(0))
        buffer.writeField(1, varint: UInt64(streamID))
        buffer.writeImmutableBuffer(tail)
        if let stamp {
            let end = buffer.writerIndex - byteCountBehindMessage
            buffer.setInteger(stamp, at: end - MemoryLayout<UInt32>.size)
        }
        buffer.setInteger(UInt32(buffer.writerIndex - start - 4), at: start)
    }
}

extension ByteBuffer {
    /// Appends a frame with its length.
    mutating func writeFrame(streamID: UInt32, kind: UInt8, _ body: ByteBuffer) {
        var frame = ByteBuffer()
        if streamID > 0 {
            frame.writeField(1, varint: UInt64(streamID))
        }
        frame.writeField(kind, body)
        writeInteger(UInt32(frame.readableBytes))
        writeImmutableBuffer(frame)
    }

    /// Appends a `Window` that gives credit back.
    mutating func writeWindow(streamID: UInt32, byteCount: Int) {
        var window = ByteBuffer()
        window.writeField(1, varint: UInt64(byteCount))
        writeFrame(streamID: streamID, kind: UInt8(RawFrame.Kind.window), window)
    }
}
