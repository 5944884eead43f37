/// What interceptors attach to a call or a connection: at most one object of each class.
package struct RPCAttachments: Sendable {
    package typealias Object = any AnyObject & Sendable

    private struct Entry: Sendable {
        let type: ObjectIdentifier
        let object: Object
    }

    // There is mostly one, which then needs no memory of its own, nor an empty array to be counted with
    // each copy.
    private var first: Entry?
    private var rest: [Entry]?

    package init() {}

    /// The object of a class; nil where nobody set one.
    @inlinable package subscript<Value: AnyObject & Sendable>(type: Value.Type) -> Value? {
        get {
            guard let object = object(of: ObjectIdentifier(type)) else { return nil }
            // Unchecked, because asking the runtime costs more than all else here: only the setter
            // below stores under a class, and it stores an object of it.
            return unsafeDowncast(object, to: Value.self)
        }
        set { set(newValue, of: ObjectIdentifier(type)) }
    }

    // Apart, so that what is generic is small enough to become part of each caller: types that are found
    // out at run time cost more than the rest.

    @usableFromInline package func object(of type: ObjectIdentifier) -> Object? {
        if let first, first.type == type { return first.object }
        return rest?.first { $0.type == type }?.object
    }

    @usableFromInline package mutating func set(_ object: Object?, of type: ObjectIdentifier) {
        rest?.removeAll { $0.type == type }
        guard first == nil || first?.type == type else {
            if let object { rest = (rest ?? []) + [Entry(type: type, object: object)] }
            return
        }
        if let object {
            first = Entry(type: type, object: object)
        } else {
            first = nil
        }
    }
}
