package import Core
package import Logging
import Synchronization

/// What the inner parts of a call find out and the outer ones report, such as who called.
package struct RPCCallNotes: Sendable {
    let call: RPCCall

    /// Who calls, once an interceptor knows; nil before.
    package var identity: (any RPCIdentity)? {
        get { call.state.withLock { $0.identity } }
        nonmutating set { call.state.withLock { $0.identity = newValue } }
    }

    /// The call's place in its trace, where an interceptor gave it one.
    package var trace: (any RPCLogFields)? {
        get { call.state.withLock { $0.trace } }
        nonmutating set { call.state.withLock { $0.trace = newValue } }
    }

    /// The code that the call has ended with on the wire although its handler goes on; nil while
    /// the handler decides.
    package var cancellation: ServiceError.Code? { call.cancellation }
}

/// Something that logs show as several fields.
package protocol RPCLogFields: Sendable {
    func add(to metadata: inout Logger.Metadata)
}

/// Who calls. A class, since it is the same from one call of a connection to the next.
package protocol RPCIdentity: AnyObject, RPCLogFields {}
