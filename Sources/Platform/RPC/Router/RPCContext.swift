package import Core
package import Logging
package import TLS
package import Wire

/// What a handler or interceptor knows of its call beside the request.
package struct RPCContext: Sendable {
    let call: RPCCall
    /// What interceptors hand to those after them.
    package var attachments = RPCAttachments()

    /// A call as the transport has accepted it.
    init(call: RPCCall) {
        self.call = call
    }

    /// A call that came another way, such as a test's.
    package init(
        method: String, kind: CallKind? = .unary, idempotency: IdempotencyLevel = .unknown,
        request: RPCRequest = RPCRequest(message: []), metadata: CallMetadata = CallMetadata(),
        arrival: MonotonicInstant = .now, deadline: MonotonicInstant? = nil,
        peer: RPCPeer = RPCPeer(address: "in-process"),
        connection: RPCConnectionScope = RPCConnectionScope(),
        stream: (any RPCStream)? = nil, cancellation: ServiceError.Code? = nil, logger: Logger
    ) {
        call = RPCCall(
            route: nil,
            unrouted: RPCCall.Unrouted(method: method, kind: kind, idempotency: idempotency),
            request: request,
            metadata: metadata, arrival: arrival, deadline: deadline,
            connection: RPCConnection(peer: peer, scope: connection, logger: logger),
            stream: stream, cancellation: cancellation)
    }

    /// The method's name on the wire, as the peer wrote it.
    package var method: String { call.method }
    /// How the method is called; nil where the router has none of that name. An interceptor that
    /// checks permissions passes such a call on, so that it ends with UNIMPLEMENTED (rule 13).
    package var kind: CallKind? { call.kind }
    /// What carrying the call out twice does; `unknown` for an unknown method.
    package var idempotency: IdempotencyLevel { call.idempotency }
    /// The call's first message, still serialized.
    package var request: RPCRequest { call.request }
    package var metadata: CallMetadata { call.metadata }
    /// Whether the call's `Open` brought metadata; else all of it is the connection's.
    package var hasOwnMetadata: Bool { call.hasOwnMetadata }
    /// When the call's `Open` arrived.
    package var arrival: MonotonicInstant { call.arrival }
    /// When the call ends with DEADLINE_EXCEEDED; nil for a stream without one. The handler's task
    /// is cancelled then, so only work that can outlive its task needs to look.
    package var deadline: MonotonicInstant? { call.deadline }
    package var peer: RPCPeer { call.connection.peer }
    /// What is kept for the connection.
    package var connection: RPCConnectionScope { call.connection.scope }
    /// What outer interceptors report of the call.
    package var notes: RPCCallNotes { RPCCallNotes(call: call) }

    /// What carries the messages of a streaming call.
    /// - Throws: Where the call came a way that has no streams.
    func transport() throws(ServiceError) -> any RPCStream {
        guard let stream = call.stream else {
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
        call.hasOwnMetadata ? TraceParent(metadata) : call.connection.traceParent
    }

    /// Logs with the method, peer, caller and trace of the call. It is put together when it is
    /// asked for, which few calls do.
    package var logger: Logger {
        var logger = call.connection.logger
        var fields: Logger.Metadata = [
            "method": "\(knownMethod)", "peer": "\(peer.address)",
        ]
        if let trace = notes.trace {
            trace.add(to: &fields)
        } else if let traceParent {
            fields["trace_id"] = "\(traceParent.traceID)"
        }
        notes.identity?.add(to: &fields)
        for (key, value) in fields {
            logger[metadataKey: key] = value
        }
        return logger
    }

    /// How long the call has left; nil without a deadline, never below zero.
    package func timeLeft(at now: MonotonicInstant = .now) -> Duration? {
        deadline.map { .nanoseconds(max(0, now.nanoseconds(to: $0))) }
    }
}

/// The other end of a connection.
package struct RPCPeer: Sendable, Hashable {
    /// IP address without the port, `unix` for a Unix socket, `in-process` for none.
    package let address: String
    /// Subject of the certificate the peer proved to own; nil without mutual TLS.
    package let tlsSubject: String?
    /// DNS names, URIs and e-mail addresses of that certificate, in its order.
    package let tlsNames: [TLSAlternativeName]

    package init(
        address: String, tlsSubject: String? = nil, tlsNames: [TLSAlternativeName] = []
    ) {
        self.address = address
        self.tlsSubject = tlsSubject
        self.tlsNames = tlsNames
    }
}
