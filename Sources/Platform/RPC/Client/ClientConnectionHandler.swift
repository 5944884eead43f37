import Core
import Logging
import NIOCore
import Wire

/// What the program tells its connection.
enum ClientEvent: Sendable {
    case start(ClientCall)
    case message(id: UInt64, [UInt8])
    case halfClose(id: UInt64)
    case messagesTaken(id: UInt64, cost: Int64)
    case cancel(id: UInt64)
    case close
}

/// Carries out what the client's state machine decides on one connection; lives on its channel's
/// event loop.
final class ClientConnectionHandler: ChannelInboundHandler, LoopMailboxReceiver {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Action = ClientConnectionStateMachine.Action

    private var machine: ClientConnectionStateMachine
    private var decoder: FrameDecoder
    private var output = FrameOutput()
    private var timer = ConnectionTimer()
    private let agent: String
    private let metadata: [Metadata]
    /// Succeeds with the server's `Hello`, fails where the connection ends before.
    let ready: EventLoopPromise<Void>
    /// Whether new calls belong on this connection.
    let usable = UsableFlag()
    private let logger: Logger
    private var calls: [UInt64: ClientCall] = [:]
    private var isReading = false
    private var failure: (any Error)?
    /// Nil outside the pipeline.
    private var context: ChannelHandlerContext?

    init(
        machine: ClientConnectionStateMachine, frameByteCountMax: UInt32, agent: String,
        metadata: [Metadata], eventLoop: any EventLoop, logger: Logger
    ) {
        self.machine = machine
        decoder = FrameDecoder(frameByteCountMax: frameByteCountMax)
        self.agent = agent
        self.metadata = metadata
        ready = eventLoop.makePromise()
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // A channel that never became active ends here without `channelInactive`.
        ready.fail(failure ?? ChannelError.ioOnClosedChannel)
    }

    func channelActive(context: ChannelHandlerContext) {
        performNow { [agent, metadata] in
            $0.connected(agent: agent, metadata: metadata, at: .now())
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        performNow { $0.connectionLost() }
        ready.fail(failure ?? ChannelError.ioOnClosedChannel)
        timer.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error
        logger.debug("A connection failed.", metadata: ["error": "\(String(reflecting: error))"])
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        // A write in the middle of other actions can bring this, so it takes a turn of its own.
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            bound.value.performNow { $0.writabilityChanged(isWritable: isWritable) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !machine.isOver else { return }
        isReading = true
        let now = NIODeadline.now()
        machine.bytesReceived(at: now)
        decoder.append(unwrapInboundIn(data))
        var didComplete = false
        while let output = decoder.next() {
            didComplete = true
            if case .frame(let frame, _) = output, case .goAway(let goAway) = frame.kind {
                failure = failure ?? ServerLeft(reason: goAway.reason, message: goAway.message)
            }
            perform(machine.received(output, at: now), context: context)
            if case .tooLong = output { break }
        }
        machine.readEnded(pending: decoder.pending, didComplete: didComplete, at: now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        finishTurn()
        context.fireChannelReadComplete()
    }

    /// What the program has to say.
    func received(_ events: [ClientEvent]) {
        let now = NIODeadline.now()
        for event in events {
            switch event {
            case .start(let call): start(call, at: now)
            case .message(let id, let message):
                perform(machine.messageOffered(id: id, message))
            case .halfClose(let id): perform(machine.halfCloseOffered(id: id))
            case .messagesTaken(let id, let cost):
                perform(machine.messagesTaken(id: id, cost: cost))
            case .cancel(let id): perform(machine.callCancelled(id: id, at: now))
            case .close: perform(machine.closeRequested(at: now))
            }
        }
        finishTurn()
    }

    private func start(_ call: ClientCall, at now: NIODeadline) {
        // A cancellation may have come before.
        guard !call.isOver else { return }
        calls[call.id] = call
        perform(machine.callStarted(call.request, at: now))
        if context == nil {
            end(
                call.id,
                .failure(
                    .unavailable("CONNECTION_LOST", "The connection was lost.", isNeverSent: true)))
        }
    }

    // MARK: Actions

    private func performNow(_ event: (inout ClientConnectionStateMachine) -> [Action]) {
        perform(event(&machine))
        finishTurn()
    }

    /// A read flushes at its end, once for all it brought.
    private func finishTurn() {
        guard let context, !isReading else { return }
        flush(context: context)
        schedule(context: context)
    }

    private func perform(_ actions: [Action]) {
        guard let context else { return }
        perform(actions, context: context)
    }

    private func perform(_ actions: [Action], context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .send(let frame):
                if let bytes = output.append(frame) {
                    context.write(wrapOutboundOut(bytes), promise: nil)
                }
            case .becameReady:
                ready.succeed()
            case .callOpened(let id):
                calls[id]?.opened()
            case .deliverMessage(let id, let message):
                calls[id]?.exchange.messageArrived(message)
            case .messageSent(let id, let byteCount):
                calls[id]?.exchange.messageSent(
                    cost: FlowCredit.cost(messageByteCount: byteCount))
            case .endCall(let id, let result):
                end(id, result)
            case .becameUnusable:
                usable.clear()
            case .shutOutput:
                shutOutput(context: context)
            case .close:
                context.close(promise: nil)
            }
        }
    }

    private func end(_ id: UInt64, _ result: Result<ClientAnswer, ClientCallFailure>) {
        calls.removeValue(forKey: id)?.ended(result)
    }

    private func flush(context: ChannelHandlerContext) {
        guard output.isFlushNeeded else { return }
        if let bytes = output.takeRest() {
            context.write(wrapOutboundOut(bytes), promise: nil)
        }
        context.flush()
    }

    private func shutOutput(context: ChannelHandlerContext) {
        flush(context: context)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.close(mode: .output).whenComplete { result in
            switch result {
            case .success:
                bound.value.performNow { $0.outputShut(at: .now()) }
            case .failure:
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

/// The server ended the connection in so many words.
private struct ServerLeft: Error, CustomStringConvertible {
    let reason: String
    let message: String

    var description: String { "\(reason): \(message)" }
}
