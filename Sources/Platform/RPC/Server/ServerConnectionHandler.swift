import Core
import Logging
import NIOCore
import TLS
import Wire

/// Carries out what the server's state machine decides on one connection.
///
/// It lives on its channel's event loop; only `callEnded` and `requestTaken` of the calls it
/// starts come from elsewhere, and hop here first.
final class ServerConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine: ServerConnectionStateMachine
    private var decoder: FrameDecoder
    private var peer: RPCPeer
    private let isRefused: Bool
    private let logger: Logger
    private let acceptCall: @Sendable (AcceptedCall) -> Void
    /// What the client's `Hello` sets for each call, or why no call of it can succeed.
    private var helloMetadata = Result<[CallMetadata.Entry], ServiceError>.success([])
    private var signals: [UInt32: CancelSignal] = [:]
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isFlushNeeded = false
    /// Nil outside the pipeline.
    private var context: ChannelHandlerContext?

    init(
        machine: ServerConnectionStateMachine, peer: RPCPeer, isRefused: Bool, logger: Logger,
        acceptCall: @escaping @Sendable (AcceptedCall) -> Void
    ) {
        self.machine = machine
        decoder = FrameDecoder(frameByteCountMax: machine.limits.frameByteCountMax)
        self.peer = peer
        self.isRefused = isRefused
        self.logger = logger
        self.acceptCall = acceptCall
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if isRefused {
            perform(machine.connectionRefused(at: .now()), context: context)
        }
        schedule(context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.connectionLost(), context: context)
        timer?.task.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Resets and failed handshakes are the peer's everyday; nothing of them needs answering.
        logger.debug("A connection failed.", metadata: ["error": "\(String(reflecting: error))"])
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let handshake = event as? TLSHandshakeCompleted {
            peer = RPCPeer(address: peer.address, tlsSubject: handshake.peerSubject)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // A peer that does not read what it is sent is not read either: nothing piles up.
        let isWritable = context.channel.isWritable
        context.channel.setOption(.autoRead, value: isWritable).whenFailure { [logger] error in
            logger.debug("A connection cannot pause.", metadata: ["error": "\(error)"])
        }
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        guard !machine.isDiscardingInput else { return }
        machine.bytesReceived(at: now)
        decoder.append(unwrapInboundIn(data))
        var didComplete = false
        while let output = decoder.next() {
            didComplete = true
            keepHelloMetadata(output)
            perform(machine.received(output, at: now), context: context)
            if case .tooLong = output { break }
        }
        machine.readEnded(pending: decoder.pending, didComplete: didComplete, at: now)
        schedule(context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfNeeded(context: context)
        context.fireChannelReadComplete()
    }

    /// The server is to stop.
    func drainStarted() {
        performNow { $0.drainStarted(at: .now()) }
    }

    private func keepHelloMetadata(_ output: FrameDecoder.Output) {
        guard case .frame(let frame, _) = output, case .hello(let hello) = frame.kind else {
            return
        }
        // Checked once and here, so that what is too much is not kept either.
        helloMetadata = Result { () throws(ServiceError) in
            let entries = hello.metadata.map { ($0.key, $0.value) }
            _ = try CallMetadata(hello: entries, open: [])
            return entries
        }
    }

    // MARK: Actions

    /// For events that no read brings: nothing else would flush.
    private func performNow(
        _ event: (inout ServerConnectionStateMachine) -> [ServerConnectionStateMachine.Action]
    ) {
        let actions = event(&machine)
        guard let context else { return }
        perform(actions, context: context)
        flushIfNeeded(context: context)
        schedule(context: context)
    }

    private func perform(
        _ actions: [ServerConnectionStateMachine.Action], context: ChannelHandlerContext
    ) {
        for action in actions {
            switch action {
            case .send(let frame):
                send(frame, context: context)
            case .startCall(let call):
                start(call, context: context)
            case .deliverMessage(let streamID, let message):
                // No streaming method can be registered yet, so the call is about to be refused.
                let consumed = machine.messageConsumed(
                    streamID: streamID, byteCount: message.count)
                perform(consumed, context: context)
            case .deliverHalfClose:
                break
            case .cancelCall(let streamID, let reason):
                signals.removeValue(forKey: streamID)?.fire(reason)
            case .shutOutput:
                shutOutput(context: context)
            case .close:
                context.close(promise: nil)
            }
        }
    }

    private func send(_ frame: Frame, context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 64)
        FrameEncoder.write(frame, to: &buffer)
        context.write(wrapOutboundOut(buffer), promise: nil)
        isFlushNeeded = true
    }

    private func flushIfNeeded(context: ChannelHandlerContext) {
        guard isFlushNeeded else { return }
        isFlushNeeded = false
        context.flush()
    }

    private func start(
        _ call: ServerConnectionStateMachine.OpenedCall, context: ChannelHandlerContext
    ) {
        let signal = CancelSignal()
        signals[call.streamID] = signal
        let now = ContinuousClock.now
        let timeLeft = call.deadline.map { $0 - NIODeadline.now() }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let streamID = call.streamID
        acceptCall(
            AcceptedCall(
                open: call.open, helloMetadata: helloMetadata, peer: peer, streamID: streamID,
                arrival: now, deadline: timeLeft.map { now + .nanoseconds($0.nanoseconds) },
                cancelSignal: signal,
                requestTaken: {
                    eventLoop.execute {
                        bound.value.performNow { $0.requestTaken(streamID: streamID) }
                    }
                },
                ended: { close in
                    eventLoop.execute {
                        bound.value.signals[streamID] = nil
                        bound.value.performNow {
                            $0.callEnded(streamID: streamID, with: close, at: .now())
                        }
                    }
                }))
    }

    private func shutOutput(context: ChannelHandlerContext) {
        flushIfNeeded(context: context)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.close(mode: .output).whenComplete { result in
            switch result {
            case .success:
                bound.value.performNow { $0.outputShut(at: .now()) }
            case .failure:
                // The channel is gone already, or cannot be half closed.
                bound.value.context?.close(promise: nil)
            }
        }
    }

    // MARK: Time

    /// Keeps one timer for the machine's next deadline; one that fires too early looks again.
    private func schedule(context: ChannelHandlerContext) {
        guard let deadline = machine.nextDeadline else {
            timer?.task.cancel()
            timer = nil
            return
        }
        if let timer, timer.deadline <= deadline { return }
        timer?.task.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: deadline) {
            bound.value.timer = nil
            bound.value.performNow { $0.timeElapsed(at: .now()) }
        }
        timer = (deadline, task)
    }
}
