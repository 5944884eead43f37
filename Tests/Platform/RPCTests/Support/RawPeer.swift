import NIOCore
import NIOPosix
import TLS
import Wire

/// A peer that writes any bytes and shows every frame it gets: what a client of somebody else's
/// may do.
final class RawPeer: Sendable {
    private let channel: any Channel
    private let frames: AsyncStream<Frame>

    init(channel: any Channel, frames: AsyncStream<Frame>) {
        self.channel = channel
        self.frames = frames
    }

    /// - Parameters:
    ///   - address: `host:port` or `unix:/path`.
    ///   - isReading: Whether it takes what it is sent; else that stays in the sockets' buffers, and
    ///     the server's leaving goes unnoticed.
    ///   - tls: Where given, the frames go through TLS.
    static func connect(
        to address: String, isReading: Bool = true, tls: TLSContext? = nil
    ) async throws -> RawPeer {
        let (frames, continuation) = AsyncStream.makeStream(of: Frame.self)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: isReading)
            .channelOption(.allowRemoteHalfClosure, value: !isReading)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            TLSHandler(context: tls, peerName: .address("127.0.0.1")))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        FrameCollector(continuation: continuation))
                }
            }
        let channel: any Channel
        if address.hasPrefix("unix:") {
            channel = try await bootstrap.connect(
                unixDomainSocketPath: String(address.dropFirst(5))
            ).get()
        } else {
            let parts = address.split(separator: ":")
            channel = try await bootstrap.connect(
                host: String(parts[0]), port: Int(parts[1]) ?? 0
            ).get()
        }
        return RawPeer(channel: channel, frames: frames)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func send(_ frames: Frame...) async throws {
        var buffer = ByteBuffer()
        for frame in frames {
            FrameEncoder.write(frame, to: &buffer)
        }
        try await channel.writeAndFlush(buffer)
    }

    func hello() async throws {
        try await send(Frame(streamID: 0, kind: .hello(Hello(version: 1, agent: "raw"))))
    }

    /// Leaves in the sockets' buffers what it is sent from now on.
    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    /// Takes again what it is sent.
    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    /// The next frame; nil once the server has closed.
    func next() async -> Frame? {
        for await frame in frames {
            return frame
        }
        return nil
    }

    /// The next frame that is no `Hello` and no `Window`; nil once the server has closed.
    func nextOfInterest() async -> Frame? {
        for await frame in frames {
            switch frame.kind {
            case .hello, .window: continue
            default: return frame
            }
        }
        return nil
    }

    func close() async {
        channel.close(promise: nil)
        while await next() != nil {}
    }
}

/// Cuts what arrives into frames.
final class FrameCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder = FrameDecoder(frameByteCountMax: 64 * 1024 * 1024)
    private let continuation: AsyncStream<Frame>.Continuation

    init(continuation: AsyncStream<Frame>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        while case .frame(let frame, _) = decoder.next() {
            continuation.yield(frame)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension Frame {
    /// A unary call as a client sends it.
    static func unary<Method: RPCMethod>(
        _: Method.Type, _ message: TextMessage, stream: UInt32, timeoutMs: UInt32 = 0,
        metadata: [Metadata] = []
    ) -> Frame {
        Frame(
            streamID: stream,
            kind: .open(
                Open(
                    method: Method.name, timeoutMs: timeoutMs, metadata: metadata,
                    message: message.serialized(), hasMessage: true, halfClose: true)))
    }

    var close: Close? {
        if case .close(let close) = kind { close } else { nil }
    }

    var goAway: GoAway? {
        if case .goAway(let goAway) = kind { goAway } else { nil }
    }
}
