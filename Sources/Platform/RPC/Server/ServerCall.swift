import Core
import Synchronization
import Wire

/// One call between its connection's event loop and its handler's task.
final class ServerCall: Sendable {
    typealias CancelReason = ServerConnectionStateMachine.CancelReason

    private struct State {
        var task: Task<Void, Never>?
        /// Set once nobody waits for the handler any more.
        var cancellation: ServiceError.Code?
    }

    let streamID: UInt32
    let open: Open
    let arrival: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant?
    let exchange: MessageExchange?
    /// Longest frame that the client accepts.
    private let frameByteCountMax: Int
    private let events: LoopMailbox<ServerConnectionHandler>
    private let state = Mutex(State())

    init(
        _ opened: ServerConnectionStateMachine.OpenedCall, arrival: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant?, kind: CallKind?,
        events: LoopMailbox<ServerConnectionHandler>
    ) {
        streamID = opened.streamID
        open = opened.open
        frameByteCountMax = Int(opened.frameByteCountMax)
        exchange =
            switch kind {
            case .unary, nil: nil
            case .serverStreaming, .clientStreaming, .bidirectionalStreaming:
                MessageExchange(isInputComplete: opened.open.halfClose)
            }
        self.arrival = arrival
        self.deadline = deadline
        self.events = events
    }

    /// Starts the call's task.
    func start(_ start: RPCRouter.Start, _ operation: @escaping @Sendable () async -> Void) {
        let task =
            switch start {
            case .onThreadPool: Task { await operation() }
            case .onEventLoop: Task.immediate { await operation() }
            }
        let isOver = state.withLock { state in
            state.task = task
            return state.cancellation != nil
        }
        if isOver {
            task.cancel()
        }
    }

    /// The handler has ended.
    func ended(_ close: Close) {
        events.post(.ended(streamID: streamID, close))
    }

    /// Nobody waits for the call any more.
    func cancel(_ reason: CancelReason) {
        let task = state.withLock { state in
            state.cancellation = state.cancellation ?? reason.code
            return state.task
        }
        task?.cancel()
        exchange?.ended()
    }
}

extension ServerCall: RPCStream {
    var cancellation: ServiceError.Code? { state.withLock { $0.cancellation } }

    func requestTaken() {
        // What is small comes back with the end of the call, which costs nothing.
        guard open.message.count >= MessageExchange.takenCostMax else { return }
        events.post(.requestTaken(streamID: streamID, byteCount: open.message.count))
    }

    func nextMessage() async throws -> [UInt8]? {
        try await exchange?.next { cost in
            events.post(.messagesTaken(streamID: streamID, cost: cost))
        }
    }

    func send(_ message: [UInt8]) async throws {
        // Only what comes near the limit is measured: ids and lengths come with the message.
        guard
            message.count <= frameByteCountMax - 32
                || FrameEncoder.byteCount(Frame(streamID: streamID, kind: .message(message)))
                    <= frameByteCountMax
        else {
            throw ServiceError(
                .resourceExhausted, "RESPONSE_TOO_LARGE",
                "A message of the response does not fit the client's max_frame_bytes; ask for "
                    + "less at once.")
        }
        guard let exchange else { throw CancellationError() }
        try exchange.willSend(byteCount: message.count)
        events.post(.message(streamID: streamID, message))
        try await exchange.waitForRoom()
    }
}

extension ServerConnectionStateMachine.CancelReason {
    /// The code that the call ended with on the wire, or would have.
    var code: ServiceError.Code {
        switch self {
        case .deadline: .deadlineExceeded
        case .cancelled, .connectionLost: .cancelled
        case .drained: .unavailable
        }
    }
}
