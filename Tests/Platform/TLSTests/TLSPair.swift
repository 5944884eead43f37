import NIOCore
import NIOEmbedded
import TestSupport

@testable import TLS

/// A client and a server without sockets: what one sends is handed to the other in steps.
///
/// Belongs to the thread that makes it.
final class TLSPair {
    /// Notes what comes out of a handler.
    final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var completed: TLSHandshakeCompleted?
        var bytes = ByteBuffer()
        var error: TLSError?
        var isClosed = false

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            completed = event as? TLSHandshakeCompleted
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.writeImmutableBuffer(unwrapInboundIn(data))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.error = error as? TLSError
        }

        func channelInactive(context: ChannelHandlerContext) {
            isClosed = true
        }
    }

    static let serverName = TLSPeerName.host("localhost")

    let client = EmbeddedChannel()
    let server = EmbeddedChannel()
    let clientReceiver = Receiver()
    let serverReceiver = Receiver()
    /// Buffers and bytes that went from the server's handler to its socket.
    private(set) var serverBuffers: [Int] = []

    init(client clientContext: TLSContext, server serverContext: TLSContext) throws {
        try client.pipeline.syncOperations.addHandlers(
            TLSHandler(context: clientContext, peerName: Self.serverName), clientReceiver)
        try server.pipeline.syncOperations.addHandlers(
            TLSHandler(context: serverContext), serverReceiver)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        server.connect(to: address, promise: nil)
        client.connect(to: address, promise: nil)
    }

    /// Makes both connect and close, and tells what the client was told.
    static func handshake(client: TLSContext, server: TLSContext) throws -> TLSPair {
        let pair = try TLSPair(client: client, server: server)
        try pair.exchange()
        return pair
    }

    /// Carries bytes to and fro until neither has more.
    func exchange() throws {
        var isMoving = true
        while isMoving {
            isMoving = false
            while let bytes = try client.readOutbound(as: ByteBuffer.self) {
                isMoving = true
                if server.isActive { try server.writeInbound(bytes) }
            }
            while let bytes = try server.readOutbound(as: ByteBuffer.self) {
                isMoving = true
                serverBuffers.append(bytes.readableBytes)
                if client.isActive { try client.writeInbound(bytes) }
            }
        }
    }

    func forgetServerBuffers() {
        serverBuffers = []
    }
}

extension TestCertificates {
    func serverFiles(
        clients: TLSServerFiles.ClientCertificate? = nil
    ) -> TLSServerFiles {
        TLSServerFiles(
            certificateFile: serverFile, privateKeyFile: serverKeyFile,
            clientAuthorityFile: clients.map { _ in authorityFile },
            clientCertificate: clients ?? .required)
    }

    func clientContext(withCertificate: Bool = true) throws -> TLSContext {
        try TLSContext.client(
            authorityFile: authorityFile, certificateFile: withCertificate ? clientFile : nil,
            privateKeyFile: withCertificate ? clientKeyFile : nil, protocolName: "tally/1")
    }
}
