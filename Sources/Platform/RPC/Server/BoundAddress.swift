import Synchronization

/// Where a server came to listen, for those who wait to know.
final class BoundAddress: Sendable {
    private enum State {
        case unknown([CheckedContinuation<String?, Never>])
        case known(String?)
    }

    private let state = Mutex(State.unknown([]))

    /// The first call decides; nil says that the server ended before it listened.
    func resolve(_ address: String?) {
        let waiting = state.withLock { state -> [CheckedContinuation<String?, Never>] in
            switch state {
            case .known:
                return []
            case .unknown(let waiting):
                state = .known(address)
                return waiting
            }
        }
        for continuation in waiting {
            continuation.resume(returning: address)
        }
    }

    func value() async -> String? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> String?? in
                switch state {
                case .known(let address):
                    return .some(address)
                case .unknown(let waiting):
                    state = .unknown(waiting + [continuation])
                    return nil
                }
            }
            if let known {
                continuation.resume(returning: known)
            }
        }
    }
}
