import COpenSSL
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import TLS

/// A peer may ask for new keys as often as it likes, and each time TLS answers by itself.
@Suite(.section(.transport))
struct KeyUpdateTests {
    /// A client that sends what TLS allows and no client of ours does.
    private final class BareClient {
        private let context: TLSContext
        private let session: OpaquePointer
        private let input: OpaquePointer
        private let output: OpaquePointer

        init(context: TLSContext) throws {
            self.context = context
            session = try #require(SSL_new(context.pointer))
            input = try #require(BIO_new(BIO_s_mem()))
            output = try #require(BIO_new(BIO_s_mem()))
            SSL_set_bio(session, input, output)
            SSL_set_connect_state(session)
        }

        deinit { SSL_free(session) }

        func receive(_ bytes: ByteBuffer) {
            bytes.withUnsafeReadableBytes {
                _ = BIO_write(input, $0.baseAddress, Int32($0.count))
            }
        }

        func takeOutput() -> ByteBuffer {
            var bytes = ByteBuffer()
            bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 64 * 1024) {
                max(0, Int(BIO_read(output, $0.baseAddress, Int32($0.count))))
            }
            return bytes
        }

        /// - Returns: Whether it is done.
        func handshake() -> Bool { SSL_do_handshake(session) == 1 }

        func askForKeyUpdate() {
            #expect(SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1)
            #expect(SSL_do_handshake(session) == 1)
        }

        func write(_ bytes: [UInt8]) {
            #expect(SSL_write(session, bytes, Int32(bytes.count)) == Int32(bytes.count))
        }

        /// Reads, so that answers of the server take effect.
        func read() -> Int {
            var bytes = [UInt8](repeating: 0, count: 1024)
            return max(0, Int(SSL_read(session, &bytes, Int32(bytes.count))))
        }
    }

    /// A socket whose peer may stop reading.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        var isRead = true
        private(set) var unreadByteCount = 0
        private var unread: [(ByteBuffer, EventLoopPromise<Void>?)] = []

        func write(
            context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
        ) {
            let bytes = unwrapOutboundIn(data)
            guard !isRead else {
                context.write(data, promise: promise)
                return
            }
            unreadByteCount += bytes.readableBytes
            unread.append((bytes, promise))
        }

        func close(
            context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
        ) {
            for (_, promise) in unread { promise?.fail(ChannelError.ioOnClosedChannel) }
            unread = []
            context.close(mode: mode, promise: promise)
        }
    }

    private struct Pair {
        let client: BareClient
        let server = EmbeddedChannel()
        let socket = Socket()
        let receiver = TLSPair.Receiver()

        /// Hands the server what the client sent.
        func send() throws {
            try server.writeInbound(client.takeOutput())
        }

        /// Hands the client what the server sent.
        func answer() throws {
            while let bytes = try server.readOutbound(as: ByteBuffer.self) {
                client.receive(bytes)
            }
        }
    }

    private func withPair(_ body: (Pair) throws -> Void) async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            let pair = Pair(client: try BareClient(context: certificates.clientContext()))
            try pair.server.pipeline.syncOperations.addHandlers(
                pair.socket, TLSHandler(context: source.context), pair.receiver)
            pair.server.connect(
                to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            while !pair.client.handshake() {
                try pair.send()
                try pair.answer()
            }
            try pair.send()
            try pair.answer()
            #expect(pair.receiver.completed?.version == "TLSv1.3")
            try body(pair)
        }
    }

    @Test func everyUpdateIsAnsweredToAPeerThatReads() async throws {
        try await withPair { pair in
            for _ in 0..<2000 {
                pair.client.askForKeyUpdate()
                pair.client.write([7])
                try pair.send()
                try pair.answer()
                #expect(pair.client.read() == 0)
            }
            #expect(pair.receiver.error == nil)
            #expect(pair.receiver.bytes.readableBytes == 2000)
        }
    }

    /// Bytes between the updates make no difference: they may be parts of one long message.
    @Test(arguments: [[], [7]] as [[UInt8]])
    func answersDoNotPileUp(between: [UInt8]) async throws {
        try await withPair { pair in
            pair.socket.isRead = false
            var count = 0
            while pair.receiver.error == nil, count < 20_000 {
                pair.client.askForKeyUpdate()
                if !between.isEmpty { pair.client.write(between) }
                try pair.send()
                count += 1
            }
            #expect(pair.receiver.error == .answeredTooMuch, "after \(count)")
            #expect(pair.receiver.isClosed)
            #expect(pair.socket.unreadByteCount <= TLSHandler.answeredByteCountMax + 100)
        }
    }
}
