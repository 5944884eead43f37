import Core
package import Logging
package import Wire

/// What a handler or interceptor knows of its call beside the request.
package struct RPCContext: Sendable {
    /// The method's name on the wire, as the peer wrote it.
    package let method: String
    /// How the method is called; nil where the router has none of that name. An interceptor that
    /// checks permissions passes such a call on, so that it ends with UNIMPLEMENTED (rule 13).
    package let kind: CallKind?
    /// What carrying the call out twice does; `unknown` for an unknown method.
    package let idempotency: IdempotencyLevel
    /// The call's first message, still serialized.
    package let request: RPCRequest
    package let metadata: CallMetadata
    /// When the call's `Open` arrived.
    package let arrival: ContinuousClock.Instant
    /// When the call ends with DEADLINE_EXCEEDED; nil for a stream without one. The handler's task
    /// is cancelled then, so only work that can outlive its task needs to look.
    package let deadline: ContinuousClock.Instant?
    package let peer: RPCPeer
    /// What is kept for the connection.
    package let connection: RPCConnectionScope
    /// What outer interceptors report of the call.
    package let notes: RPCCallNotes
    /// What interceptors hand to those after them.
    package var attachments = RPCAttachments()
    private let baseLogger: Logger
    /// Carries the messages of a streaming call.
    private let stream: (any RPCStream)?

    package init(
        method: String, kind: CallKind? = .unary, idempotency: IdempotencyLevel = .unknown,
        request: RPCRequest = RPCRequest(message: []), metadata: CallMetadata = CallMetadata(),
        arrival: ContinuousClock.Instant = .now, deadline: ContinuousClock.Instant? = nil,
        peer: RPCPeer = RPCPeer(address: "in-process"),
        connection: RPCConnectionScope = RPCConnectionScope(),
        notes: RPCCallNotes = RPCCallNotes(), stream: (any RPCStream)? = nil, logger: Logger
    ) {
        self.method = method
        self.kind = kind
        self.idempotency = idempotency
        self.request = request
        self.metadata = metadata
        self.arrival = arrival
        self.deadline = deadline
        self.peer = peer
        self.connection = connection
        self.notes = notes
        self.stream = stream
        baseLogger = logger
    }

    /// What carries the messages of a streaming call.
    /// - Throws: Where the call came a way that has no streams.
    func transport() throws(ServiceError) -> any RPCStream {
        guard let stream else {
            throw ServiceError(
                .unimplemented, "STREAMING_NOT_CARRIED", "This way to the server has no streams.")
        }
        return stream
    }

    /// The method's name for logs and metrics: one that the router does not have is `unknown`, since
    /// it is whatever the peer wrote, up to a frame long.
    package var knownMethod: String { kind == nil ? "unknown" : method }

    /// The W3C trace context that the peer sent, nil where it sent none or an invalid one.
    package var traceParent: TraceParent? {
        metadata.string("traceparent").flatMap { TraceParent(text: $0) }
    }

    /// Logs with the method, peer, caller and trace of the call. It is put together when it is
    /// asked for, which few calls do.
    package var logger: Logger {
        var logger = baseLogger
        var fields: Logger.Metadata = [
            "method": "\(knownMethod)", "peer": "\(peer.address)",
        ]
        if let traceParent {
            fields["trace_id"] = "\(traceParent.traceID)"
        }
        notes.identity?.add(to: &fields)
        for (key, value) in fields {
            logger[metadataKey: key] = value
        }
        return logger
    }

    /// How long the call has left; nil without a deadline, never below zero.
    package func timeLeft(at now: ContinuousClock.Instant = .now) -> Duration? {
        deadline.map { max(.zero, now.duration(to: $0)) }
    }
}

/// The other end of a connection.
package struct RPCPeer: Sendable, Hashable {
    /// IP address without the port, `unix` for a Unix socket, `in-process` for none.
    package let address: String
    /// Subject of the certificate the peer proved to own; nil without mutual TLS.
    package let tlsSubject: String?

    package init(address: String, tlsSubject: String? = nil) {
        self.address = address
        self.tlsSubject = tlsSubject
    }
}
