import Core
import RPC
public import Wire

extension Client {
    /// Calls a server-streaming method and hands its responses to `body`, which may stop reading
    /// when it has enough.
    ///
    /// The call is repeated like a unary one until its first response is there.
    /// - Throws: `TallyError`, or what `body` throws.
    public func serverStreaming<Method: RPCMethod, Result: Sendable>(
        _: Method.Type, _ request: Method.Request, options: CallOptions = CallOptions(),
        _ body: (ResponseMessages<Method.Response>) async throws -> Result
    ) async throws -> Result {
        var options = options
        options.isIdempotent = options.isIdempotent || Method.idempotency != .unknown
        let bytes = request.serialized()
        let (call, first) = try await repeating(options, isStream: true) {
            attempt throws(ClientCallFailure) in
            let call = try await attempt.start(
                method: Method.name, kind: .serverStreaming, message: bytes, isHalfClosed: true)
            return (call, try await call.nextMessage())
        }
        // Nothing is left of the call once it was read to its end.
        defer { call.cancel() }
        return try await body(
            ResponseMessages(call: call, first: first.map { .message($0) } ?? .none))
    }

    /// Calls a client-streaming method; `body` sends the requests.
    ///
    /// The call is repeated only where no connection was to be had.
    /// - Throws: `TallyError`, or what `body` throws, after which the call is cancelled.
    public func clientStreaming<Method: RPCMethod>(
        _: Method.Type, options: CallOptions = CallOptions(),
        _ body: (RequestWriter<Method.Request>) async throws -> Void
    ) async throws -> Method.Response {
        let call = try await open(Method.self, .clientStreaming, options)
        defer { call.cancel() }
        do {
            try await body(RequestWriter(call: call))
        } catch let error as TallyError {
            // A server that has answered early reads no further: its answer is the call's.
            guard call.failure == nil, error.code == .cancelled, !Task.isCancelled else {
                throw error
            }
        }
        call.halfClose()
        do {
            return try Method.Response(received: try await call.answer().message)
        } catch let failure as ClientCallFailure {
            throw TallyError(failure)
        }
    }

    /// Calls a method where both sides stream; `body` sends and reads, in whatever order.
    ///
    /// The call is repeated only where no connection was to be had.
    /// - Throws: `TallyError`, or what `body` throws.
    public func bidirectionalStreaming<Method: RPCMethod, Result: Sendable>(
        _: Method.Type, options: CallOptions = CallOptions(),
        _ body: (RequestWriter<Method.Request>, ResponseMessages<Method.Response>) async throws ->
            Result
    ) async throws -> Result {
        let call = try await open(Method.self, .bidirectionalStreaming, options)
        defer { call.cancel() }
        return try await body(
            RequestWriter(call: call), ResponseMessages(call: call, first: .unread))
    }

    private func open<Method: RPCMethod>(
        _: Method.Type, _ kind: CallKind, _ options: CallOptions
    ) async throws -> PooledCall {
        try await repeating(options, isStream: true) { attempt throws(ClientCallFailure) in
            try await attempt.start(
                method: Method.name, kind: kind, message: nil, isHalfClosed: false)
        }
    }
}

/// What a server sends in one streaming call, to be read once, by one task.
///
/// A response is asked of the server only as this is read: a slow reader slows the server down.
public struct ResponseMessages<Message: WireMessage>: AsyncSequence, Sendable {
    public typealias Element = Message
    public typealias Failure = any Error

    enum First: Sendable {
        case unread
        case message([UInt8])
        /// The stream was empty.
        case none
    }

    let call: PooledCall
    let first: First

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let call: PooledCall
        fileprivate var first: First

        /// - Throws: `TallyError`.
        public mutating func next() async throws -> Message? {
            switch first {
            case .message(let bytes):
                first = .unread
                return try Message(received: bytes)
            case .none:
                return nil
            case .unread:
                break
            }
            let bytes: [UInt8]?
            do {
                bytes = try await call.nextMessage()
            } catch {
                throw TallyError(error)
            }
            return try bytes.map { try Message(received: $0) }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(call: call, first: first)
    }
}

/// Sends the requests of one streaming call.
public struct RequestWriter<Message: WireMessage>: Sendable {
    let call: PooledCall

    /// Sends a message; returns once there is room for another.
    /// - Throws: `TallyError` where the call is over.
    public func send(_ message: Message) async throws {
        do {
            try await call.send(message.serialized())
        } catch {
            throw TallyError(error)
        }
    }

    /// Says that no further message comes. Returning from the call's body says so too where the
    /// server answers once.
    public func finish() {
        call.halfClose()
    }
}
