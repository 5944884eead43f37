import Core
import Logging
import NIOCore
import TLS
import Wire

/// What calls tell their connection.
enum CallEvent: Sendable {
    case requestTaken(streamID: UInt32, byteCount: Int)
    case messagesTaken(streamID: UInt32, cost: Int64)
    case message(streamID: UInt32, [UInt8])
    case ended(streamID: UInt32, Close)
}

/// Carries out what the server's state machine decides on one connection.
///
/// It lives on its channel's event loop; what its calls tell it comes through a `LoopMailbox`.
final class ServerConnectionHandler: ChannelInboundHandler, LoopMailboxReceiver {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Action = ServerConnectionStateMachine.Action

    /// What may be sent to a peer that does not read before it is not read either. Messages of
    /// streams wait for the socket; this bounds answers and control frames.
    private static let unreadByteCountMax = 256 * 1024

    private var machine: ServerConnectionStateMachine
    private var decoder: FrameDecoder
    private var output = FrameOutput()
    private var timer = ConnectionTimer()
    private var peer: RPCPeer
    /// Whether the connection is one too many.
    var isRefused = false
    private let executor: CallExecutor
    private let table: ConnectionTable
    private let logger: Logger
    /// What the client's `Hello` sets for each call, or why no call of it can succeed.
    private var metadata = Result<CallMetadata, ServiceError>.success(CallMetadata())
    private let connection = RPCConnectionScope()
    private var calls: [UInt32: ServerCall] = [:]
    private var events: LoopMailbox<ServerConnectionHandler>?
    /// Actions that follow from those being carried out; they keep their order.
    private var followingActions: [Action] = []
    private var isPerforming = false
    /// What it is on both clocks in this turn of the loop; asking them for each call adds up.
    private var turn = Turn()
    private var isReading = false
    /// Bytes written since the socket stopped taking them.
    private var unreadByteCount = 0
    private var isPaused = false
    /// Nil outside the pipeline.
    private var context: ChannelHandlerContext?

    init(
        machine: ServerConnectionStateMachine, peer: RPCPeer, executor: CallExecutor,
        table: ConnectionTable, logger: Logger
    ) {
        self.machine = machine
        decoder = FrameDecoder(frameByteCountMax: machine.limits.frameByteCountMax)
        self.peer = peer
        self.executor = executor
        self.table = table
        self.logger = logger
    }

    private struct Turn {
        var deadline = NIODeadline.now()
        var instant = ContinuousClock.now
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        events = LoopMailbox(receiver: self, eventLoop: context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        events = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if isRefused {
            performNow { $0.connectionRefused(at: .now()) }
        } else {
            schedule(context: context)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.connectionLost(), context: context)
        timer.cancel()
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

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !machine.isDiscardingInput else { return }
        turn = Turn()
        let now = turn.deadline
        isReading = true
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
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush(context: context)
        schedule(context: context)
        context.fireChannelReadComplete()
    }

    private func keepHelloMetadata(_ output: FrameDecoder.Output) {
        guard case .frame(let frame, _) = output, case .hello(let hello) = frame.kind else {
            return
        }
        // Checked once and here, so that what is too much is not kept either.
        metadata = Result { () throws(ServiceError) in
            try CallMetadata(hello: hello.metadata.map { ($0.key, $0.value) })
        }
    }

    // MARK: Other events

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if isWritable {
            unreadByteCount = 0
            setPaused(false, context: context)
        }
        performNow { $0.writabilityChanged(isWritable: isWritable, at: .now()) }
        context.fireChannelWritabilityChanged()
    }

    /// The server is to stop.
    func drainStarted() {
        performNow { $0.drainStarted(at: .now()) }
    }

    /// What calls of this connection have to say.
    func received(_ events: [CallEvent]) {
        // Within a read the time is known; otherwise this is a turn of its own.
        if !isReading, !isPerforming { turn = Turn() }
        for event in events {
            switch event {
            case .requestTaken(let streamID, let byteCount):
                perform(machine.requestTaken(streamID: streamID, byteCount: byteCount))
            case .messagesTaken(let streamID, let cost):
                perform(machine.messagesTaken(streamID: streamID, cost: cost))
            case .message(let streamID, let message):
                perform(machine.messageOffered(streamID: streamID, message))
            case .ended(let streamID, let close):
                calls[streamID] = nil
                perform(machine.callEnded(streamID: streamID, with: close, at: turn.deadline))
            }
        }
        finishTurn()
    }

    /// For events that no read brings.
    private func performNow(_ event: (inout ServerConnectionStateMachine) -> [Action]) {
        perform(event(&machine))
        finishTurn()
    }

    /// A read flushes at its end, once for all it brought.
    private func finishTurn() {
        guard let context, !isReading, !isPerforming else { return }
        flush(context: context)
        schedule(context: context)
    }

    // MARK: Actions

    private func perform(_ actions: [Action]) {
        guard let context else { return }
        perform(actions, context: context)
    }

    private func perform(_ actions: [Action], context: ChannelHandlerContext) {
        guard !actions.isEmpty else { return }
        guard !isPerforming else {
            followingActions += actions
            return
        }
        isPerforming = true
        var actions = actions
        while !actions.isEmpty {
            for action in actions {
                perform(action, context: context)
            }
            actions = followingActions
            followingActions = []
        }
        isPerforming = false
    }

    private func perform(_ action: Action, context: ChannelHandlerContext) {
        switch action {
        case .send(let frame):
            send(frame, context: context)
        case .startCall(let call):
            start(call)
        case .deliverMessage(let streamID, let message):
            calls[streamID]?.exchange?.messageArrived(message)
        case .deliverHalfClose(let streamID):
            calls[streamID]?.exchange?.inputCompleted()
        case .messageSent(let streamID, let byteCount):
            calls[streamID]?.exchange?.messageSent(byteCount: byteCount)
        case .cancelCall(let streamID, let reason):
            calls.removeValue(forKey: streamID)?.cancel(reason)
        case .shutOutput:
            shutOutput(context: context)
        case .close:
            context.close(promise: nil)
        }
    }

    private func start(_ opened: ServerConnectionStateMachine.OpenedCall) {
        guard let events else { return }
        let route = executor.router.route(of: opened.open.method)
        let timeLeft = opened.deadline.map { $0 - turn.deadline }
        let call = ServerCall(
            opened, arrival: turn.instant,
            deadline: timeLeft.map { turn.instant + .nanoseconds($0.nanoseconds) },
            kind: route?.kind, events: events)
        calls[opened.streamID] = call
        table.callStarted()
        executor.start(
            call, route: route, metadata: metadata, peer: peer, connection: connection,
            table: table)
    }

    private func send(_ frame: Frame, context: ChannelHandlerContext) {
        if let bytes = output.append(frame, allocator: context.channel.allocator) {
            write(bytes, context: context)
        }
    }

    private func write(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        let byteCount = bytes.readableBytes
        context.write(wrapOutboundOut(bytes), promise: nil)
        guard !context.channel.isWritable else { return }
        unreadByteCount += byteCount
        if unreadByteCount > Self.unreadByteCountMax {
            setPaused(true, context: context)
        }
    }

    private func flush(context: ChannelHandlerContext) {
        guard output.isFlushNeeded else { return }
        if let bytes = output.takeRest() {
            write(bytes, context: context)
        }
        context.flush()
    }

    /// A peer that does not read what it is sent is not read either: nothing piles up.
    private func setPaused(_ isPaused: Bool, context: ChannelHandlerContext) {
        guard isPaused != self.isPaused else { return }
        self.isPaused = isPaused
        if isPaused {
            machine.readingPaused(at: .now())
        } else {
            machine.readingResumed(at: .now())
        }
        context.channel.setOption(.autoRead, value: !isPaused).whenFailure { [logger] error in
            logger.debug("A connection cannot pause.", metadata: ["error": "\(error)"])
        }
    }

    private func shutOutput(context: ChannelHandlerContext) {
        flush(context: context)
        setPaused(false, context: context)
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

    private func schedule(context: ChannelHandlerContext) {
        guard let deadline = machine.nextDeadline, timer.isLate(for: deadline) else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer.schedule(at: deadline, on: context.eventLoop) {
            bound.value.timer.fired()
            bound.value.performNow { $0.timeElapsed(at: .now()) }
        }
    }
}
