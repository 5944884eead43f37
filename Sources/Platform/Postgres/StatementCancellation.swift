internal import CLibPQ
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Cancels the statement that a connection is running, from another thread.
///
/// A request names the statement by its ticket and is sent only while that statement runs. The
/// lock is held while the request is under way, so the connection cannot move on to another
/// statement that the request would then hit.
final class StatementCancellation: Sendable {
    private struct State {
        var lastTicket: UInt64 = 0
        var running: UInt64?
        var request: CancelRequest?
    }

    private let state = Mutex(State())

    /// A cancel request opens a connection and waits, so it has a thread of its own. Requests are
    /// rare and short; one thread for the process is enough.
    private static let thread: Result<DedicatedThread, PostgresError> = {
        do throws(PostgresError) {
            return .success(try DedicatedThread())
        } catch {
            return .failure(error)
        }
    }()

    func connected(_ request: CancelRequest) {
        state.withLock { $0.request = request }
    }

    func makeTicket() -> UInt64 {
        state.withLock {
            $0.lastTicket += 1
            return $0.lastTicket
        }
    }

    func began(_ ticket: UInt64) {
        state.withLock { $0.running = ticket }
    }

    func ended() {
        state.withLock { $0.running = nil }
    }

    /// Asks the server to cancel the statement of `ticket`, without waiting.
    func request(_ ticket: UInt64) {
        guard case .success(let thread) = Self.thread else { return }
        thread.perform { [self] in
            // A request that arrives before its statement does nothing: hence more than one.
            for _ in 0..<5 {
                guard send(ticket) else { return }
                usleep(10_000)
            }
        }
    }

    /// Returns whether the statement was still running.
    private func send(_ ticket: UInt64) -> Bool {
        state.withLock { state in
            guard state.running == ticket, let request = state.request else { return false }
            request.send()
            return true
        }
    }
}

/// Owner of one `PGcancel`: all that is needed to cancel what a connection runs.
// Unchecked: libpq lets any thread use what `PQgetCancel` made; nothing here changes.
final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Nil where the connection is closed.
    init?(_ connection: ConnectionHandle) {
        guard let pointer = PQgetCancel(connection.pointer) else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Sends the request; returns when the server has taken it, or cannot.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        PQcancel(pointer, &message, Int32(message.count))
    }
}
