import NIOCore

/// Takes one stream to its end and gives the server credit back as it goes.
struct StreamLoad: FrameLoad {
    /// What a window's bytes count beyond the payload of each message (rule 5).
    private static let byteCountPerMessage = 16
    private let messageCount: Int
    private let payloadByteCount: Int
    /// Credit is given back this many bytes at a time: a quarter of the smaller window.
    private let creditByteCount: Int
    private var received = 0
    private var consumedOfStream = 0
    private var consumedOfConnection = 0

    /// - Parameter window: Of the stream; the connection's is 1 MiB.
    init(messageCount: Int, payloadByteCount: Int, window: Int) {
        creditByteCount = min(window, 1024 * 1024) / 4
        self.messageCount = messageCount
        self.payloadByteCount = payloadByteCount
    }

    mutating func begin(_ output: inout ByteBuffer) {
        var request = ByteBuffer()
        request.writeField(1, varint: UInt64(messageCount))
        request.writeField(2, varint: UInt64(payloadByteCount))
        OpenTemplate(method: "tally.benchmark.v1.EchoService/Repeat", message: request)
            .write(streamID: 1, to: &output)
    }

    mutating func received(
        _ frame: RawFrame, _ output: inout ByteBuffer
    ) throws(LoadError) -> Bool {
        switch frame.kind {
        case RawFrame.Kind.message:
            let payload = try frame.payload(in: frame.body)
            guard payload.count == payloadByteCount, payload.first == 0x5A, payload.last == 0x5A
            else { throw .wrongEcho }
            received += 1
            consume(frame.body.count + Self.byteCountPerMessage, &output)
            return false
        case RawFrame.Kind.close:
            _ = try frame.closeMessage()
            guard received == messageCount else {
                throw .wrongMessageCount(expected: messageCount, actual: received)
            }
            return true
        case RawFrame.Kind.window:
            return false
        default:
            throw .unexpectedFrame(kind: frame.kind)
        }
    }

    private mutating func consume(_ byteCount: Int, _ output: inout ByteBuffer) {
        consumedOfStream += byteCount
        consumedOfConnection += byteCount
        if consumedOfStream >= creditByteCount {
            output.writeWindow(streamID: 1, byteCount: consumedOfStream)
            consumedOfStream = 0
        }
        if consumedOfConnection >= creditByteCount {
            output.writeWindow(streamID: 0, byteCount: consumedOfConnection)
            consumedOfConnection = 0
        }
    }
}
