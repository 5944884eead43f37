/// What follows from an event, in order. Nearly always it is one thing, which then needs no array.
package struct ActionList<Action: Sendable>: Sendable {
    private(set) var first: Action?
    private(set) var rest: [Action] = []

    /// Nothing.
    init() {
        first = nil
    }

    init(_ action: Action) {
        first = action
    }

    var isEmpty: Bool { first == nil }

    mutating func append(_ action: Action) {
        if first == nil {
            first = action
        } else {
            rest.append(action)
        }
    }

    static func += (list: inout ActionList, other: ActionList) {
        guard let first = other.first else { return }
        guard !list.isEmpty else {
            list = other
            return
        }
        list.rest.append(first)
        list.rest += other.rest
    }

    static func + (one: ActionList, other: ActionList) -> ActionList {
        if other.isEmpty { return one }
        var list = one
        list += other
        return list
    }
}

extension ActionList: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate var first: Action?
        fileprivate var rest: [Action]
        fileprivate var index = 0

        package mutating func next() -> Action? {
            if let first {
                self.first = nil
                return first
            }
            guard index < rest.count else { return nil }
            defer { index += 1 }
            return rest[index]
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(first: first, rest: rest)
    }
}

extension ActionList: Equatable where Action: Equatable {}

extension ActionList: ExpressibleByArrayLiteral {
    package init(arrayLiteral actions: Action...) {
        self.init()
        for action in actions { append(action) }
    }
}
