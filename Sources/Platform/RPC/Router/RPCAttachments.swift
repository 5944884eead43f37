/// What interceptors attach to a call or a connection: at most one object of each class.
package struct RPCAttachments: Sendable {
    private struct Entry: Sendable {
        let type: ObjectIdentifier
        let object: any AnyObject & Sendable
    }

    // There is mostly one, which then needs no memory of its own.
    private var first: Entry?
    private var rest: [Entry] = []

    package init() {}

    /// The object of a class; nil where nobody set one.
    package subscript<Value: AnyObject & Sendable>(type: Value.Type) -> Value? {
        get {
            let id = ObjectIdentifier(type)
            let entry = first?.type == id ? first : rest.first { $0.type == id }
            guard let object = entry?.object else { return nil }
            // Unchecked, because asking the runtime costs more than all else here: only the setter
            // below stores under a class, and it stores an object of it.
            return unsafeDowncast(object, to: Value.self)
        }
        set {
            let id = ObjectIdentifier(type)
            let entry = newValue.map { Entry(type: id, object: $0) }
            if first == nil || first?.type == id {
                rest.removeAll { $0.type == id }
                first = entry
            } else {
                rest.removeAll { $0.type == id }
                if let entry { rest.append(entry) }
            }
        }
    }
}
