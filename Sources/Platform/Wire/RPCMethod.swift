/// One method of a service. Every conformance is generated from `proto/`.
public protocol RPCMethod: Sendable {
    associatedtype Request: WireMessage
    associatedtype Response: WireMessage

    /// Name on the wire, such as `tally.v1.IngestionService/IngestEvents`.
    static var name: String { get }
    static var kind: CallKind { get }
}

/// Which sides of a call send more than one message.
public enum CallKind: Sendable, Hashable {
    case unary
    case serverStreaming
    case clientStreaming
    case bidirectionalStreaming
}
