import NIOCore
import NIOPosix
import Wire

/// A server that writes any bytes and shows every frame it gets: what a server of somebody else's
/// may do to our client.
struct RawListener: Sendable {
    /// `host:port`.
    let address: String
    private let peers: AsyncStream<RawPeer>

    /// Listens on loopback while `body` runs.
    static func with(_ body: @Sendable (RawListener) async throws -> Void) async throws {
        let (peers, continuation) = AsyncStream.makeStream(of: RawPeer.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (frames, collected) = AsyncStream.makeStream(of: Frame.self)
                    try channel.pipeline.syncOperations.addHandler(
                        FrameCollector(continuation: collected))
                    continuation.yield(RawPeer(channel: channel, frames: frames))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let listener = RawListener(
            address: "127.0.0.1:\(channel.localAddress?.port ?? 0)", peers: peers)
        do {
            try await body(listener)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    /// The next connection, whose `Hello` has come and been answered.
    func accept(_ hello: Hello = Hello(version: 1, agent: "raw")) async throws -> RawPeer? {
        for await peer in peers {
            guard case .hello = await peer.next()?.kind else { return nil }
            try await peer.send(Frame(streamID: 0, kind: .hello(hello)))
            return peer
        }
        return nil
    }

    /// Sends the next connection away.
    func refuse() async throws {
        for await peer in peers {
            guard case .hello = await peer.next()?.kind else { return }
            let goAway = GoAway(lastStreamID: 0, reason: "TOO_MANY_CONNECTIONS")
            try await peer.send(Frame(streamID: 0, kind: .goAway(goAway)))
            return await peer.close()
        }
    }
}
