/// The room that one connection has, in the budget of its server, for the frame that it is receiving.
struct FrameRoom {
    /// One time that room is waited for. A frame may become whole while it waits, and the next one wait
    /// before the room for the first is told of.
    struct Wait: Hashable {
        fileprivate var number: UInt64 = 0
    }

    private enum State {
        /// The frame needs none.
        case none
        case waiting
        case held
    }

    private let budget: PartialFrameBudget
    private var state = State.none
    private var wait = Wait()

    init(budget: PartialFrameBudget) {
        self.budget = budget
    }

    /// Whether a frame of so many bytes needs any.
    static func isNeeded(_ byteCount: UInt32) -> Bool {
        byteCount > PartialFrameBudget.freeByteCount
    }

    /// So many bytes are to come in one frame, now or still.
    /// - Parameter given: called where there is room later, from whatever thread.
    /// - Returns: whether the connection may be read on.
    mutating func enter(
        byteCount: Int, owner: AnyObject, network: PeerNetwork,
        orLater given: @escaping @Sendable (Wait) -> Void
    ) -> Bool {
        switch state {
        case .held: return true
        case .waiting: return false
        case .none: break
        }
        wait.number += 1
        let hasRoom = budget.reserve(byteCount, for: ObjectIdentifier(owner), of: network) {
            [wait] in given(wait)
        }
        state = hasRoom ? .held : .waiting
        return hasRoom
    }

    /// There is room now.
    /// - Returns: whether it was still waited for.
    mutating func given(_ wait: Wait) -> Bool {
        guard case .waiting = state, wait == self.wait else { return false }
        state = .held
        return true
    }

    /// The frame is whole, or will never be.
    mutating func leave(owner: AnyObject) {
        if case .none = state { return }
        state = .none
        budget.release(ObjectIdentifier(owner))
    }
}
