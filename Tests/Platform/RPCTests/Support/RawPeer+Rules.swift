import RPC
import Testing
import Wire

extension RawPeer {
    /// A server and a peer of it for the length of `body`.
    static func with(
        _ limits: RPCLimits = RPCLimits(), router: RPCRouter = TestServer.router(),
        hello: Hello? = Hello(version: 1, agent: "raw"),
        _ body: @Sendable (RawPeer) async throws -> Void
    ) async throws {
        try await TestServer.run(.loopback(limits), router: router) { server in
            let peer = try await RawPeer.connect(to: server.address)
            if let hello { try await peer.send(Frame(streamID: 0, kind: .hello(hello))) }
            try await body(peer)
            await peer.close()
        }
    }

    /// A peer that sends `frames`, of which the last breaks a rule: the server says so and leaves.
    static func expectProtocolError(
        _ frames: [Frame], lastStreamID: UInt32, router: RPCRouter = TestServer.router(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await with(router: router) { peer in
            for frame in frames { try await peer.send(frame) }
            let goAway = await peer.nextOfInterest()?.goAway
            #expect(goAway?.reason == "PROTOCOL_ERROR", sourceLocation: sourceLocation)
            #expect(goAway?.lastStreamID == lastStreamID, sourceLocation: sourceLocation)
            #expect(goAway?.message.isEmpty == false, sourceLocation: sourceLocation)
            // The server closes by itself.
            #expect(await peer.nextOfInterest() == nil, sourceLocation: sourceLocation)
        }
    }

    /// What a streaming call is answered: the sizes of its messages, and its end.
    func rest() async -> (byteCounts: [Int], close: Close?) {
        var byteCounts: [Int] = []
        while let frame = await nextOfInterest() {
            guard case .message(let bytes) = frame.kind else { return (byteCounts, frame.close) }
            byteCounts.append(bytes.count)
        }
        return (byteCounts, nil)
    }

    /// Sends a `Ping` and gives the sizes of the messages that came before its `Pong`: what the
    /// server sent without waiting for anything further.
    func byteCountsSoFar(_ opaque: UInt64) async throws -> [Int] {
        try await send(Frame(streamID: 0, kind: .ping(Ping(opaque: opaque))))
        var byteCounts: [Int] = []
        while let frame = await nextOfInterest(), frame.kind != .pong(Pong(opaque: opaque)) {
            switch frame.kind {
            case .message(let bytes): byteCounts.append(bytes.count)
            case .close(let close): byteCounts.append(close.message.count)
            default: Issue.record("\(frame)")
            }
        }
        return byteCounts
    }
}

extension Frame {
    /// Opens a call of any kind.
    static func opening<Method: RPCMethod>(
        _: Method.Type, _ text: String?, stream: UInt32, halfClose: Bool, timeoutMs: UInt32 = 0
    ) -> Frame {
        Frame(
            streamID: stream,
            kind: .open(
                Open(
                    method: Method.name, timeoutMs: timeoutMs,
                    message: text.map { TextMessage($0).serialized() } ?? [],
                    hasMessage: text != nil, halfClose: halfClose)))
    }

    static func message(_ text: String, stream: UInt32) -> Frame {
        Frame(streamID: stream, kind: .message(TextMessage(text).serialized()))
    }
}
