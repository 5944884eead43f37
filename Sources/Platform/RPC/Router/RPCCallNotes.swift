package import Core
package import Logging
import Synchronization

/// What the inner parts of a call find out and the outer ones report, such as who called.
package final class RPCCallNotes: Sendable {
    private struct State {
        var identity: (any RPCLogFields)?
        var cancellation: ServiceError.Code?
    }

    private let state = Mutex(State())

    package init() {}

    /// Who calls, once an interceptor knows; nil before.
    package var identity: (any RPCLogFields)? {
        get { state.withLock { $0.identity } }
        set { state.withLock { $0.identity = newValue } }
    }

    /// The code that the call has ended with on the wire although its handler goes on; nil while
    /// the handler decides.
    package var cancellation: ServiceError.Code? {
        state.withLock { $0.cancellation }
    }

    /// The first reason stands.
    func cancelled(_ code: ServiceError.Code) {
        state.withLock { $0.cancellation = $0.cancellation ?? code }
    }
}

/// Something that logs show as several fields.
package protocol RPCLogFields: Sendable {
    func add(to metadata: inout Logger.Metadata)
}
