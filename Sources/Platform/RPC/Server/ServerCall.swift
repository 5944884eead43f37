import Core
import Synchronization
import Wire

/// One call between its connection's event loop and its handler's task.
final class ServerCall: Sendable {
    typealias CancelReason = ServerConnectionStateMachine.CancelReason

    /// What a handler may have sent that is not on its way yet, in bytes; then it waits.
    private static let unsentByteCountMax = 256 * 1024
    /// Credit is reported in steps, so that small messages do not cost a turn of the loop each.
    private static let takenCostMax: Int64 = 16 * 1024

    fileprivate struct State {
        var task: Task<Void, Never>?
        var isOver = false
        /// Messages that have arrived and nobody has read; the stream's window bounds them.
        var inbox: [[UInt8]] = []
        var inboxStart = 0
        var isInboxComplete = false
        var reader: CheckedContinuation<Void, Never>?
        /// What was read and not yet reported, as flow control counts it.
        var takenCost: Int64 = 0
        var unsentByteCount = 0
        var writers: [CheckedContinuation<Void, Never>] = []
    }

    let streamID: UInt32
    let open: Open
    let arrival: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant?
    let notes = RPCCallNotes()
    /// Longest frame that the client accepts.
    private let frameByteCountMax: Int
    private let events: CallEventQueue
    private let state: Mutex<State>

    init(
        _ opened: ServerConnectionStateMachine.OpenedCall, arrival: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant?, events: CallEventQueue
    ) {
        streamID = opened.streamID
        open = opened.open
        frameByteCountMax = Int(opened.frameByteCountMax)
        self.arrival = arrival
        self.deadline = deadline
        self.events = events
        state = Mutex(State())
        if opened.open.halfClose {
            state.withLock { $0.isInboxComplete = true }
        }
    }

    /// Starts the call's task.
    func start(_ start: RPCRouter.Start, _ operation: @escaping @Sendable () async -> Void) {
        let task =
            switch start {
            case .onThreadPool: Task(operation: operation)
            case .onEventLoop: Task.immediate(operation: operation)
            }
        let isOver = state.withLock { state in
            state.task = task
            return state.isOver
        }
        if isOver {
            task.cancel()
        }
    }

    /// The request is being parsed.
    func requestTaken() {
        // What is small comes back with the end of the call, which costs nothing.
        guard open.message.count >= Self.takenCostMax else { return }
        events.post(.requestTaken(streamID: streamID, byteCount: open.message.count))
    }

    /// The handler has ended.
    func ended(_ close: Close) {
        events.post(.ended(streamID: streamID, close))
    }

    // MARK: From the event loop

    func messageArrived(_ message: [UInt8]) {
        let reader = state.withLock { state in
            state.inbox.append(message)
            return state.takeReader()
        }
        reader?.resume()
    }

    func halfCloseArrived() {
        let reader = state.withLock { state in
            state.isInboxComplete = true
            return state.takeReader()
        }
        reader?.resume()
    }

    func messageSent(byteCount: Int) {
        let writers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.unsentByteCount -= byteCount
            guard state.unsentByteCount < Self.unsentByteCountMax else { return [] }
            return state.takeWriters()
        }
        for writer in writers {
            writer.resume()
        }
    }

    /// Nobody waits for the call any more.
    func cancel(_ reason: CancelReason) {
        notes.cancelled(reason.code)
        let (task, reader, writers) = state.withLock { state in
            state.isOver = true
            state.inbox = []
            state.inboxStart = 0
            return (state.task, state.takeReader(), state.takeWriters())
        }
        task?.cancel()
        reader?.resume()
        for writer in writers {
            writer.resume()
        }
    }
}

extension ServerCall: RPCStream {
    fileprivate enum Taken {
        case message([UInt8], report: Int64)
        case complete
        case over
        case nothing(report: Int64)
    }

    func nextMessage() async throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            switch state.withLock({ $0.takeMessage(takenCostMax: Self.takenCostMax) }) {
            case .message(let message, let cost):
                report(cost)
                return message
            case .complete:
                return nil
            case .over:
                throw CancellationError()
            case .nothing(let cost):
                report(cost)
                await waitForMessage()
            }
        }
    }

    private func report(_ cost: Int64) {
        guard cost > 0 else { return }
        events.post(.messagesTaken(streamID: streamID, cost: cost))
    }

    private func waitForMessage() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    precondition(state.reader == nil, "The messages of a call have one reader.")
                    if state.isOver || state.isInboxComplete || state.inboxStart < state.inbox.count
                        || Task.isCancelled
                    {
                        return true
                    }
                    state.reader = continuation
                    return false
                }
                if isReady {
                    continuation.resume()
                }
            }
        } onCancel: {
            state.withLock { $0.takeReader() }?.resume()
        }
    }

    func send(_ message: [UInt8]) async throws {
        // The stream's id and two lengths come with the message.
        guard message.count <= frameByteCountMax - 32 else {
            throw ServiceError(
                .resourceExhausted, "RESPONSE_TOO_LARGE",
                "A message of the response does not fit the client's max_frame_bytes; ask for "
                    + "less at once.")
        }
        try Task.checkCancellation()
        let isOver = state.withLock { state in
            state.unsentByteCount += message.count
            return state.isOver
        }
        guard !isOver else { throw CancellationError() }
        events.post(.message(streamID: streamID, message))
        try await waitForRoom()
    }

    private func waitForRoom() async throws {
        while !state.withLock({ $0.hasRoom(Self.unsentByteCountMax) }) {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if state.hasRoom(Self.unsentByteCountMax) || Task.isCancelled {
                            return true
                        }
                        state.writers.append(continuation)
                        return false
                    }
                    if isReady {
                        continuation.resume()
                    }
                }
            } onCancel: {
                for writer in state.withLock({ $0.takeWriters() }) {
                    writer.resume()
                }
            }
            try Task.checkCancellation()
        }
        if state.withLock({ $0.isOver }) { throw CancellationError() }
    }
}

extension ServerCall.State {
    fileprivate mutating func takeReader() -> CheckedContinuation<Void, Never>? {
        defer { reader = nil }
        return reader
    }

    fileprivate mutating func takeWriters() -> [CheckedContinuation<Void, Never>] {
        defer { writers = [] }
        return writers
    }

    /// Whether the handler may send on; a call that is over holds nobody.
    fileprivate func hasRoom(_ byteCountMax: Int) -> Bool {
        isOver || unsentByteCount < byteCountMax
    }

    fileprivate mutating func takeMessage(takenCostMax: Int64) -> ServerCall.Taken {
        if isOver { return .over }
        guard inboxStart < inbox.count else {
            if isInboxComplete { return .complete }
            defer { takenCost = 0 }
            return .nothing(report: takenCost)
        }
        let message = inbox[inboxStart]
        inbox[inboxStart] = []
        inboxStart += 1
        if inboxStart == inbox.count {
            inbox.removeAll(keepingCapacity: true)
            inboxStart = 0
        }
        takenCost += FlowCredit.cost(messageByteCount: message.count)
        guard takenCost >= takenCostMax else { return .message(message, report: 0) }
        defer { takenCost = 0 }
        return .message(message, report: takenCost)
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
