import RPC
import TestSupport
import Testing
import Wire

/// Peers that break the rules, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct HostilePeerTests {
    /// What the server says to the bytes, the reason of its `GoAway` first of all, up to its close.
    private func answer(to bytes: [UInt8], afterHello: Bool = true) async throws -> String? {
        try await TestServer.run { server in
            let peer = try await RawPeer.connect(to: server.address)
            if afterHello { try await peer.hello() }
            try await peer.send(bytes)
            let reason = await peer.nextOfInterest()?.goAway?.reason
            // The server closes by itself.
            while await peer.next() != nil {}
            return reason
        }
    }

    @Test(.section(.framing)) func hostileLengthIsRefusedWithoutItsBody() async throws {
        #expect(try await answer(to: [0xFF, 0xFF, 0xFF, 0xFF]) == "FRAME_TOO_LARGE")
        #expect(try await answer(to: [0x00, 0x40, 0x00, 0x01]) == "FRAME_TOO_LARGE")
        #expect(
            try await answer(to: [0x80, 0x00, 0x00, 0x00], afterHello: false) == "FRAME_TOO_LARGE")
    }

    @Test(.section(.framing)) func garbageIsProtocolError() async throws {
        #expect(
            try await answer(to: [0, 0, 0, 2, 0xFF, 0xFF], afterHello: false) == "PROTOCOL_ERROR")
        #expect(try await answer(to: [0, 0, 0, 2, 0xFF, 0xFF]) == "PROTOCOL_ERROR")
        // What a browser says is a length of 1,195,725,856 bytes.
        #expect(
            try await answer(to: Array("GET / HTTP/1.1\r\n\r\n".utf8), afterHello: false)
                == "FRAME_TOO_LARGE")
    }

    @Test func truncatedFrameEndsWithItsConnectionAndTheServerServesOn() async throws {
        try await TestServer.run { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send([0, 0, 1, 0, 0x08, 0x01])
            await peer.close()
            let next = try await RawPeer.connect(to: server.address)
            try await next.hello()
            try await next.send(.unary(Echo.self, TextMessage("still here"), stream: 1))
            let close = await next.nextOfInterest()?.close
            #expect(close?.message == TextMessage("still here").serialized())
            await next.close()
        }
    }

    @Test func randomBytesNeverStopTheServer() async throws {
        let seed = UInt64.random(in: .min ... .max)
        try await TestServer.run { server in
            var random = SeededRandom(seed: seed)
            for _ in 0..<50 {
                let peer = try await RawPeer.connect(to: server.address)
                if Bool.random(using: &random) { try await peer.hello() }
                let count = Int.random(in: 1...200, using: &random)
                let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                try await peer.send([0, 0, 0, UInt8(count)] + body)
                await peer.close()
            }
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send(.unary(Echo.self, TextMessage("alive"), stream: 1))
            #expect(await peer.nextOfInterest()?.close?.hasMessage == true, "seed \(seed)")
            await peer.close()
        }
    }

    @Test(.rule(12)) func unusablePayloadEndsItsStreamOnly() async throws {
        try await TestServer.run { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            let open = Open(
                method: Echo.name, message: [0xFF, 0xFF], hasMessage: true, halfClose: true)
            try await peer.send(Frame(streamID: 1, kind: .open(open)))
            let refused = await peer.nextOfInterest()
            #expect(refused?.close?.status?.code == 3)
            #expect(refused?.close?.status?.details.first?.reason == "MALFORMED_MESSAGE")
            try await peer.send(.unary(Echo.self, TextMessage("next"), stream: 2))
            #expect(await peer.nextOfInterest()?.close?.hasMessage == true)
            await peer.close()
        }
    }

    @Test(.rule(3)) func callsThatAreNotUnaryAreMalformed() async throws {
        try await TestServer.run { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            let opens = [
                Open(method: Echo.name, halfClose: true),
                Open(method: Echo.name, hasMessage: true),
                Open(method: Echo.name),
            ]
            for (index, open) in opens.enumerated() {
                try await peer.send(Frame(streamID: UInt32(index) + 1, kind: .open(open)))
                let close = await peer.nextOfInterest()?.close
                #expect(close?.status?.details.first?.reason == "MALFORMED_CALL")
            }
            await peer.close()
        }
    }

    @Test(.rule(13)) func invalidMetadataIsTheFirstThingChecked() async throws {
        try await TestServer.run { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            let open = Open(
                method: "no/such", metadata: [Metadata(key: "UPPER", value: [1])],
                message: [0xFF])
            try await peer.send(Frame(streamID: 1, kind: .open(open)))
            let close = await peer.nextOfInterest()?.close
            #expect(close?.status?.code == 3)
            #expect(close?.status?.details.first?.reason == "METADATA_INVALID")
            await peer.close()
        }
    }

    @Test(.rule(11)) func invalidMetadataOfHelloEndsEveryCallButNotTheConnection() async throws {
        try await TestServer.run { server in
            let peer = try await RawPeer.connect(to: server.address)
            let large = Metadata(key: "k", value: [UInt8](repeating: 0, count: 20_000))
            try await peer.send(
                Frame(streamID: 0, kind: .hello(Hello(version: 1, metadata: [large]))),
                .unary(Echo.self, TextMessage(), stream: 1),
                .unary(Echo.self, TextMessage(), stream: 2))
            for _ in 1...2 {
                let close = await peer.nextOfInterest()?.close
                #expect(close?.status?.details.first?.reason == "METADATA_INVALID")
            }
            await peer.close()
        }
    }

    @Test(.rule(10)) func peerThatSaysNothingIsSentAway() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.helloTimeout = .milliseconds(20)
        try await TestServer.run(configuration) { server in
            let peer = try await RawPeer.connect(to: server.address)
            #expect(await peer.next()?.goAway?.reason == "PROTOCOL_ERROR")
            #expect(await peer.next() == nil)
        }
    }

    @Test(.rule(10)) func idlePeerIsPingedAndSentAway() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.idleTimeout = .milliseconds(20)
        configuration.limits.pongTimeout = .milliseconds(20)
        try await TestServer.run(configuration) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            #expect(await peer.nextOfInterest()?.kind == .ping(Ping(opaque: 1)))
            #expect(await peer.nextOfInterest()?.goAway?.reason == "IDLE")
        }
    }

    @Test(.rule(10)) func onePeerTooManyIsToldSo() async throws {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.connectionCountPerAddressMax = 1
        try await TestServer.run(configuration) { server in
            let first = try await RawPeer.connect(to: server.address)
            try await first.hello()
            _ = await first.next()
            let second = try await RawPeer.connect(to: server.address)
            #expect(await second.next()?.goAway?.reason == "TOO_MANY_CONNECTIONS")
            await first.close()
            await second.close()
        }
    }
}
