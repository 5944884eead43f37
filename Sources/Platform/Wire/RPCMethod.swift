/// One method of a service. Every conformance is generated from `proto/`.
public protocol RPCMethod: Sendable {
    associatedtype Request: WireMessage
    associatedtype Response: WireMessage

    /// Name on the wire, such as `tally.v1.IngestionService/IngestEvents`.
    static var name: String { get }
    static var kind: CallKind { get }
    /// What carrying the call out twice does; `option idempotency_level` of the method.
    static var idempotency: IdempotencyLevel { get }
}

extension RPCMethod {
    public static var idempotency: IdempotencyLevel { .unknown }
}

/// Which sides of a call send more than one message.
public enum CallKind: Sendable, Hashable {
    case unary
    case serverStreaming
    case clientStreaming
    case bidirectionalStreaming

    /// Whether the client sends any number of messages, which begin behind the `Open`.
    package var hasRequestStream: Bool {
        switch self {
        case .unary, .serverStreaming: false
        case .clientStreaming, .bidirectionalStreaming: true
        }
    }
}

/// What carrying a call out twice does, as `google.protobuf.MethodOptions.IdempotencyLevel` has it.
public enum IdempotencyLevel: Int32, Sendable, Hashable {
    /// It may do its work twice: only an `idempotency-key` makes repeating it safe.
    case unknown = 0
    /// It changes nothing.
    case noSideEffects = 1
    /// The second time changes nothing further.
    case idempotent = 2
}
