import Core
import DequeModule
import Synchronization

/// Bounds what a server holds of frames that have not arrived whole, of all its connections together.
///
/// A frame that is longer than a read has its room before the rest of it is read: who has begun one may
/// always finish it, in the time that rule 10 gives, so that nobody waits for somebody who waits too.
/// Room is given in the order in which it was asked for, and at most a quarter of it to one network,
/// whose frames let those of others pass while they wait for their own share.
final class PartialFrameBudget: Sendable {
    typealias Owner = ObjectIdentifier

    /// A frame up to this length needs no room: so much may come with one read.
    static let freeByteCount = 64 * 1024
    /// The part of all that one network may have.
    private static let shareOfNetwork = 4

    private struct Room {
        let network: PeerNetwork
        let byteCount: Int
    }

    private struct Wait {
        let owner: Owner
        let room: Room
        let given: @Sendable () -> Void
    }

    private struct State {
        var heldByteCount = 0
        var heldByNetwork: [PeerNetwork: Int] = [:]
        var held: [Owner: Room] = [:]
        var waiting: Deque<Wait> = []

        func isWithinShare(_ room: Room, byteCountMax: Int) -> Bool {
            let ofNetwork = heldByNetwork[room.network] ?? 0
            // Who has the socket's file is this machine's; its addresses are all alike.
            let share =
                room.network == .unix
                ? byteCountMax : byteCountMax / PartialFrameBudget.shareOfNetwork
            return ofNetwork == 0 || ofNetwork + room.byteCount <= share
        }

        func isWithinAll(_ room: Room, byteCountMax: Int) -> Bool {
            heldByteCount + room.byteCount <= byteCountMax
        }

        mutating func give(_ room: Room, to owner: Owner) {
            held[owner] = room
            heldByteCount += room.byteCount
            heldByNetwork[room.network, default: 0] += room.byteCount
        }

        mutating func takeBack(from owner: Owner) -> Bool {
            guard let room = held.removeValue(forKey: owner) else { return false }
            heldByteCount -= room.byteCount
            let left = (heldByNetwork[room.network] ?? 0) - room.byteCount
            heldByNetwork[room.network] = left > 0 ? left : nil
            return true
        }
    }

    private let byteCountMax: Int
    private let state = Mutex(State())

    /// - Parameter byteCountMax: at least that of one frame.
    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    /// Asks for the room of one frame. An owner has room for one at a time.
    /// - Parameter given: called where there is room later, from whatever thread, unless the owner has
    ///   left by then.
    /// - Returns: whether there is room now.
    func reserve(
        _ byteCount: Int, for owner: Owner, of network: PeerNetwork,
        orLater given: @escaping @Sendable () -> Void
    ) -> Bool {
        let room = Room(network: network, byteCount: byteCount)
        return state.withLock { state in
            if Mutant.giveFramesRoom.isActive {
                state.give(room, to: owner)
                return true
            }
            state.waiting.append(Wait(owner: owner, room: room, given: given))
            // Nobody else can be: those before have been waiting for others to leave.
            return giveToWaiting(&state).contains { $0.owner == owner }
        }
    }

    /// The owner's frame is whole, or will never be: its room is free, and it waits for none.
    func release(_ owner: Owner) {
        let given = state.withLock { state in
            if !state.takeBack(from: owner) {
                state.waiting.removeAll { $0.owner == owner }
            }
            return giveToWaiting(&state)
        }
        for wait in given { wait.given() }
    }

    /// In order. One whose network has its share already is passed over, with those of the same network
    /// behind it; one for which there is not enough of all is not, or smaller ones would keep it waiting.
    private func giveToWaiting(_ state: inout State) -> [Wait] {
        var given: [Wait] = []
        var passedOver: Deque<Wait> = []
        var networks: Set<PeerNetwork> = []
        while let wait = state.waiting.first {
            if networks.contains(wait.room.network)
                || !state.isWithinShare(wait.room, byteCountMax: byteCountMax)
            {
                networks.insert(wait.room.network)
                passedOver.append(wait)
            } else if state.isWithinAll(wait.room, byteCountMax: byteCountMax) {
                state.give(wait.room, to: wait.owner)
                given.append(wait)
            } else {
                break
            }
            state.waiting.removeFirst()
        }
        state.waiting.prepend(contentsOf: passedOver)
        return given
    }

    /// Bytes that are given away, and how many wait.
    var usage: (heldByteCount: Int, waitingCount: Int) {
        state.withLock { ($0.heldByteCount, $0.waiting.count) }
    }
}
