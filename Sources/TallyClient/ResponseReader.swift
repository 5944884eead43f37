import Core
import RPC
import Synchronization

/// Reads the responses of one streaming call for any task, one at a time.
final class ResponseReader: Sendable {
    private enum State {
        case unread
        /// The first response came with the call's beginning, as proof that it had begun; nil where
        /// the stream was empty.
        case first([UInt8]?)
        case reading
    }

    private let call: PooledCall
    private let state: Mutex<State>

    /// Nothing has been read.
    init(call: PooledCall) {
        self.call = call
        state = Mutex(.unread)
    }

    /// - Parameter first: The first response, which was read; nil where there was none.
    init(call: PooledCall, first: [UInt8]?) {
        self.call = call
        state = Mutex(.first(first))
    }

    /// The next response; nil after the last.
    func next() async throws(ClientCallFailure) -> [UInt8]? {
        let before = state.withLock { state in
            defer { state = .reading }
            return state
        }
        switch before {
        case .reading:
            // The call is the other task's.
            throw ClientCallFailure(
                ServiceError(
                    .failedPrecondition, "RESPONSES_BEING_READ",
                    "Another task is reading the responses of this call."), isNeverSent: false)
        case .first(let message):
            // Of an empty stream, the end is read again and again.
            state.withLock { $0 = message == nil ? .first(nil) : .unread }
            return message
        case .unread:
            defer { state.withLock { $0 = .unread } }
            return try await call.nextMessage()
        }
    }
}
