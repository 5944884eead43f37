import Synchronization

/// What interceptors keep for a connection from one call of it to the next.
package final class RPCConnectionScope: Sendable {
    private let attachments = Mutex(RPCAttachments())

    package init() {}

    /// The value under `key`; nil where nobody set it.
    package subscript<Key: RPCAttachmentKey>(key: Key.Type) -> Key.Value? {
        get { attachments.withLock { $0[key] } }
        set { attachments.withLock { $0[key] = newValue } }
    }
}
