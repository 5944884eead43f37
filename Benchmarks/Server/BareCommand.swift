import ArgumentParser
import NIOCore
import NIOPosix
import RPC

/// Serves the echo with as little as can be between the socket and the answer.
struct BareCommand: AsyncParsableCommand {
    /// Who parses and packs the frames.
    enum Codec: String, ExpressibleByArgument, CaseIterable {
        case protobufC = "protobuf-c"
        case wire
    }

    static let configuration = CommandConfiguration(
        commandName: "bare",
        abstract: "Serve the echo without state, limits, interceptors or tasks: the limit.")

    @Option(help: "Who parses the frames: protobuf-c into its structures, or Tallystick's Wire.")
    var codec = Codec.protobufC

    func run() async throws {
        HeapMemory.keepForMessages()
        let codec = codec
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // As RPCServer's: several large messages share a system call.
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: 64 * 1024, high: 256 * 1024)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    switch codec {
                    case .protobufC:
                        try pipeline.addHandler(BareEchoHandler(codec: ProtobufCCodec()))
                    case .wire:
                        try pipeline.addHandler(BareEchoHandler(codec: WireCodec()))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        ServerMain.announce("listening 127.0.0.1:\(listener.localAddress?.port ?? 0)")
        try await listener.closeFuture.get()
    }
}
