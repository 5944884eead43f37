/// The room that one connection has, in the budget of its server, for the frame that it is receiving.
struct FrameRoom {
    /// One time that room is waited for. A frame may become whole while it waits, and the next one wait
    /// before the room for the first is told of.
    struct Wait: Hashable {
        fileprivate var number: UInt64 = 0
    }

    private let budget: PartialFrameBudget
    private var byteCount = 0
    private var isWaiting = false
    private var wait = Wait()

    init(budget: PartialFrameBudget) {
        self.budget = budget
    }

    /// Whether a frame of which so many bytes have come needs any.
    static func isNeeded(_ arrivedByteCount: Int) -> Bool {
        arrivedByteCount > PartialFrameBudget.freeByteCount
    }

    /// What a buffer, which grows by doubling, comes to with the next read.
    private static func need(_ arrivedByteCount: Int, of frameByteCount: Int) -> Int {
        var byteCount = PartialFrameBudget.freeByteCount
        while byteCount < arrivedByteCount + PartialFrameBudget.freeByteCount { byteCount *= 2 }
        return min(frameByteCount, byteCount)
    }

    /// So many bytes of a frame have come.
    /// - Parameter given: called with the room where there is room later, from whatever thread.
    /// - Returns: whether the connection may be read on.
    mutating func enter(
        arrivedByteCount: Int, frameByteCount: Int, owner: AnyObject, network: PeerNetwork,
        orLater given: @escaping @Sendable (Wait, Int) -> Void
    ) -> Bool {
        let need = Self.need(arrivedByteCount, of: frameByteCount)
        guard need > byteCount else { return true }
        guard !isWaiting else { return false }
        wait.number += 1
        let room = budget.grow(
            to: need, of: frameByteCount, for: ObjectIdentifier(owner), in: network
        ) {
            [wait] in given(wait, $0)
        }
        byteCount = room ?? byteCount
        isWaiting = room == nil
        return !isWaiting
    }

    /// There is room now.
    /// - Returns: whether it was still waited for.
    mutating func given(_ wait: Wait, _ byteCount: Int) -> Bool {
        guard isWaiting, wait == self.wait else { return false }
        self.byteCount = byteCount
        isWaiting = false
        return true
    }

    /// The frame is whole, or will never be.
    mutating func leave(owner: AnyObject) {
        guard isWaiting || byteCount > 0 else { return }
        isWaiting = false
        byteCount = 0
        budget.release(ObjectIdentifier(owner))
    }
}
