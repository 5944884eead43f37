import Core
import DequeModule
import Synchronization

/// Bounds what a server holds of frames that have not arrived whole, of all its connections together.
///
/// A frame asks for room as its bytes come, so that one which is only announced takes nothing from anybody.
/// Room is given in the order in which it was asked for, and at most a quarter of it to one network, whose
/// frames let those of others pass while they wait for their own share.
///
/// Frames of which each waits for more would wait for each other: so the eldest that waits, in all and of
/// each network, may become whole, one at a time. Hence all of them may have a frame more than there is.
final class PartialFrameBudget: Sendable {
    typealias Owner = ObjectIdentifier

    /// What may have come of a frame that has no room: so much may come with one read.
    static let freeByteCount = 64 * 1024
    /// The part of all that one network may have.
    private static let shareOfNetwork = 4

    private struct Room {
        let network: PeerNetwork
        var byteCount: Int
    }

    private struct Wait {
        let owner: Owner
        let network: PeerNetwork
        /// What the frame needs to go on, and all that it is.
        let byteCount: Int
        let frameByteCount: Int
        let given: @Sendable (Int) -> Void
    }

    private enum Decision {
        case give(Int)
        /// Its network has its share.
        case pass
        /// There is not enough of all.
        case stop
    }

    private struct State {
        var heldByteCount = 0
        var heldByNetwork: [PeerNetwork: Int] = [:]
        var held: [Owner: Room] = [:]
        var waiting: Deque<Wait> = []
        /// Those whose frame may become whole, whatever there is.
        var finisher: Owner?
        var finisherOfNetwork: [PeerNetwork: Owner] = [:]

        mutating func decide(on wait: Wait, byteCountMax: Int) -> Decision {
            let held = held[wait.owner]?.byteCount ?? 0
            // Who has the socket's file is this machine's; its addresses are all alike.
            let isWithinShare =
                wait.network == .unix
                || heldByNetwork[wait.network, default: 0] + wait.byteCount - held
                    <= byteCountMax / PartialFrameBudget.shareOfNetwork
            if isWithinShare {
                if heldByteCount + wait.byteCount - held <= byteCountMax {
                    return .give(wait.byteCount)
                }
                guard finisher == nil else { return .stop }
                finisher = wait.owner
            } else {
                guard finisherOfNetwork[wait.network] == nil else { return .pass }
                if heldByteCount + wait.frameByteCount - held > byteCountMax {
                    guard finisher == nil else { return .pass }
                    finisher = wait.owner
                }
                finisherOfNetwork[wait.network] = wait.owner
            }
            return .give(wait.frameByteCount)
        }

        mutating func give(_ byteCount: Int, to owner: Owner, of network: PeerNetwork) {
            let more = byteCount - (held[owner]?.byteCount ?? 0)
            held[owner, default: Room(network: network, byteCount: 0)].byteCount = byteCount
            heldByteCount += more
            heldByNetwork[network, default: 0] += more
        }

        mutating func remove(_ owner: Owner) {
            if let room = held.removeValue(forKey: owner) {
                heldByteCount -= room.byteCount
                let left = (heldByNetwork[room.network] ?? 0) - room.byteCount
                heldByNetwork[room.network] = left > 0 ? left : nil
                if finisherOfNetwork[room.network] == owner {
                    finisherOfNetwork[room.network] = nil
                }
                if finisher == owner { finisher = nil }
            }
            waiting.removeAll { $0.owner == owner }
        }
    }

    private let byteCountMax: Int
    private let state = Mutex(State())

    /// - Parameter byteCountMax: at least that of one frame.
    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    /// Asks for the room that a frame needs to go on. An owner has one frame at a time, and asks again where
    /// it needs more than it was given.
    /// - Parameters:
    ///   - byteCount: what may have come of the frame by the next time that it is asked for.
    ///   - frameByteCount: all of the frame.
    ///   - given: called with the room that it has where that is later, from whatever thread, unless the
    ///     owner has left by then.
    /// - Returns: the room that it has now; nil where it waits.
    func grow(
        to byteCount: Int, of frameByteCount: Int, for owner: Owner, in network: PeerNetwork,
        orLater given: @escaping @Sendable (Int) -> Void
    ) -> Int? {
        state.withLock { state in
            if Mutant.giveFramesRoom.isActive {
                state.give(byteCount, to: owner, of: network)
                return byteCount
            }
            state.waiting.append(
                Wait(
                    owner: owner, network: network, byteCount: byteCount,
                    frameByteCount: frameByteCount, given: given))
            // Nobody else can be: those before have been waiting for others to leave.
            return giveToWaiting(&state).first { $0.wait.owner == owner }?.byteCount
        }
    }

    /// The owner's frame is whole, or will never be: its room is free, and it waits for none.
    func release(_ owner: Owner) {
        let given = state.withLock { state in
            state.remove(owner)
            return giveToWaiting(&state)
        }
        for (wait, byteCount) in given { wait.given(byteCount) }
    }

    /// In order. One whose network has its share already is passed over, with those of the same network
    /// behind it; one for which there is not enough of all is not, or smaller ones would keep it waiting.
    private func giveToWaiting(_ state: inout State) -> [(wait: Wait, byteCount: Int)] {
        var given: [(Wait, Int)] = []
        var passedOver: Deque<Wait> = []
        var networks: Set<PeerNetwork> = []
        queue: while let wait = state.waiting.first {
            let decision =
                networks.contains(wait.network)
                ? .pass : state.decide(on: wait, byteCountMax: byteCountMax)
            switch decision {
            case .give(let byteCount):
                state.give(byteCount, to: wait.owner, of: wait.network)
                given.append((wait, byteCount))
            case .pass:
                networks.insert(wait.network)
                passedOver.append(wait)
            case .stop:
                break queue
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
