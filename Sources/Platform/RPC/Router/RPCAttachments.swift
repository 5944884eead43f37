/// Values that interceptors attach to a call, found by the type of their key.
package struct RPCAttachments: Sendable {
    // A call has one or two, so looking through them is faster than hashing.
    private var values: [(key: ObjectIdentifier, value: any Sendable)] = []

    package init() {}

    /// The value under `key`; nil where nobody set it.
    package subscript<Key: RPCAttachmentKey>(key: Key.Type) -> Key.Value? {
        get {
            let id = ObjectIdentifier(key)
            return values.first { $0.key == id }?.value as? Key.Value
        }
        set {
            let id = ObjectIdentifier(key)
            values.removeAll { $0.key == id }
            if let newValue {
                values.append((id, newValue))
            }
        }
    }
}

/// Names one value of `RPCAttachments`: `enum CallerKey: RPCAttachmentKey { typealias Value = Caller }`.
package protocol RPCAttachmentKey {
    associatedtype Value: Sendable
}
