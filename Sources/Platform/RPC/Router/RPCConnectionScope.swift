import Synchronization

/// What interceptors keep for a connection from one call of it to the next.
package final class RPCConnectionScope: Sendable {
    private let attachments = Mutex(RPCAttachments())

    package init() {}

    /// The object of a class; nil where nobody set one.
    @inlinable package subscript<Value: AnyObject & Sendable>(type: Value.Type) -> Value? {
        get {
            guard let object = object(of: ObjectIdentifier(type)) else { return nil }
            // As `RPCAttachments` does.
            return unsafeDowncast(object, to: Value.self)
        }
        set { set(newValue, of: ObjectIdentifier(type)) }
    }

    @usableFromInline package func object(of type: ObjectIdentifier) -> RPCAttachments.Object? {
        attachments.withLock { $0.object(of: type) }
    }

    @usableFromInline package func set(
        _ object: RPCAttachments.Object?, of type: ObjectIdentifier
    ) {
        attachments.withLock { $0.set(object, of: type) }
    }
}
