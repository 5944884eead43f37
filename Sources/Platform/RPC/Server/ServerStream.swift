import Core
import Wire

/// What a call says to its connection beside its end, from whatever thread.
final class ServerStream: RPCStream {
    /// Nil for a unary call, whose only message is its request.
    let exchange: MessageExchange?
    private let streamID: UInt32
    /// Nil for a unary call.
    private let memory: FrameMemory?
    private let room: UnsentRoom?
    private let requestByteCount: Int
    /// Credit of a request this large comes back when it is parsed, of others at once.
    static let largeRequestByteCount = RPCRequest.largeByteCount
    /// Longest frame that the client accepts.
    private let frameByteCountMax: Int
    private let events: LoopMailbox<ServerConnectionHandler>

    /// The stream of a call that needs one; nil for a small unary call, as nearly all are.
    static func make(
        _ open: Open, streamID: UInt32, kind: CallKind?, frameByteCountMax: UInt32,
        room: UnsentRoom?, events: LoopMailbox<ServerConnectionHandler>
    ) -> ServerStream? {
        // Not an initializer that fails, which would have its memory first.
        let exchange: MessageExchange?
        switch kind {
        case .unary, nil:
            guard open.message.count >= Self.largeRequestByteCount else { return nil }
            exchange = nil
        case .serverStreaming, .clientStreaming, .bidirectionalStreaming:
            exchange = MessageExchange(isInputComplete: open.halfClose, room: room)
        }
        return ServerStream(
            open, streamID: streamID, exchange, frameByteCountMax: frameByteCountMax,
            room: room, events: events)
    }

    private init(
        _ open: Open, streamID: UInt32, _ exchange: MessageExchange?, frameByteCountMax: UInt32,
        room: UnsentRoom?, events: LoopMailbox<ServerConnectionHandler>
    ) {
        self.exchange = exchange
        self.room = room
        memory = exchange.map { _ in FrameMemory() }
        self.streamID = streamID
        requestByteCount = open.message.count
        self.frameByteCountMax = Int(frameByteCountMax)
        self.events = events
    }

    func requestTaken() {
        guard requestByteCount >= Self.largeRequestByteCount else { return }
        events.post(.requestTaken(streamID: streamID, byteCount: requestByteCount))
    }

    func nextMessage() async throws -> [UInt8]? {
        try await exchange?.next { cost in
            events.post(.messagesTaken(streamID: streamID, cost: cost))
        }
    }

    func outgoing(_ message: PackedMessage) -> OutgoingMessage {
        memory.map { OutgoingMessage(message, streamID: streamID, memory: $0, room: room) }
            ?? OutgoingMessage(message, streamID: streamID)
    }

    func send(_ message: OutgoingMessage) async throws {
        guard message.frameByteCount <= frameByteCountMax else {
            throw ServiceError(
                .resourceExhausted, "RESPONSE_TOO_LARGE",
                "A message of the response does not fit the client's max_frame_bytes; ask for "
                    + "less at once.")
        }
        guard let exchange else { throw CancellationError() }
        try exchange.willSend(cost: message.cost)
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
