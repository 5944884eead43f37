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
        return try await serverStreaming(Method.name, request.serialized(), options) { reader in
            try await body(ResponseMessages(reader: reader))
        }
    }

    /// Calls a server-streaming method by name, with a serialized request, and hands each serialized
    /// response to `body`.
    ///
    /// The call is repeated like a unary one until its first response is there.
    /// - Throws: `TallyError`, or what `body` throws.
    public func serverStreamingRaw(
        method: String, bytes: [UInt8], options: CallOptions = CallOptions(),
        _ body: ([UInt8]) async throws -> Void
    ) async throws {
        try await serverStreaming(method, bytes, options) { reader in
            try await Self.readAll(of: reader, body)
        }
    }

    private func serverStreaming<Result: Sendable>(
        _ method: String, _ bytes: [UInt8], _ options: CallOptions,
        _ body: (ResponseReader) async throws -> Result
    ) async throws -> Result {
        let (call, first) = try await repeating(options, isStream: true) {
            attempt throws(ClientCallFailure) in
            let call = try await attempt.start(
                method: method, kind: .serverStreaming, message: bytes, isHalfClosed: true)
            return (call, try await call.nextMessage())
        }
        // Nothing is left of the call once it was read to its end.
        defer { call.cancel() }
        return try await body(ResponseReader(call: call, first: first))
    }

    /// Calls a client-streaming method; `body` sends the requests.
    ///
    /// The call is repeated only where nothing of it was sent: no connection was to be had, or its server
    /// began to drain before.
    /// - Throws: `TallyError`, or what `body` throws, after which the call is cancelled.
    public func clientStreaming<Method: RPCMethod>(
        _: Method.Type, options: CallOptions = CallOptions(),
        _ body: (RequestWriter<Method.Request>) async throws -> Void
    ) async throws -> Method.Response {
        let call = try await open(Method.name, .clientStreaming, options)
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
    /// The call is repeated only where nothing of it was sent: no connection was to be had, or its server
    /// began to drain before.
    /// - Throws: `TallyError`, or what `body` throws.
    public func bidirectionalStreaming<Method: RPCMethod, Result: Sendable>(
        _: Method.Type, options: CallOptions = CallOptions(),
        _ body: (RequestWriter<Method.Request>, ResponseMessages<Method.Response>) async throws ->
            Result
    ) async throws -> Result {
        let call = try await open(Method.name, .bidirectionalStreaming, options)
        defer { call.cancel() }
        return try await body(
            RequestWriter(call: call), ResponseMessages(reader: ResponseReader(call: call)))
    }

    /// Calls a method where both sides stream by name, with one serialized request and no more, and hands
    /// each serialized response to `body`.
    ///
    /// The call is repeated only where nothing of it was sent: no connection was to be had, or its server
    /// began to drain before.
    /// - Throws: `TallyError`, or what `body` throws.
    public func bidirectionalStreamingRaw(
        method: String, bytes: [UInt8], options: CallOptions = CallOptions(),
        _ body: ([UInt8]) async throws -> Void
    ) async throws {
        let call = try await open(method, .bidirectionalStreaming, options, message: bytes)
        defer { call.cancel() }
        try await Self.readAll(of: ResponseReader(call: call), body)
    }

    private static func readAll(
        of reader: ResponseReader, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        while true {
            let response: [UInt8]?
            do throws(ClientCallFailure) {
                response = try await reader.next()
            } catch {
                throw TallyError(error)
            }
            guard let response else { return }
            try await body(response)
        }
    }

    /// - Parameter message: The only request; nil where requests follow.
    private func open(
        _ method: String, _ kind: CallKind, _ options: CallOptions, message: [UInt8]? = nil
    ) async throws -> PooledCall {
        try await repeating(options, isStream: true) { attempt throws(ClientCallFailure) in
            let call = try await attempt.start(
                method: method, kind: kind, message: message, isHalfClosed: message != nil)
            // A server that begins to drain meanwhile has not seen it.
            try await call.waitUntilOpened()
            return call
        }
    }
}
