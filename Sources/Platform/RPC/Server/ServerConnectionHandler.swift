import Core
import Logging
import NIOCore
import TLS
import Wire

/// Carries out what the server's state machine decides on one connection.
///
/// It lives on its channel's event loop; what its calls tell it comes through a `LoopMailbox`.
final class ServerConnectionHandler: ChannelInboundHandler, LoopMailboxReceiver {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Action = ServerConnectionStateMachine.Action
    typealias Actions = ServerConnectionStateMachine.Actions

    /// What may be sent to a peer that does not read before it is not read either.
    private static let unreadByteCountMax = 256 * 1024

    private var machine: ServerConnectionStateMachine
    private var decoder: FrameDecoder
    private var output = FrameOutput()
    private var timer = ConnectionTimer()
    /// Whether the connection is one too many.
    var isRefused = false
    private let executor: CallExecutor
    private let table: ConnectionTable
    private let network: PeerNetwork
    private let logger: Logger
    /// Made anew where something of it changes, which is twice at most.
    private var connection: RPCConnection
    /// Why no call of the connection can succeed: its `Hello` breaks rule 11.
    private var helloError: ServiceError?
    /// Calls that did not end at once.
    private var calls: [UInt32: RunningCall] = [:]
    /// That of the last call, and its method as the decoder reads it: most calls are of the same method
    /// as the one before, and then the decoder reads the same string, which is known at sight.
    private var lastRoute: (method: String, route: RPCRouter.Route)?
    private var events: LoopMailbox<ServerConnectionHandler>?
    /// Actions that follow from those being carried out; they keep their order.
    private var followingActions = Actions()
    private var isPerforming = false
    /// When this turn of the loop began; asking the clock for each call adds up.
    private var turn = NIODeadline.now()
    private var isReading = false
    /// Bytes written since the socket stopped taking them.
    private var unreadByteCount = 0
    /// What the channel holds where the socket takes no more, among what is not taken.
    private var unread: UnsentBudget.Hold?
    /// Why the connection is not read.
    private var pauses: Set<ServerConnectionStateMachine.PauseReason> = []
    private var frameRoom: FrameRoom
    /// Nil outside the pipeline.
    private var context: ChannelHandlerContext?

    init(
        machine: ServerConnectionStateMachine, peer: RPCPeer, executor: CallExecutor,
        table: ConnectionTable, budget: PartialFrameBudget, logger: Logger
    ) {
        self.machine = machine
        decoder = FrameDecoder(frameByteCountMax: machine.limits.frameByteCountMax)
        connection = RPCConnection(peer: peer, scope: RPCConnectionScope(), logger: logger)
        self.executor = executor
        self.table = table
        network = PeerNetwork(peer.address)
        frameRoom = FrameRoom(budget: budget)
        self.logger = logger
    }

    private struct RunningCall {
        let call: RPCCall
        let stream: ServerStream?
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
        frameRoom.leave(owner: self)
        unread = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Resets and failed handshakes are the peer's everyday; nothing of them needs answering.
        logger.debug("A connection failed.", metadata: ["error": "\(String(reflecting: error))"])
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let handshake = event as? TLSHandshakeCompleted {
            connection = RPCConnection(
                peer: RPCPeer(
                    address: connection.peer.address, tlsSubject: handshake.peerSubject,
                    tlsNames: handshake.peerNames),
                metadata: connection.metadata, scope: connection.scope, logger: logger)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !machine.isDiscardingInput else { return }
        let now = NIODeadline.now()
        turn = now
        isReading = true
        machine.bytesReceived(at: now)
        decoder.append(unwrapInboundIn(data))
        var didComplete = false
        while let output = decoder.next() {
            didComplete = true
            if machine.isServing, let (streamID, open) = output.opening {
                self.open(open, streamID: streamID, context: context)
                continue
            }
            keepHelloMetadata(output)
            perform(machine.received(output, at: now), context: context)
            if case .tooLong = output { break }
        }
        let pending = decoder.pending
        machine.readEnded(pending: pending, didComplete: didComplete, at: now)
        if didComplete { leaveFrameRoom(context: context) }
        let arrived = decoder.pendingByteCount
        guard case .body(let byteCount) = pending, FrameRoom.isNeeded(arrived) else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let hasRoom = frameRoom.enter(
            arrivedByteCount: arrived, frameByteCount: Int(byteCount), owner: self, network: network
        ) { wait, byteCount in
            eventLoop.execute { bound.value.frameRoomGiven(wait, byteCount) }
        }
        if !hasRoom { setPaused(.frameHasNoRoom, true, context: context) }
    }

    private func frameRoomGiven(_ wait: FrameRoom.Wait, _ byteCount: Int) {
        guard let context, frameRoom.given(wait, byteCount) else { return }
        setPaused(.frameHasNoRoom, false, context: context)
        schedule(context: context)
    }

    /// The frame is whole, perhaps by reads that came before a pause took hold, or will never be.
    private func leaveFrameRoom(context: ChannelHandlerContext) {
        frameRoom.leave(owner: self)
        setPaused(.frameHasNoRoom, false, context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush(context: context)
        schedule(context: context)
        context.fireChannelReadComplete()
    }

    private func keepHelloMetadata(_ output: FrameDecoder.Output) {
        // The one `Hello` comes first.
        guard machine.isAwaitingHello, case .frame(let frame, _) = output,
            case .hello(let hello) = frame.kind
        else {
            return
        }
        // Checked once and here, so that what is too much is not kept either.
        do {
            connection = RPCConnection(
                peer: connection.peer,
                metadata: try CallMetadata(hello: hello.metadata.map { ($0.key, $0.value) }),
                scope: connection.scope, logger: logger)
        } catch {
            helloError = error
        }
    }

    // MARK: Other events

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if isWritable {
            unreadByteCount = 0
            unread = nil
            setPaused(.peerDoesNotRead, false, context: context)
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
        if !isReading, !isPerforming { turn = .now() }
        for event in events {
            switch event {
            case .requestTaken(let streamID, let byteCount):
                perform(machine.requestTaken(streamID: streamID, byteCount: byteCount))
            case .messagesTaken(let streamID, let cost):
                perform(machine.messagesTaken(streamID: streamID, cost: cost))
            case .message(let streamID, let message):
                perform(machine.messageOffered(streamID: streamID, message))
            case .ended(let streamID, let close):
                // A task that the handler left behind waits for nothing any more.
                calls.removeValue(forKey: streamID)?.stream?.exchange?.ended()
                perform(machine.callEnded(streamID: streamID, with: close, at: turn))
            }
        }
        finishTurn()
    }

    /// For events that no read brings.
    private func performNow(_ event: (inout ServerConnectionStateMachine) -> Actions) {
        if !isReading, !isPerforming { turn = .now() }
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

    private func perform(_ actions: Actions) {
        guard let context else { return }
        perform(actions, context: context)
    }

    private func perform(_ actions: Actions, context: ChannelHandlerContext) {
        guard !actions.isEmpty else { return }
        guard !isPerforming else {
            followingActions += actions
            return
        }
        isPerforming = true
        var actions = actions
        while let first = actions.first {
            perform(first, context: context)
            for action in actions.rest {
                perform(action, context: context)
            }
            actions = followingActions
            followingActions = Actions()
        }
        isPerforming = false
    }

    private func perform(_ action: Action, context: ChannelHandlerContext) {
        switch action {
        case .send(let frame):
            send(frame, context: context)
        case .startCall(let call):
            start(
                call.open, streamID: call.streamID, deadline: call.deadline, context: context)
        case .deliverMessage(let streamID, let message):
            calls[streamID]?.stream?.exchange?.messageArrived(message)
        case .deliverHalfClose(let streamID):
            calls[streamID]?.stream?.exchange?.inputCompleted()
        case .sendMessage(let streamID, let message):
            for bytes in output.append(message.frame) {
                write(bytes, context: context)
            }
            calls[streamID]?.stream?.exchange?.messageSent(cost: message.cost)
        case .sendMore:
            perform(machine.roomLeft(at: turn), context: context)
        case .cancelCall(let streamID, let reason):
            let running = calls.removeValue(forKey: streamID)
            running?.call.cancel(reason.code)
            running?.stream?.exchange?.ended()
        case .shutOutput:
            shutOutput(context: context)
        case .close:
            context.close(promise: nil)
        }
    }

    /// The client opened a stream.
    private func open(
        _ open: consuming Open, streamID: UInt32, context: ChannelHandlerContext
    ) {
        switch machine.opened(&open, streamID: streamID, at: turn) {
        case .call(let deadline):
            start(open, streamID: streamID, deadline: deadline, context: context)
        case .refused(let error, let actions):
            // Whoever watches calls sees it, and nobody else; its credit is back, and its message free.
            var open = open
            open.message = []
            let refused = call(open, route: route(of: open.method), refusal: error)
            executor.show(refused, streamID: streamID, refusedWith: error, table, network)
            perform(actions, context: context)
        case .actions(let actions):
            perform(actions, context: context)
        }
    }

    /// Runs a call. One that ends at once, as most do, leaves no trace here.
    private func start(
        _ open: Open, streamID: UInt32, deadline: NIODeadline?, context: ChannelHandlerContext
    ) {
        guard let events else { return }
        let route = route(of: open.method)
        let stream = ServerStream.make(
            open, streamID: streamID, kind: route?.kind,
            frameByteCountMax: machine.peer.frameByteCountMax, room: machine.unsent,
            events: events)
        let call = call(open, route: route, deadline: deadline, stream: stream)
        switch executor.router.attempt(RPCContext(call: call)) {
        case .ended(let outcome):
            end(streamID, route, outcome, context: context)
        case .waiting(let waiting):
            guard table.beginCall(of: network) else {
                let outcome = executor.router.refuse(waiting, with: .overloaded)
                return end(streamID, route, outcome, context: context)
            }
            calls[streamID] = RunningCall(call: call, stream: stream)
            if open.hasMessage, open.message.count < ServerStream.largeRequestByteCount {
                // There are as many of these as streams, at most, so they may lie in memory while
                // the client opens further calls.
                perform(
                    machine.requestTaken(streamID: streamID, byteCount: open.message.count))
            }
            executor.finish(waiting, streamID: streamID) { [table, network] close in
                events.post(.ended(streamID: streamID, close))
                table.callEnded(of: network)
            }
        }
    }

    private func end(
        _ streamID: UInt32, _ route: RPCRouter.Route?, _ outcome: Result<RPCResponse, any Error>,
        context: ChannelHandlerContext
    ) {
        switch outcome {
        case .success(let response):
            answer(streamID, response, context: context)
        case .failure(let error):
            let close = executor.close(
                for: error, of: route, peer: connection.peer, streamID: streamID)
            perform(machine.callEnded(streamID: streamID, with: close, at: turn))
        }
    }

    private func answer(
        _ streamID: UInt32, _ response: RPCResponse, context: ChannelHandlerContext
    ) {
        let answering =
            response.hasTrailers
            ? .inTurn
            : machine.callSucceeded(
                streamID: streamID, messageByteCount: response.message?.count, at: turn)
        switch answering {
        case .atOnce:
            sendSuccess(streamID, response, context: context)
        case .atOnceAnd(let action):
            sendSuccess(streamID, response, context: context)
            perform(Actions(action), context: context)
        case .inTurn:
            perform(machine.callEnded(streamID: streamID, with: .success(response), at: turn))
        }
    }

    private func sendSuccess(
        _ streamID: UInt32, _ response: RPCResponse, context: ChannelHandlerContext
    ) {
        if let bytes = output.appendSuccess(streamID: streamID, message: response.message) {
            write(bytes, context: context)
        }
    }

    private func route(of method: String) -> RPCRouter.Route? {
        if let lastRoute, lastRoute.method == method { return lastRoute.route }
        let route = executor.router.route(of: method)
        if let route { lastRoute = (method, route) }
        return route
    }

    private func call(
        _ open: Open, route: RPCRouter.Route?, deadline: NIODeadline? = nil,
        stream: ServerStream? = nil, refusal: ServiceError? = nil
    ) -> RPCCall {
        // Most calls bring no metadata, and then they share the connection's.
        var ownMetadata: CallMetadata?
        var refusal = refusal ?? helloError
        if refusal == nil, !open.metadata.isEmpty {
            do {
                ownMetadata = try connection.metadata.overlaid(by: open.metadata)
            } catch {
                refusal = error
            }
        }
        return RPCCall(
            route: route,
            unrouted: route == nil
                ? RPCCall.Unrouted(method: open.method, kind: nil, idempotency: .unknown) : nil,
            request: RPCRequest(
                message: open.message, hasMessage: open.hasMessage,
                isComplete: open.hasMessage && open.halfClose, stream: stream),
            metadata: ownMetadata, arrival: MonotonicInstant(turn),
            deadline: deadline.map { MonotonicInstant($0) }, connection: connection,
            stream: stream, refusal: refusal)
    }

    private func send(_ frame: Frame, context: ChannelHandlerContext) {
        if let bytes = output.append(frame) {
            write(bytes, context: context)
        }
    }

    private func write(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        let byteCount = bytes.readableBytes
        context.write(wrapOutboundOut(bytes), promise: nil)
        guard !context.channel.isWritable else { return }
        unreadByteCount += byteCount
        // Else both count for an instant.
        unread = nil
        unread = machine.unsent?.hold(RPCServer.gathered.high + unreadByteCount)
        if unreadByteCount > Self.unreadByteCountMax {
            setPaused(.peerDoesNotRead, true, context: context)
        }
    }

    private func flush(context: ChannelHandlerContext) {
        guard output.isFlushNeeded else { return }
        if let bytes = output.takeRest() {
            write(bytes, context: context)
        }
        context.flush()
    }

    /// A peer that does not read what it is sent is not read either, nor one whose frame waits for room:
    /// nothing piles up.
    private func setPaused(
        _ reason: ServerConnectionStateMachine.PauseReason, _ isPaused: Bool,
        context: ChannelHandlerContext
    ) {
        let wasRead = pauses.isEmpty
        if isPaused {
            pauses.insert(reason)
        } else {
            pauses.remove(reason)
        }
        guard pauses.isEmpty != wasRead else { return }
        if wasRead {
            machine.readingPaused(reason, at: .now())
        } else {
            machine.readingResumed(at: .now())
        }
        context.channel.setOption(.autoRead, value: pauses.isEmpty).whenFailure { [logger] error in
            logger.debug("A connection cannot pause.", metadata: ["error": "\(error)"])
        }
    }

    private func shutOutput(context: ChannelHandlerContext) {
        flush(context: context)
        // What comes is discarded, and what has come of a frame with it.
        decoder = FrameDecoder(frameByteCountMax: machine.limits.frameByteCountMax)
        frameRoom.leave(owner: self)
        for reason in pauses { setPaused(reason, false, context: context) }
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
