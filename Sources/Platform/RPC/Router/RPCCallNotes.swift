package import Core
package import Logging
import Synchronization
import Wire

/// What the inner parts of a call find out and the outer ones report, such as who called.
package struct RPCCallNotes: Sendable {
    let facts: RPCCallFacts

    /// Who calls, once an interceptor knows; nil before.
    package var identity: (any RPCLogFields)? {
        get { facts.identity.withLock { $0 } }
        nonmutating set { facts.identity.withLock { $0 = newValue } }
    }

    /// The call's place in its trace, where an interceptor gave it one.
    package var trace: (any RPCLogFields)? {
        get { facts.trace.withLock { $0 } }
        nonmutating set { facts.trace.withLock { $0 = newValue } }
    }

    /// The code that the call has ended with on the wire although its handler goes on; nil while
    /// the handler decides.
    package var cancellation: ServiceError.Code? { facts.stream?.cancellation }
}

/// Something that logs show as several fields.
package protocol RPCLogFields: Sendable {
    func add(to metadata: inout Logger.Metadata)
}

/// What is the same for a call all along its way.
///
/// Contexts share it: a context is handed on at each step, and copying its dozen references there
/// would cost more than all the steps do.
final class RPCCallFacts: Sendable {
    let method: String
    let route: RPCRouter.Route?
    let kind: CallKind?
    let idempotency: IdempotencyLevel
    let request: RPCRequest
    let metadata: CallMetadata
    let arrival: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant?
    let peer: RPCPeer
    let connection: RPCConnectionScope
    /// Carries the messages of a streaming call.
    let stream: (any RPCStream)?
    let logger: Logger
    let identity = Mutex<(any RPCLogFields)?>(nil)
    let trace = Mutex<(any RPCLogFields)?>(nil)

    init(
        method: String, route: RPCRouter.Route?, kind: CallKind?, idempotency: IdempotencyLevel,
        request: RPCRequest, metadata: CallMetadata, arrival: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant?, peer: RPCPeer, connection: RPCConnectionScope,
        stream: (any RPCStream)?, logger: Logger
    ) {
        self.method = method
        self.route = route
        self.kind = kind
        self.idempotency = idempotency
        self.request = request
        self.metadata = metadata
        self.arrival = arrival
        self.deadline = deadline
        self.peer = peer
        self.connection = connection
        self.stream = stream
        self.logger = logger
    }
}
