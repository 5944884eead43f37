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
    /// When the call ends with DEADLINE_EXCEEDED; nil for a stream without one. The handler's task
    /// is cancelled then, so only work that can outlive its task needs to look.
    package let deadline: ContinuousClock.Instant?
    package let peer: RPCPeer
    /// The W3C trace context that the peer sent, nil where it sent none or an invalid one.
    package let traceParent: TraceParent?
    /// Logs with the method, peer and trace of the call. A method that the router does not have
    /// is logged as `unknown`: its name is whatever the peer wrote, up to a frame long.
    package var logger: Logger
    /// What interceptors hand to those after them.
    package var attachments = RPCAttachments()

    package init(
        method: String, kind: CallKind? = .unary, idempotency: IdempotencyLevel = .unknown,
        request: RPCRequest = RPCRequest(message: []), metadata: CallMetadata = CallMetadata(),
        deadline: ContinuousClock.Instant? = nil, peer: RPCPeer = RPCPeer(address: "in-process"),
        logger: Logger
    ) {
        self.method = method
        self.kind = kind
        self.idempotency = idempotency
        self.request = request
        self.metadata = metadata
        self.deadline = deadline
        self.peer = peer
        self.traceParent = metadata.string("traceparent").flatMap { TraceParent(text: $0) }
        self.logger = logger
        self.logger[metadataKey: "method"] = kind == nil ? "unknown" : "\(method)"
        self.logger[metadataKey: "peer"] = "\(peer.address)"
        if let traceParent {
            self.logger[metadataKey: "trace_id"] = "\(traceParent.traceID)"
        }
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

/// Values that interceptors attach to a call, found by the type of their key.
package struct RPCAttachments: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    package init() {}

    /// The value under `key`; nil where nobody set it.
    package subscript<Key: RPCAttachmentKey>(key: Key.Type) -> Key.Value? {
        get { values[ObjectIdentifier(key)] as? Key.Value }
        set { values[ObjectIdentifier(key)] = newValue }
    }
}

/// Names one value of `RPCAttachments`: `enum CallerKey: RPCAttachmentKey { typealias Value = Caller }`.
package protocol RPCAttachmentKey {
    associatedtype Value: Sendable
}
