import Core
import Synchronization
import Wire

/// One call: what is the same for it all along its way, and what its parts tell each other.
///
/// Contexts share it: a context is handed on at each step, and copying its dozen references there
/// would cost more than all the steps do.
final class RPCCall: Sendable {
    struct State {
        var task: Task<Void, Never>?
        /// Set once nobody waits for the handler any more.
        var cancellation: ServiceError.Code?
        var identity: (any RPCIdentity)?
        var trace: (any RPCLogFields)?
    }

    /// What the router has; nil where it has no such method, or the call came another way.
    let route: RPCRouter.Route?
    /// What is said of a call without a route.
    private let unrouted: Unrouted?
    let request: RPCRequest
    /// Why the metadata of the call or its connection is refused; nil where it is not.
    let refusal: ServiceError?
    /// The call's own, where its `Open` brought some.
    private let ownMetadata: CallMetadata?
    let arrival: MonotonicInstant
    let deadline: MonotonicInstant?
    let connection: RPCConnection
    /// Carries the messages of a streaming call.
    let stream: (any RPCStream)?
    let state: Mutex<State>

    struct Unrouted: Sendable {
        let method: String
        let kind: CallKind?
        let idempotency: IdempotencyLevel
    }

    /// - Parameter unrouted: Given where `route` is nil.
    init(
        route: RPCRouter.Route?, unrouted: Unrouted?, request: RPCRequest, metadata: CallMetadata?,
        arrival: MonotonicInstant,
        deadline: MonotonicInstant?, connection: RPCConnection, stream: (any RPCStream)?,
        refusal: ServiceError? = nil, cancellation: ServiceError.Code? = nil
    ) {
        self.route = route
        self.unrouted = unrouted
        self.request = request
        ownMetadata = metadata
        self.refusal = refusal
        self.arrival = arrival
        self.deadline = deadline
        self.connection = connection
        self.stream = stream
        state = Mutex(State(cancellation: cancellation))
    }

    var method: String { route?.method ?? unrouted?.method ?? "" }
    var kind: CallKind? { route?.kind ?? unrouted?.kind }
    var idempotency: IdempotencyLevel {
        route?.idempotency ?? unrouted?.idempotency ?? .unknown
    }

    /// What the connection's `Hello` and the call's `Open` say together.
    var metadata: CallMetadata { ownMetadata ?? connection.metadata }

    var hasOwnMetadata: Bool { ownMetadata != nil }

    /// The code that the call has ended with although its handler goes on; nil while it goes on.
    var cancellation: ServiceError.Code? { state.withLock { $0.cancellation } }

    /// Starts the task of a call that has to wait.
    func start(_ start: RPCRouter.Start, _ operation: @escaping @Sendable () async -> Void) {
        let task =
            switch start {
            case .onThreadPool: Task { await operation() }
            case .onEventLoop: Task.immediate { await operation() }
            }
        let isOver = state.withLock { state in
            state.task = task
            return state.cancellation != nil
        }
        if isOver {
            task.cancel()
        }
    }

    /// Nobody waits for the call any more, and what it brought is let go.
    /// - Parameter code: What it has ended with for its peer.
    func cancel(_ code: ServiceError.Code) {
        if !Mutant.keepCancelledRequests.isActive { request.drop() }
        let task = state.withLock { state in
            state.cancellation = state.cancellation ?? code
            return state.task
        }
        task?.cancel()
    }
}
