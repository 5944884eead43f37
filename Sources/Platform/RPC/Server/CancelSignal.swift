import Synchronization

/// Tells a running call, once, that nobody waits for its answer any more.
final class CancelSignal: Sendable {
    typealias Reason = ServerConnectionStateMachine.CancelReason

    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation
    private let fired = Mutex<Reason?>(nil)

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Why the call was cancelled; nil where it was not.
    var reason: Reason? {
        fired.withLock { $0 }
    }

    /// The first reason stands.
    func fire(_ reason: Reason) {
        fired.withLock { fired in
            fired = fired ?? reason
        }
        continuation.finish()
    }

    /// Returns once the signal has fired, or once the waiting task is cancelled.
    func wait() async {
        for await _ in stream {}
    }
}
