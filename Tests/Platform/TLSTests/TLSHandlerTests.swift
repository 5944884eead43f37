import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import TLS

@Suite(.section(.transport))
struct TLSHandlerTests {
    private func withPair(_ body: (TLSPair) throws -> Void) async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            try body(
                TLSPair.handshake(
                    client: certificates.clientContext(), server: source.context))
        }
    }

    @Test func smallWritesShareARecordAndABuffer() async throws {
        try await withPair { pair in
            pair.forgetServerBuffers()
            for _ in 0..<64 {
                pair.server.write(ByteBuffer(repeating: 7, count: 200), promise: nil)
            }
            try pair.exchange()
            #expect(pair.serverBuffers == [])
            pair.server.flush()
            try pair.exchange()
            // One record of TLS 1.3: head, content type and tag.
            #expect(pair.serverBuffers == [64 * 200 + 5 + 1 + 16])
            #expect(pair.clientReceiver.bytes.readableBytes == 64 * 200)
        }
    }

    /// What is not flushed counts on the channel's writability as soon as it fills a record.
    @Test func unflushedWritesDoNotPileUpUnseen() async throws {
        try await withPair { pair in
            for _ in 0..<100 {
                pair.server.write(ByteBuffer(repeating: 7, count: 1000), promise: nil)
            }
            pair.forgetServerBuffers()
            try pair.server.pipeline.syncOperations.context(handlerType: TLSHandler.self).flush()
            try pair.exchange()
            #expect(pair.serverBuffers.count == 6)
            #expect(pair.clientReceiver.bytes.readableBytes == 6 * 16 * 1000)
        }
    }

    @Test func writesOfAnySizeArriveWholeAndInOrder() async throws {
        try await withPair { pair in
            let sizes = [0, 1, 16_319, 16_320, 16_321, 5, 16_384, 16_385, 300_000, 0, 9_000, 9_000]
            var sent = ByteBuffer()
            var endings: [Ending] = []
            for (index, size) in sizes.enumerated() {
                let bytes = ByteBuffer(repeating: UInt8(index), count: size)
                sent.writeImmutableBuffer(bytes)
                let ending = Ending(of: pair.server)
                pair.server.write(bytes, promise: ending.promise)
                endings.append(ending)
            }
            pair.server.flush()
            try pair.exchange()
            #expect(pair.clientReceiver.bytes == sent)
            #expect(endings.allSatisfy { $0.isDone && $0.error == nil })
        }
    }

    @Test func recordsMayComeInPieces() async throws {
        try await withPair { pair in
            pair.client.writeAndFlush(ByteBuffer(repeating: 9, count: 40_000), promise: nil)
            while var bytes = try pair.client.readOutbound(as: ByteBuffer.self) {
                while let piece = bytes.readSlice(length: min(1_001, bytes.readableBytes)),
                    piece.readableBytes > 0
                {
                    try pair.server.writeInbound(piece)
                }
            }
            #expect(pair.serverReceiver.bytes == ByteBuffer(repeating: 9, count: 40_000))
        }
    }

    @Test func closeNotifyIsAnsweredAndCloses() async throws {
        try await withPair { pair in
            pair.forgetServerBuffers()
            pair.client.close(mode: .all, promise: nil)
            try pair.exchange()
            #expect(pair.serverReceiver.isClosed)
            #expect(pair.serverReceiver.error == nil)
            // An alert record of TLS 1.3.
            #expect(pair.serverBuffers == [5 + 2 + 1 + 16])
        }
    }

    @Test func forgedRecordsEndTheConnection() async throws {
        try await withPair { pair in
            pair.client.writeAndFlush(ByteBuffer(repeating: 9, count: 100), promise: nil)
            var bytes = try #require(try pair.client.readOutbound(as: ByteBuffer.self))
            bytes.setInteger(
                (bytes.getInteger(at: 50, as: UInt8.self) ?? 0) ^ 1, at: 50)
            try pair.server.writeInbound(bytes)
            #expect(pair.serverReceiver.bytes.readableBytes == 0)
            guard case .connectionFailed = pair.serverReceiver.error else {
                Issue.record("\(String(describing: pair.serverReceiver.error))")
                return
            }
            #expect(pair.serverReceiver.isClosed)
        }
    }

    // MARK: Peers that never finish the handshake

    private func withServer(_ body: (EmbeddedChannel, TLSPair.Receiver) throws -> Void)
        async throws
    {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            let channel = EmbeddedChannel()
            let receiver = TLSPair.Receiver()
            try channel.pipeline.syncOperations.addHandlers(
                TLSHandler(context: source.context), receiver)
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            try body(channel, receiver)
        }
    }

    @Test func halfAHandshakeEndsInTime() async throws {
        try await withServer { server, receiver in
            // The head of a handshake record, and nothing of its body.
            try server.writeInbound(ByteBuffer(bytes: [22, 3, 1, 2, 0]))
            server.embeddedEventLoop.advanceTime(by: .milliseconds(9_999))
            #expect(!receiver.isClosed)
            server.embeddedEventLoop.advanceTime(by: .milliseconds(1))
            #expect(receiver.error == .handshakeTimedOut)
            #expect(receiver.isClosed)
        }
    }

    @Test func garbageInsteadOfAHandshakeFails() async throws {
        try await withServer { server, receiver in
            try server.writeInbound(ByteBuffer(repeating: 0xFF, count: 10_000))
            guard case .handshakeFailed = receiver.error else {
                Issue.record("\(String(describing: receiver.error))")
                return
            }
            #expect(receiver.isClosed)
        }
    }

    /// A `ClientHello` that claims 16 MiB is refused long before it has come.
    @Test func handshakeThatNeverEndsIsNotKept() async throws {
        try await withServer { server, receiver in
            var record = ByteBuffer(bytes: [22, 3, 1, 0x40, 0, 1, 0xFF, 0xFF, 0xFF])
            record.writeRepeatingByte(0, count: 0x4000 - 4)
            var sent = 0
            while receiver.error == nil, sent < 20 {
                try server.writeInbound(record)
                record = ByteBuffer(bytes: [22, 3, 1, 0x40, 0])
                record.writeRepeatingByte(0, count: 0x4000)
                sent += 1
            }
            guard case .handshakeFailed = receiver.error else {
                Issue.record("still kept after \(sent) records")
                return
            }
            #expect(sent <= 9)
        }
    }

    @Test func writesBeforeTheHandshakeAreBounded() async throws {
        try await withServer { server, receiver in
            let most = ByteBuffer(repeating: 1, count: TLSHandler.heldByteCountMax)
            server.writeAndFlush(most, promise: nil)
            #expect(receiver.error == nil)
            let ending = Ending(of: server)
            server.writeAndFlush(ByteBuffer(bytes: [1]), promise: ending.promise)
            #expect(receiver.error == .heldTooMuch)
            #expect(receiver.isClosed)
            #expect(ending.error as? TLSError == .heldTooMuch)
        }
    }

    /// How a write ended, without waiting for it.
    private final class Ending {
        let promise: EventLoopPromise<Void>
        private(set) var isDone = false
        private(set) var error: (any Error)?

        init(of channel: EmbeddedChannel) {
            promise = channel.eventLoop.makePromise()
            promise.futureResult.assumeIsolated().whenComplete { [self] result in
                isDone = true
                if case .failure(let error) = result { self.error = error }
            }
        }
    }
}
