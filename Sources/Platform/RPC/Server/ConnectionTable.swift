import NIOCore
import Synchronization

/// The connections of one server: their number within the caps, and how to reach each.
final class ConnectionTable: Sendable {
    /// Whether a new connection is served.
    enum Admission {
        case served
        /// Over a cap: it is told so, for which it is kept for a moment, and closed.
        case refused
        /// As many are being refused as may be served, so that nothing is kept of it: told at most what needs
        /// no waiting.
        case dropped
    }

    private struct Entry {
        let network: PeerNetwork
        let isServed: Bool
        let channel: any Channel
        let drain: @Sendable () -> Void
    }

    /// How many there are, in all and of each network.
    private struct Tally {
        private var inAll = 0
        private var byNetwork: [PeerNetwork: Int] = [:]

        func count(of network: PeerNetwork) -> (inAll: Int, ofNetwork: Int) {
            // Who has the socket's file is this machine's; its addresses are all alike.
            (inAll, network == .unix ? 0 : byNetwork[network] ?? 0)
        }

        mutating func add(_ change: Int, of network: PeerNetwork) {
            inAll += change
            let count = (byNetwork[network] ?? 0) + change
            byNetwork[network] = count > 0 ? count : nil
        }
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var served = Tally()
        var refused = Tally()
        var isDraining = false
        var isListening = true
        var whenEmpty: (@Sendable () -> Void)?

        mutating func count(_ network: PeerNetwork, isServed: Bool, _ change: Int) {
            if isServed {
                served.add(change, of: network)
            } else {
                refused.add(change, of: network)
            }
        }
    }

    private let limits: RPCLimits
    private let waitingCalls: WaitingCalls
    private let unsent: UnsentBudget
    /// Whether the server has stopped listening, so that the last call may be what it waits for.
    private let isEnding = Atomic<Bool>(false)
    private let state = Mutex(State())

    init(limits: RPCLimits) {
        self.limits = limits
        waitingCalls = WaitingCalls(countMax: limits.waitingCallCountMax)
        unsent = UnsentBudget(byteCountMax: limits.unsentByteCountMax)
    }

    /// Calls `action` once the server has stopped listening, its last connection is gone, and its
    /// last handler has ended.
    func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenEmpty = action }
        callIfEmpty()
    }

    /// Notes a connection until its channel closes, and says whether it is served. One that comes
    /// while the server drains is drained at once.
    ///
    /// Rule 10: "connections per address and in total are capped". Of an IPv6 address its network counts:
    /// one party has 2^64 of them to come from.
    func admit(
        _ channel: any Channel, address: String, drain: @escaping @Sendable () -> Void
    ) -> Admission {
        let id = ObjectIdentifier(channel)
        let network = PeerNetwork(address)
        let (admission, isDraining) = state.withLock { state in
            let admission = self.admission(of: network, state)
            if admission != .dropped {
                let isServed = admission == .served
                state.entries[id] = Entry(
                    network: network, isServed: isServed, channel: channel, drain: drain)
                state.count(network, isServed: isServed, 1)
            }
            return (admission, state.isDraining)
        }
        guard admission != .dropped else { return .dropped }
        channel.closeFuture.whenComplete { _ in self.remove(id) }
        if isDraining {
            drain()
        }
        return admission
    }

    /// Those that are refused count by themselves: they keep nobody else out.
    private func admission(of network: PeerNetwork, _ state: borrowing State) -> Admission {
        let served = state.served.count(of: network)
        if served.inAll < limits.connectionCountMax,
            served.ofNetwork < limits.connectionCountPerAddressMax
        {
            return .served
        }
        let refused = state.refused.count(of: network)
        return refused.inAll < limits.connectionCountMax
            && refused.ofNetwork < limits.connectionCountPerAddressMax
            ? .refused : .dropped
    }

    /// What a network's answers have together.
    func room(for network: PeerNetwork) -> UnsentRoom {
        UnsentRoom(budget: unsent, network: network)
    }

    /// Handlers that run.
    var runningCallCount: Int { waitingCalls.count }

    /// A handler is to run, and will even where its connection is gone.
    /// - Returns: whether it may.
    func beginCall(of network: PeerNetwork) -> Bool {
        waitingCalls.begin(of: network)
    }

    func callEnded(of network: PeerNetwork) {
        let left = waitingCalls.ended(of: network)
        if left == 0, isEnding.load(ordering: .acquiring) {
            callIfEmpty()
        }
    }

    private func remove(_ id: ObjectIdentifier) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            state.count(entry.network, isServed: entry.isServed, -1)
        }
        callIfEmpty()
    }

    /// Starts the drain of every connection.
    func drain() {
        let entries = state.withLock { state in
            state.isDraining = true
            return Array(state.entries.values)
        }
        for entry in entries {
            entry.drain()
        }
    }

    /// Closes every connection at once.
    func closeAll() {
        let entries = state.withLock { state in
            state.isDraining = true
            return Array(state.entries.values)
        }
        for entry in entries {
            entry.channel.close(mode: .all, promise: nil)
        }
    }

    /// No new connection can come.
    func listeningEnded() {
        state.withLock { $0.isListening = false }
        isEnding.store(true, ordering: .releasing)
        callIfEmpty()
    }

    private func callIfEmpty() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isListening, state.entries.isEmpty,
                waitingCalls.count == 0
            else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        action?()
    }
}
