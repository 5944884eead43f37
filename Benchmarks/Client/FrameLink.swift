import NIOCore
import NIOPosix
import TLS

/// What one connection is loaded with. It runs on the connection's event loop.
protocol FrameLoad: SendableMetatype {
    /// Takes a frame that belongs to the load, and appends the bytes of its answers to `output`.
    /// - Returns: Whether the load is done.
    mutating func received(
        _ frame: RawFrame, _ output: inout ByteBuffer
    ) throws(LoadError) -> Bool
}

/// One connection: cuts its bytes into frames for a load, and sends all answers to one read with one
/// write.
final class FrameLink<Load: FrameLoad>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hello: Hello
    private let greeted: EventLoopPromise<Void>
    private let done: EventLoopPromise<Void>
    private var load: Load
    private var input = ByteBuffer()
    private var failure: (any Error)?

    private init(
        load: Load, hello: Hello, greeted: EventLoopPromise<Void>, done: EventLoopPromise<Void>
    ) {
        self.load = load
        self.hello = hello
        self.greeted = greeted
        self.done = done
    }

    /// Connects and returns once the server has sent its `Hello`.
    static func connect(
        port: Int, tls: TLSContext?, hello: Hello, load: @escaping @Sendable () -> Load
    ) async throws -> Handle {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let greeted = eventLoop.makePromise(of: Void.self)
        let done = eventLoop.makePromise(of: Void.self)
        let link = try await eventLoop.submit {
            NIOLoopBound(
                FrameLink(load: load(), hello: hello, greeted: greeted, done: done),
                eventLoop: eventLoop)
        }.get()
        do {
            let channel = try await ClientBootstrap(group: eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                // As many bytes as a busy connection has at once.
                .channelOption(
                    .recvAllocator,
                    value: AdaptiveRecvByteBufferAllocator(
                        minimum: 1024, initial: 4096, maximum: 256 * 1024)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls {
                            try channel.pipeline.syncOperations.addHandler(
                                TLSHandler(context: tls, peerName: .address("127.0.0.1")))
                        }
                        try channel.pipeline.syncOperations.addHandler(link.value)
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            try await greeted.futureResult.get()
            return Handle(channel: channel, link: link, done: done.futureResult)
        } catch {
            // Nobody else will.
            greeted.fail(error)
            done.fail(error)
            throw error
        }
    }

    /// A connection as its command holds it.
    struct Handle: Sendable {
        private let channel: any Channel
        private let link: NIOLoopBound<FrameLink>
        private let done: EventLoopFuture<Void>

        fileprivate init(
            channel: any Channel, link: NIOLoopBound<FrameLink>, done: EventLoopFuture<Void>
        ) {
            self.channel = channel
            self.link = link
            self.done = done
        }

        /// Runs `body` on the event loop and sends what it appends to its buffer.
        /// - Throws: What ended the connection, where something has.
        func run<Result: Sendable>(
            _ body: @escaping @Sendable (inout Load, inout ByteBuffer) -> Result
        ) async throws -> Result {
            let link = link
            let channel = channel
            return try await channel.eventLoop.submit {
                if let failure = link.value.failure { throw failure }
                var output = ByteBuffer()
                let result = body(&link.value.load, &output)
                if output.readableBytes > 0 {
                    channel.writeAndFlush(output, promise: nil)
                }
                return result
            }.get()
        }

        /// Returns once the load is done.
        func waitUntilDone() async throws {
            try await done.get()
        }

        func close() async throws {
            try await channel.close().get()
        }
    }

    // MARK: ChannelInboundHandler

    func channelActive(context: ChannelHandlerContext) {
        var output = ByteBuffer()
        hello.write(to: &output)
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.writeBuffer(&bytes)
        }
        var output = context.channel.allocator.buffer(capacity: 4096)
        do {
            let consumed = try input.withUnsafeReadableBytes { bytes in
                try receive(bytes, &output)
            }
            input.moveReaderIndex(forwardBy: consumed)
            if input.readableBytes == 0 {
                // Else the memory of the largest read stays.
                input = ByteBuffer()
            } else {
                input.discardReadBytes()
            }
        } catch {
            end(with: error, context: context)
            return
        }
        if output.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        }
    }

    /// Takes every whole frame.
    /// - Returns: How many bytes they had.
    private func receive(
        _ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer
    ) throws(LoadError) -> Int {
        var index = 0
        while bytes.count - index >= 4 {
            let length = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)
            let end = index + 4 + Int(UInt32(bigEndian: length))
            guard end <= bytes.count else { break }
            let frame = try RawFrame(UnsafeRawBufferPointer(rebasing: bytes[index + 4..<end]))
            try receive(frame, &output)
            index = end
        }
        return index
    }

    private func receive(_ frame: RawFrame, _ output: inout ByteBuffer) throws(LoadError) {
        switch frame.kind {
        case RawFrame.Kind.hello:
            greeted.succeed()
        case RawFrame.Kind.ping:
            var pong = ByteBuffer()
            pong.writeInteger(1 << 3 | 1, as: UInt8.self)
            pong.writeInteger(try frame.firstNumber(), endianness: .little)
            output.writeFrame(streamID: 0, kind: RawFrame.Kind.pong, pong)
        case RawFrame.Kind.goAway:
            throw .goAway
        default:
            if try load.received(frame, &output) {
                done.succeed()
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(with: error, context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(with: LoadError.connectionLost, context: context)
    }

    private func end(with error: any Error, context: ChannelHandlerContext) {
        failure = failure ?? error
        greeted.fail(error)
        done.fail(error)
        context.close(promise: nil)
    }
}
