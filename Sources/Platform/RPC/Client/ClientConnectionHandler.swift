import Core
import Logging
import NIOCore
import Wire

/// Carries out what the client's state machine decides on one connection; lives on its channel's
/// event loop.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias CallResult = OneShot<[UInt8], ClientCallFailure>
    typealias Action = ClientConnectionStateMachine.Action

    private var machine: ClientConnectionStateMachine
    private var decoder: FrameDecoder
    private let agent: String
    private let metadata: [Metadata]
    private let ready: EventLoopPromise<Void>
    private let becameUnusable: @Sendable () -> Void
    private let logger: Logger
    private var results: [UInt64: CallResult] = [:]
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isFlushNeeded = false
    private var failure: (any Error)?
    /// Nil outside the pipeline.
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - ready: Succeeds with the server's `Hello`, fails where the connection ends before.
    ///   - becameUnusable: New calls belong on another connection.
    init(
        machine: ClientConnectionStateMachine, frameByteCountMax: UInt32, agent: String,
        metadata: [Metadata], ready: EventLoopPromise<Void>, logger: Logger,
        becameUnusable: @escaping @Sendable () -> Void
    ) {
        self.machine = machine
        decoder = FrameDecoder(frameByteCountMax: frameByteCountMax)
        self.agent = agent
        self.metadata = metadata
        self.ready = ready
        self.logger = logger
        self.becameUnusable = becameUnusable
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
        performNow { [agent, metadata] in $0.connected(agent: agent, metadata: metadata) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        performNow { $0.connectionLost() }
        ready.fail(failure ?? ChannelError.ioOnClosedChannel)
        timer?.task.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error
        logger.debug("A connection failed.", metadata: ["error": "\(String(reflecting: error))"])
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !machine.isOver else { return }
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
        schedule(context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfNeeded(context: context)
        context.fireChannelReadComplete()
    }

    // MARK: From the program

    func start(_ call: ClientConnectionStateMachine.Call, result: CallResult) {
        guard !result.isResolved else { return }
        results[call.id] = result
        performNow { $0.callStarted(call, at: .now()) }
        if context == nil {
            end(
                call.id,
                .failure(
                    .unavailable("CONNECTION_LOST", "The connection was lost.", isNeverSent: true)))
        }
    }

    func cancel(_ id: UInt64) {
        performNow { $0.callCancelled(id: id, at: .now()) }
    }

    func close() {
        performNow { $0.closeRequested(at: .now()) }
    }

    // MARK: Actions

    private func performNow(_ event: (inout ClientConnectionStateMachine) -> [Action]) {
        let actions = event(&machine)
        guard let context else { return }
        perform(actions, context: context)
        flushIfNeeded(context: context)
        schedule(context: context)
    }

    private func perform(_ actions: [Action], context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .send(let frame):
                var buffer = context.channel.allocator.buffer(capacity: 64)
                FrameEncoder.write(frame, to: &buffer)
                context.write(wrapOutboundOut(buffer), promise: nil)
                isFlushNeeded = true
            case .becameReady:
                ready.succeed()
            case .endCall(let id, let result):
                end(id, result)
            case .becameUnusable:
                becameUnusable()
            case .shutOutput:
                shutOutput(context: context)
            case .close:
                context.close(promise: nil)
            }
        }
    }

    private func end(_ id: UInt64, _ result: Result<[UInt8], ClientCallFailure>) {
        results.removeValue(forKey: id)?.resolve(result)
    }

    private func flushIfNeeded(context: ChannelHandlerContext) {
        guard isFlushNeeded else { return }
        isFlushNeeded = false
        context.flush()
    }

    private func shutOutput(context: ChannelHandlerContext) {
        flushIfNeeded(context: context)
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

/// The server ended the connection in so many words.
private struct ServerLeft: Error, CustomStringConvertible {
    let reason: String
    let message: String

    var description: String { "\(reason): \(message)" }
}
