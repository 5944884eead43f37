package import NIOCore

/// Encrypts and decrypts one connection; put it first in the channel's pipeline.
///
/// Writes wait until the handshake is done. The peer's `close_notify` closes the channel. A failure
/// is fired as `TLSError`, after the alert for the peer is flushed, and closes the channel.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let session: TLSSession
    private let requiredProtocol: String?
    private let handshakeTimeout: TimeAmount
    private var machine = TLSStateMachine()
    private var held: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
    /// Whoever closed the output before the handshake was done.
    private var heldClose: EventLoopPromise<Void>?
    private var timer: Scheduled<Void>?
    private var hasStarted = false

    /// - Parameters:
    ///   - context: Certificates and rules; its side decides who begins.
    ///   - peerName: Whom a client expects; a server passes nil.
    ///   - requiredProtocol: Where given, a handshake that did not agree on it by ALPN fails.
    ///   - handshakeTimeout: From the connection's start to the handshake's end.
    package init(
        context: TLSContext, peerName: TLSPeerName? = nil, requiredProtocol: String? = nil,
        handshakeTimeout: Duration = .seconds(10)
    ) throws(TLSError) {
        session = try TLSSession(context: context, peerName: peerName)
        self.requiredProtocol = requiredProtocol
        self.handshakeTimeout = TimeAmount(handshakeTimeout)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive {
            start(context: context)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context: context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end(context: context, error: .closedDuringHandshake)
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        session.receive(unwrapInboundIn(data))
        if machine.isHandshaking {
            stepHandshake(context: context)
        }
        if machine.isReading {
            readPlaintext(context: context)
        }
    }

    private func start(context: ChannelHandlerContext) {
        guard !hasStarted else { return }
        hasStarted = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: handshakeTimeout) {
            let (handler, context) = bound.value
            guard handler.machine.isHandshaking else { return }
            handler.fail(context: context, error: .handshakeTimedOut)
        }
        stepHandshake(context: context)
    }

    private func stepHandshake(context: ChannelHandlerContext) {
        let step = session.handshake()
        flushOutput(context: context)
        switch step {
        case .needsInput:
            break
        case .failed(let error):
            fail(context: context, error: error)
        case .done(let completed):
            timer?.cancel()
            timer = nil
            if let requiredProtocol, completed.protocolName != requiredProtocol {
                fail(context: context, error: .protocolNotNegotiated)
                return
            }
            let isToClose = machine.handshakeCompleted()
            context.fireUserInboundEventTriggered(completed)
            let writes = held
            held = []
            for (bytes, promise) in writes {
                encrypt(bytes, promise: promise, context: context)
            }
            context.flush()
            if isToClose {
                let promise = heldClose
                heldClose = nil
                close(context: context, mode: .output, promise: promise)
            }
        }
    }

    private func readPlaintext(context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 0)
        let step = session.read(into: &buffer)
        if buffer.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(buffer))
        }
        // Reading may answer, as to a key update.
        flushOutput(context: context)
        switch step {
        case .needsInput:
            break
        case .ended:
            _ = machine.connectionEnded()
            context.close(promise: nil)
        case .failed(let error):
            fail(context: context, error: error)
        }
    }

    // MARK: Writing

    package func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        let bytes = unwrapOutboundIn(data)
        switch machine.writing {
        case .hold: held.append((bytes, promise))
        case .pass: encrypt(bytes, promise: promise, context: context)
        case .refuse: promise?.fail(ChannelError.outputClosed)
        }
    }

    package func flush(context: ChannelHandlerContext) {
        switch machine.writing {
        case .hold: break
        case .pass, .refuse: context.flush()
        }
    }

    private func encrypt(
        _ bytes: ByteBuffer, promise: EventLoopPromise<Void>?, context: ChannelHandlerContext
    ) {
        do {
            try session.write(bytes)
        } catch {
            promise?.fail(error)
            fail(context: context, error: error)
            return
        }
        let output = session.takeOutput(allocator: context.channel.allocator) ?? ByteBuffer()
        context.write(wrapOutboundOut(output), promise: promise)
    }

    private func flushOutput(context: ChannelHandlerContext) {
        if let output = session.takeOutput(allocator: context.channel.allocator) {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        }
    }

    // MARK: Closing

    package func close(
        context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
        let action: TLSStateMachine.CloseAction
        switch mode {
        case .input:
            context.close(mode: .input, promise: promise)
            return
        case .output: action = machine.outputCloseRequested()
        case .all: action = machine.closeRequested()
        }
        switch action {
        case .closeChannel:
            failHeld(TLSError.closedDuringHandshake)
            context.close(mode: .all, promise: promise)
        case .closeWhenOpen:
            heldClose = promise
        case .sayAndClose:
            session.shutOutput()
            flushOutput(context: context)
            context.close(mode: mode, promise: promise)
        case .closeOnly:
            context.close(mode: mode, promise: promise)
        }
    }

    private func fail(context: ChannelHandlerContext, error: TLSError) {
        flushOutput(context: context)
        end(context: context, error: error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    private func end(context: ChannelHandlerContext, error: TLSError) {
        timer?.cancel()
        timer = nil
        if machine.connectionEnded() {
            failHeld(error)
        }
    }

    private func failHeld(_ error: TLSError) {
        let writes = held
        held = []
        for (_, promise) in writes {
            promise?.fail(error)
        }
        heldClose?.fail(error)
        heldClose = nil
    }
}
