import Core
import Synchronization

/// Counts the calls that wait, in all and of each network, and keeps them within their cap.
///
/// A call counts until its handler has ended, also where it was cancelled or its connection is gone: a
/// client could leave its cancelled calls behind and connect anew.
final class WaitingCalls: Sendable {
    /// The part of all that one network may have, so that one client cannot keep the others out.
    private static let shareOfNetwork = 4

    private struct State {
        var inAll = 0
        var byNetwork: [PeerNetwork: Int] = [:]
    }

    private let countMax: Int
    private let state = Mutex(State())

    /// - Parameter countMax: of all networks.
    init(countMax: Int) {
        self.countMax = countMax
    }

    /// - Returns: whether there is room for one more, which counts from now on.
    func begin(of network: PeerNetwork) -> Bool {
        state.withLock { state in
            // Who has the socket's file is this machine's; its addresses are all alike.
            let ofNetwork = network == .unix ? 0 : state.byNetwork[network] ?? 0
            guard state.inAll < countMax, ofNetwork < max(1, countMax / Self.shareOfNetwork) else {
                return false
            }
            state.inAll += 1
            state.byNetwork[network, default: 0] += 1
            return true
        }
    }

    /// The handler of one has ended.
    /// - Returns: how many are left.
    func ended(of network: PeerNetwork) -> Int {
        state.withLock { state in
            state.inAll -= 1
            let left = (state.byNetwork[network] ?? 0) - 1
            state.byNetwork[network] = left > 0 ? left : nil
            return state.inAll
        }
    }

    var count: Int { state.withLock { $0.inAll } }
}

extension ServiceError {
    /// Too many calls wait: of all, or of the peer's network.
    static let overloaded = ServiceError(
        .unavailable, "OVERLOADED", "The server has too many calls open; try again later.")
}
