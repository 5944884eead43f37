import Synchronization

/// Something that happens once, for tests that must not sleep until it has.
final class Gate: Sendable {
    private enum State {
        case shut([CheckedContinuation<Void, Never>])
        case open
    }

    private let state = Mutex(State.shut([]))

    func open() {
        let waiting = state.withLock { state in
            defer { state = .open }
            return switch state {
            case .shut(let waiting): waiting
            case .open: [CheckedContinuation<Void, Never>]()
            }
        }
        for continuation in waiting {
            continuation.resume()
        }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                switch state {
                case .shut(let waiting):
                    state = .shut(waiting + [continuation])
                    return false
                case .open:
                    return true
                }
            }
            if isOpen {
                continuation.resume()
            }
        }
    }
}
