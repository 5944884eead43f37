import Synchronization

/// A result that comes once, from any thread, to one waiting task.
///
/// The first result stands; later ones are dropped, so that an answer and a cancellation may race.
package final class OneShot<Value: Sendable, Failure: Error>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Result<Value, Failure>, Never>)
        case done(Result<Value, Failure>)
    }

    private let state = Mutex(State.empty)

    package init() {}

    /// Whether the result has come.
    package var isResolved: Bool {
        state.withLock { state in
            switch state {
            case .empty, .waiting: false
            case .done: true
            }
        }
    }

    /// Gives the result.
    package func resolve(_ result: Result<Value, Failure>) {
        let waiting = state.withLock {
            state -> CheckedContinuation<Result<Value, Failure>, Never>? in
            switch state {
            case .empty:
                state = .done(result)
                return nil
            case .waiting(let continuation):
                state = .done(result)
                return continuation
            case .done:
                return nil
            }
        }
        waiting?.resume(returning: result)
    }

    /// Waits for the result; call it once.
    package func result() async -> Result<Value, Failure> {
        await withCheckedContinuation { continuation in
            let done = state.withLock { state -> Result<Value, Failure>? in
                switch state {
                case .empty, .waiting:
                    state = .waiting(continuation)
                    return nil
                case .done(let result):
                    return result
                }
            }
            if let done {
                continuation.resume(returning: done)
            }
        }
    }
}
