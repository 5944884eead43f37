import Core
import RPC
import Synchronization
import TLS
import TestSupport
import Testing
import Wire

/// Sends as fast as it may, for ever.
private enum Flood: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Flood"
    static let kind = CallKind.serverStreaming
}

/// Rule 5 against peers that do not keep it, over real sockets: "a slow reader … holds the server's
/// memory flat".
@Suite(.rule(5), .timeLimit(.minutes(1)))
struct UnreadStreamTests {
    private static let messageByteCount = 64 * 1024

    /// What a handler has been able to send, and that it was let go.
    private final class Flooding: Sendable {
        let sentCount = Atomic<Int>(0)
        let isOver = Gate()

        var router: RPCRouter {
            var router = TestServer.router()
            router.registerServerStreaming(Flood.self) { _, writer, _ in
                defer { self.isOver.open() }
                let message = TextMessage(
                    String(repeating: "x", count: UnreadStreamTests.messageByteCount))
                while true {
                    try await writer.send(message)
                    self.sentCount.add(1, ordering: .relaxed)
                }
            }
            return router
        }

        /// Waits until the handler gets no further, and says how far it came, in bytes.
        func standstill() async throws -> Int {
            var last = -1
            var sameCount = 0
            while sameCount < 20 {
                // Nothing tells that nothing happens, so this looks again and again.
                try await Task.sleep(for: .milliseconds(10))
                let now = sentCount.load(ordering: .relaxed)
                sameCount = now == last && now > 0 ? sameCount + 1 : 0
                last = now
            }
            return last * UnreadStreamTests.messageByteCount
        }
    }

    private func expectServing(_ server: RunningServer) async throws {
        let peer = try await RawPeer.connect(to: server.address)
        try await peer.hello()
        try await peer.send(.unary(Echo.self, TextMessage("still here"), stream: 1))
        let close = await peer.nextOfInterest()?.close
        #expect(close?.message == TextMessage("still here").serialized())
        await peer.close()
    }

    private var flood: Frame {
        Frame(
            streamID: 1,
            kind: .open(Open(method: Flood.name, hasMessage: true, halfClose: true)))
    }

    /// A peer that reads, and gives no credit back.
    @Test func readerWithoutCreditStopsTheHandler() async throws {
        let flooding = Flooding()
        try await TestServer.run(router: flooding.router) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            try await peer.send(flood)
            // The stream's window of 256 KiB, 512 KiB that may wait behind it, and one message.
            let byteCount = try await flooding.standstill()
            #expect(byteCount <= 896 * 1024)
            try await expectServing(server)
            await peer.close()
            await flooding.isOver.wait()
        }
    }

    /// Many streams without credit leave no more waiting than their network may, and a message each.
    @Test func readersWithoutCreditShareWhatThereIs() async throws {
        let flooding = Flooding()
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        configuration.limits.unsentByteCountMax = 8 << 20
        try await TestServer.run(configuration, router: flooding.router) { server in
            let peer = try await RawPeer.connect(to: server.address)
            try await peer.hello()
            for stream: UInt32 in 1...60 {
                try await peer.send(
                    Frame(
                        streamID: stream,
                        kind: .open(Open(method: Flood.name, hasMessage: true, halfClose: true))))
            }
            // The connection's window of 1 MiB and a message, 2 MiB that the network may have, and 60 messages;
            // 30 MiB and more where each stream had its own.
            let byteCount = try await flooding.standstill()
            #expect(byteCount < 8 << 20)
            try await expectServing(server)
            await peer.close()
        }
    }

    /// A peer that gives all the credit there is, and never reads its socket.
    @Test func peerThatNeverReadsStopsTheHandler() async throws {
        let flooding = Flooding()
        try await TestServer.run(router: flooding.router) { server in
            let peer = try await RawPeer.connect(to: server.address, isReading: false)
            let most = UInt32(Int32.max) - 1_048_576
            try await peer.send(
                Frame(
                    streamID: 0,
                    kind: .hello(Hello(version: 1, initialWindowBytes: UInt32(Int32.max)))),
                Frame(streamID: 0, kind: .window(Window(bytes: most))), flood)
            // What the system's buffers of a connection take is not ours, but is bounded too.
            let byteCount = try await flooding.standstill()
            #expect(byteCount < 64 * 1024 * 1024)
            try await expectServing(server)
            await peer.close()
            await flooding.isOver.wait()
        }
    }

    /// The same through TLS, which could keep ciphertext of any length on the way to the socket.
    @Test func peerThatStopsReadingTLSStopsTheHandler() async throws {
        let flooding = Flooding()
        try await TestCertificates.use { certificates in
            let configuration = RPCServerConfiguration(
                address: .tcp(host: "127.0.0.1", port: 0),
                tls: try TLSContextSource(
                    files: TLSServerFiles(
                        certificateFile: certificates.serverFile,
                        privateKeyFile: certificates.serverKeyFile),
                    protocolName: RPCServer.protocolName))
            let tls = try TLSContext.client(
                authorityFile: certificates.authorityFile, certificateFile: nil,
                privateKeyFile: nil, protocolName: RPCServer.protocolName)
            try await TestServer.run(configuration, router: flooding.router) { server in
                let peer = try await RawPeer.connect(to: server.address, tls: tls)
                let most = UInt32(Int32.max) - 1_048_576
                try await peer.send(
                    Frame(
                        streamID: 0,
                        kind: .hello(Hello(version: 1, initialWindowBytes: UInt32(Int32.max)))),
                    Frame(streamID: 0, kind: .window(Window(bytes: most))))
                guard case .hello = await peer.next()?.kind else {
                    Issue.record("not served")
                    return
                }
                try await peer.stopReading()
                try await peer.send(flood)
                let byteCount = try await flooding.standstill()
                #expect(byteCount < 64 * 1024 * 1024)
                await peer.close()
                await flooding.isOver.wait()
            }
        }
    }
}
