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

    /// Returns at once in a task that is cancelled, as a test's is at its time limit.
    func wait() async {
        await withTaskCancellationHandler {
            await waitUntilOpen()
        } onCancel: {
            open()
        }
    }

    private func waitUntilOpen() async {
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
