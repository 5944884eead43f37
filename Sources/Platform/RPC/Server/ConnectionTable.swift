import NIOCore
import Synchronization

/// The connections of one server: their number within the caps, and how to reach each.
final class ConnectionTable: Sendable {
    /// Whether a new connection is served.
    enum Admission {
        case served
        /// Over a cap: it is told so and closed.
        case refused
        /// Far over the cap: closed without a word, which costs least.
        case dropped
    }

    private struct Entry {
        let address: String
        let channel: any Channel
        let drain: @Sendable () -> Void
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var countByAddress: [String: Int] = [:]
        var isDraining = false
        var isListening = true
        var whenEmpty: (@Sendable () -> Void)?
    }

    private let limits: RPCLimits
    private let state = Mutex(State())

    init(limits: RPCLimits) {
        self.limits = limits
    }

    /// Calls `action` once the server has stopped listening and its last connection is gone.
    func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenEmpty = action }
        callIfEmpty()
    }

    /// Rule 10: "connections per address and in total are capped".
    func admission(address: String) -> Admission {
        state.withLock { state in
            let count = state.entries.count
            let ofAddress = state.countByAddress[address] ?? 0
            let isOverAddress =
                address != "unix" && ofAddress >= limits.connectionCountPerAddressMax
            if count >= 2 * limits.connectionCountMax
                || address != "unix" && ofAddress >= 2 * limits.connectionCountPerAddressMax
            {
                return .dropped
            }
            return count >= limits.connectionCountMax || isOverAddress ? .refused : .served
        }
    }

    /// Notes a connection until its channel closes. One that comes while the server drains is
    /// drained at once.
    func add(
        _ channel: any Channel, address: String, drain: @escaping @Sendable () -> Void
    ) {
        let id = ObjectIdentifier(channel)
        let isDraining = state.withLock { state in
            state.entries[id] = Entry(address: address, channel: channel, drain: drain)
            state.countByAddress[address, default: 0] += 1
            return state.isDraining
        }
        channel.closeFuture.whenComplete { _ in self.remove(id) }
        if isDraining {
            drain()
        }
    }

    private func remove(_ id: ObjectIdentifier) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            let count = (state.countByAddress[entry.address] ?? 1) - 1
            state.countByAddress[entry.address] = count > 0 ? count : nil
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
        callIfEmpty()
    }

    private func callIfEmpty() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isListening, state.entries.isEmpty else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        action?()
    }
}
