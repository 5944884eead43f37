package import NIOCore

/// Encrypts and decrypts one connection; put it first in the channel's pipeline.
///
/// Writes wait until the handshake is done, and afterwards for the flush, so that small ones share
/// records and system calls. The peer's `close_notify` closes the channel. A failure is fired as
/// `TLSError`, after the alert for the peer is flushed, and closes the channel.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Most that is held until the handshake is done: more than peers may send without an answer.
    package static let heldByteCountMax = 8 * 1024 * 1024

    /// Most of what reading answers by itself, as to key updates, that waits for the peer to take it.
    static let answeredByteCountMax = 16 * 1024

    private let session: TLSSession
    private let requiredProtocol: String?
    private let handshakeTimeout: TimeAmount
    private var machine = TLSStateMachine()
    private var pending = PendingPlaintext()
    /// Answers of TLS itself that the channel has not sent yet.
    private var answeredByteCount = 0
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
        end(error: .closedDuringHandshake)
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context: context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end(error: .closedDuringHandshake)
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard machine.isHandshaking || machine.isReading else { return }
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
            encryptPending(context: context)
            context.flush()
            if isToClose {
                let promise = heldClose
                heldClose = nil
                close(context: context, mode: .output, promise: promise)
            }
        }
    }

    private func readPlaintext(context: ChannelHandlerContext) {
        var buffer = ByteBuffer()
        let step = session.read(into: &buffer)
        if buffer.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(buffer))
        }
        flushAnswers(context: context)
        // Whoever got the bytes may have closed.
        guard machine.isReading else { return }
        guard answeredByteCount <= Self.answeredByteCountMax else {
            fail(context: context, error: .answeredTooMuch)
            return
        }
        switch step {
        case .needsInput:
            break
        case .ended:
            // Answered in kind, unless it was said already.
            session.shutOutput()
            flushOutput(context: context)
            end(error: .closedDuringHandshake)
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
        case .hold:
            guard pending.byteCount + bytes.readableBytes <= Self.heldByteCountMax else {
                promise?.fail(TLSError.heldTooMuch)
                fail(context: context, error: .heldTooMuch)
                return
            }
            pending.append(bytes, promise: promise)
        case .pass:
            if !pending.hasRoom(for: bytes) {
                encryptPending(context: context)
            }
            pending.append(bytes, promise: promise)
            // What fills a record has nothing to wait for; from here on it counts on the channel's
            // writability.
            if pending.isFull {
                encryptPending(context: context)
            }
        case .refuse:
            promise?.fail(ChannelError.outputClosed)
        }
    }

    package func flush(context: ChannelHandlerContext) {
        switch machine.writing {
        case .hold:
            break
        case .pass:
            encryptPending(context: context)
            context.flush()
        case .refuse:
            context.flush()
        }
    }

    private func encryptPending(context: ChannelHandlerContext) {
        guard let (bytes, promise) = pending.take() else { return }
        do {
            try session.write(bytes)
        } catch {
            promise?.fail(error)
            fail(context: context, error: error)
            return
        }
        context.write(wrapOutboundOut(session.takeOutput() ?? ByteBuffer()), promise: promise)
    }

    private func flushOutput(context: ChannelHandlerContext) {
        if let output = session.takeOutput() {
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        }
    }

    /// Reading may answer, as to a key update. Nobody asked for it who could heed the channel's
    /// writability, so what waits is counted: a peer that asks and does not read is cut off.
    private func flushAnswers(context: ChannelHandlerContext) {
        guard let output = session.takeOutput() else { return }
        let byteCount = output.readableBytes
        answeredByteCount += byteCount
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in bound.value.answeredByteCount -= byteCount }
        context.writeAndFlush(wrapOutboundOut(output), promise: promise)
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
            failPending(.closedDuringHandshake)
            context.close(mode: .all, promise: promise)
        case .closeWhenOpen:
            heldClose = promise
        case .sayAndClose:
            encryptPending(context: context)
            session.shutOutput()
            flushOutput(context: context)
            context.close(mode: mode, promise: promise)
        case .closeOnly:
            context.close(mode: mode, promise: promise)
        }
    }

    private func fail(context: ChannelHandlerContext, error: TLSError) {
        flushOutput(context: context)
        end(error: error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    private func end(error: TLSError) {
        timer?.cancel()
        timer = nil
        session.dropInput()
        failPending(machine.connectionEnded() ? error : nil)
    }

    /// - Parameter error: Nil where the channel is merely closed.
    private func failPending(_ error: TLSError?) {
        let failure: any Error = error ?? ChannelError.ioOnClosedChannel
        pending.take()?.promise?.fail(failure)
        heldClose?.fail(failure)
        heldClose = nil
    }
}
