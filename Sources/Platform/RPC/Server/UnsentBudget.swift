import Synchronization

/// Bounds what a server holds of answers that their clients do not take, of all its connections together.
///
/// An answer counts from when it has to wait, and a stream's message from when its handler sends it, until
/// its connection writes it or drops it, whatever the reason; what is written counts where the socket takes no more,
/// until it takes more again. A stream may have a part of what is left, so
/// that streams which are not read leave room for those that are: the less there is, the less each may have.
/// But each may have one message, or none could go on, so that all may come to more than there is. Where
/// nothing is left, whoever lets further answers wait does not get them.
final class UnsentBudget: Sendable {
    /// The part of all that one network may have.
    private static let shareOfNetwork: Int64 = 4
    /// The part of all that each network may have, whatever others hold.
    private static let ownOfNetwork: Int64 = 64
    /// The part of what is left that one stream may have.
    private static let shareOfStream: Int64 = 16

    private struct State {
        var inAll: Int64 = 0
        var byNetwork: [PeerNetwork: Int64] = [:]

        mutating func add(_ byteCount: Int64, of network: PeerNetwork) {
            inAll += byteCount
            let count = byNetwork[network, default: 0] + byteCount
            byNetwork[network] = count > 0 ? count : nil
        }
    }

    /// A message that counts as long as somebody has this.
    final class Hold: Sendable {
        private let budget: UnsentBudget
        private let network: PeerNetwork
        private let byteCount: Int64

        fileprivate init(_ budget: UnsentBudget, _ network: PeerNetwork, byteCount: Int64) {
            self.budget = budget
            self.network = network
            self.byteCount = byteCount
            budget.add(byteCount, of: network)
        }

        deinit {
            budget.add(-byteCount, of: network)
        }
    }

    private let byteCountMax: Int64
    private let state = Mutex(State())
    /// What is held in all, for a look without the lock.
    private let inAll = Atomic<Int64>(0)

    /// - Parameter byteCountMax: of all networks.
    init(byteCountMax: Int) {
        self.byteCountMax = Int64(byteCountMax)
    }

    private var ofNetworkMax: Int64 { byteCountMax / Self.shareOfNetwork }

    /// Counts so many bytes until the last reference to what is returned has gone.
    func hold(_ byteCount: Int, of network: PeerNetwork) -> Hold {
        Hold(self, network, byteCount: Int64(byteCount))
    }

    private func add(_ byteCount: Int64, of network: PeerNetwork) {
        state.withLock { state in
            state.add(byteCount, of: network)
            inAll.store(state.inAll, ordering: .relaxed)
        }
    }

    /// Whether all have so little that each stream may have as much as it ever may.
    var isAmple: Bool { inAll.load(ordering: .relaxed) < ofNetworkMax / 2 }

    /// Bytes that are left to a network; below zero where it has more than it may.
    func left(to network: PeerNetwork) -> Int64 {
        state.withLock { state in
            let held = state.byNetwork[network] ?? 0
            // Who has the socket's file is this machine's; its addresses are all alike.
            let ofShare = network == .unix ? .max : ofNetworkMax - held
            return max(
                min(byteCountMax - state.inAll, ofShare), byteCountMax / Self.ownOfNetwork - held)
        }
    }

    /// What a network's stream may leave unsent before its sender waits.
    func partOfStream(of network: PeerNetwork) -> Int64 {
        isAmple ? .max : max(0, left(to: network)) / Self.shareOfStream
    }
}

/// The part that one connection has in the budget of its server.
struct UnsentRoom: Sendable {
    let budget: UnsentBudget
    let network: PeerNetwork

    func hold(_ byteCount: Int) -> UnsentBudget.Hold { budget.hold(byteCount, of: network) }

    var isAmple: Bool { budget.isAmple }

    var isLeft: Bool { isAmple || budget.left(to: network) > 0 }

    var partOfStream: Int64 { budget.partOfStream(of: network) }
}
