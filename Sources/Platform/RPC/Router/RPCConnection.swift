import Logging

/// What is the same for all calls of a connection; a class, so that each of them holds one reference.
final class RPCConnection: Sendable {
    let peer: RPCPeer
    /// Of the client's `Hello`.
    let metadata: CallMetadata
    /// That of the metadata.
    let traceParent: TraceParent?
    let scope: RPCConnectionScope
    let logger: Logger

    init(
        peer: RPCPeer, metadata: CallMetadata = CallMetadata(), scope: RPCConnectionScope,
        logger: Logger
    ) {
        self.peer = peer
        self.metadata = metadata
        traceParent = TraceParent(metadata)
        self.scope = scope
        self.logger = logger
    }
}
