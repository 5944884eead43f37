/// Values that interceptors attach to a call, found by the type of their key.
package struct RPCAttachments: Sendable {
    private final class Box<Value: Sendable>: Sendable {
        let value: Value

        init(_ value: Value) {
            self.value = value
        }
    }

    // A call has one or two, so looking through them is faster than hashing.
    private var boxes: [(key: ObjectIdentifier, box: any AnyObject & Sendable)] = []

    package init() {}

    /// The value under `key`; nil where nobody set it.
    package subscript<Key: RPCAttachmentKey>(key: Key.Type) -> Key.Value? {
        get {
            let id = ObjectIdentifier(key)
            guard let index = boxes.firstIndex(where: { $0.key == id }) else { return nil }
            // Unchecked, because asking the runtime costs more than all else here: only the setter
            // below stores under a key, and it stores this type.
            return unsafeDowncast(boxes[index].box, to: Box<Key.Value>.self).value
        }
        set {
            let id = ObjectIdentifier(key)
            boxes.removeAll { $0.key == id }
            if let newValue {
                boxes.append((id, Box(newValue)))
            }
        }
    }
}

/// Names one value of `RPCAttachments`: `enum CallerKey: RPCAttachmentKey { typealias Value = Caller }`.
package protocol RPCAttachmentKey {
    associatedtype Value: Sendable
}
