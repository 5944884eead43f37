import Synchronization

/// What interceptors keep for a connection from one call of it to the next.
package final class RPCConnectionScope: Sendable {
    private let attachments = Mutex(RPCAttachments())

    package init() {}

    /// The object of a class; nil where nobody set one.
    package subscript<Value: AnyObject & Sendable>(type: Value.Type) -> Value? {
        get { attachments.withLock { $0[type] } }
        set { attachments.withLock { $0[type] = newValue } }
    }
}
