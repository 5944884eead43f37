import BenchmarkMessages
import DequeModule
import NIOCore
import Wire

/// Turns what came into what goes out.
protocol BareCodec {
    /// Takes the bytes of a read and appends the answers to all its whole frames.
    /// - Returns: A stream that is asked for.
    mutating func answer(_ input: ByteBuffer, _ output: inout ByteBuffer) throws -> BareStream?
}

/// A stream of equal messages.
struct BareStream {
    let streamID: UInt32
    let request: RepeatRequest
}

/// Gives credit back for what was taken, without which a client would soon wait.
struct CreditReturn {
    /// What a window's bytes count beyond the payload of each message (rule 5).
    private static let byteCountPerMessage = 16
    /// Half of what the connection has at its start.
    private static let byteCountAtOnce = 512 * 1024

    private var byteCount = 0

    mutating func taken(messageByteCount: Int, _ output: inout ByteBuffer) {
        byteCount += messageByteCount + Self.byteCountPerMessage
        guard byteCount >= Self.byteCountAtOnce else { return }
        FrameEncoder.write(
            Frame(streamID: 0, kind: .window(Window(bytes: UInt32(byteCount)))), to: &output)
        byteCount = 0
    }
}

/// Bytes that the bare echo does not take.
enum BareError: Error {
    case malformed
}

/// The bare echo: answers each read with one write, and checks nothing that its peer does.
final class BareEchoHandler<Codec: BareCodec>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var codec: Codec
    private var stream: StreamWriter?
    private var isPumping = false

    init(codec: Codec) {
        self.codec = codec
    }

    func channelActive(context: ChannelHandlerContext) {
        var output = ByteBuffer()
        FrameEncoder.write(
            Frame(kind: .hello(Hello(version: 1, agent: "bare-echo"))), to: &output)
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let input = unwrapInboundIn(data)
        var output = context.channel.allocator.buffer(capacity: input.readableBytes)
        do {
            if let stream = try codec.answer(input, &output) {
                self.stream = StreamWriter(stream)
            }
        } catch {
            context.close(promise: nil)
            return
        }
        if output.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        }
        pump(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pump(context: context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Sends the stream as fast as the socket takes it.
    private func pump(context: ChannelHandlerContext) {
        // A flush may say at once that there is room again.
        guard !isPumping, stream != nil else { return }
        isPumping = true
        while context.channel.isWritable, let frame = stream?.next(context.channel.allocator) {
            context.write(wrapOutboundOut(frame), promise: nil)
            if !context.channel.isWritable {
                context.flush()
            }
        }
        context.flush()
        isPumping = false
    }
}

/// Writes each message of a stream anew, as any server must, with one copy of its payload, into the memory of
/// one that is with the socket, where there is one.
private struct StreamWriter {
    /// As many frames as the socket and what gathers for it may have at once.
    private static let keptCountMax = 8

    private let streamID: UInt32
    private let payload: ByteBuffer
    private var remainingCount: UInt32
    private var isClosed = false
    /// The longest sent first.
    private var sent = Deque<ByteBuffer>()

    init(_ stream: BareStream) {
        streamID = stream.streamID
        remainingCount = stream.request.count
        payload = ByteBuffer(repeating: 0x5A, count: Int(stream.request.payloadByteCount))
    }

    /// The next frame; nil once the last has gone.
    mutating func next(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        guard remainingCount > 0 else {
            guard !isClosed else { return nil }
            isClosed = true
            var buffer = allocator.buffer(capacity: 16)
            FrameEncoder.write(Frame(streamID: streamID, kind: .close(Close())), to: &buffer)
            return buffer
        }
        remainingCount -= 1
        // EchoMessage { payload = 1 } in Frame { stream_id = 1, message = 4 }.
        let echoByteCount = 1 + Self.varintByteCount(payload.readableBytes) + payload.readableBytes
        let frameByteCount =
            1 + Self.varintByteCount(Int(streamID)) + 1 + Self.varintByteCount(echoByteCount)
            + echoByteCount
        var buffer = takeSent() ?? allocator.buffer(capacity: 4 + frameByteCount)
        buffer.writeInteger(UInt32(frameByteCount))
        buffer.writeInteger(1 << 3 | 0, as: UInt8.self)
        Self.writeVarint(Int(streamID), to: &buffer)
        buffer.writeInteger(4 << 3 | 2, as: UInt8.self)
        Self.writeVarint(echoByteCount, to: &buffer)
        buffer.writeInteger(1 << 3 | 2, as: UInt8.self)
        Self.writeVarint(payload.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(payload)
        if sent.count < Self.keptCountMax { sent.append(buffer) }
        return buffer
    }

    private mutating func takeSent() -> ByteBuffer? {
        guard var buffer = sent.popFirst() else { return nil }
        guard buffer.modifyIfUniquelyOwned({ $0.clear() }) != nil else {
            sent.prepend(buffer)
            return nil
        }
        return buffer
    }

    private static func varintByteCount(_ value: Int) -> Int {
        max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }

    private static func writeVarint(_ value: Int, to buffer: inout ByteBuffer) {
        var value = value
        while value >= 0x80 {
            buffer.writeInteger(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        buffer.writeInteger(UInt8(truncatingIfNeeded: value))
    }
}
