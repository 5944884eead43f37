internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Cancels the statement that a connection is running, from another thread.
///
/// A request names the statement by its ticket and is sent only while that statement runs. Where the
/// statement ends while a request is under way, the connection waits for it, since what it runs next
/// would be hit; one that waits in vain is not used again.
final class StatementCancellation: Sendable {
    private struct State {
        var lastTicket: UInt64 = 0
        var running: UInt64?
        var request: CancelRequest?
        /// The request that is under way; the server may get it as long as this is set.
        var flight: CancelFlight?
    }

    /// How long a connection waits for a request that is under way when its statement has ended. A
    /// server that answers takes milliseconds.
    private static let flightMillisecondsMax = 1000

    private let state = Mutex(State())

    func connected(_ request: CancelRequest) {
        state.withLock { $0.request = request }
    }

    /// Runs `body` with a ticket for what it lets the connection run, which is cancelled when the task is.
    func withTicket<R: Sendable>(_ body: (UInt64) async throws -> R) async throws -> R {
        let ticket = makeTicket()
        return try await withTaskCancellationHandler {
            try await body(ticket)
        } onCancel: {
            request(ticket)
        }
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

    /// The statement has ended. Blocks while a request is under way, a second at most: called on the
    /// connection's own thread.
    func ended() {
        let flight = state.withLock { state in
            state.running = nil
            return state.flight
        }
        flight?.wait(milliseconds: Self.flightMillisecondsMax)
    }

    /// Whether no request is under way that could hit what the connection runs next.
    var isSettled: Bool { state.withLock { $0.flight == nil } }

    /// Asks the server to cancel the statement of `ticket`, without waiting.
    func request(_ ticket: UInt64) {
        CancelThreads.shared.perform { [self] in
            // A request that arrives before its statement does nothing: hence more than one.
            for _ in 0..<5 {
                guard send(ticket) else { return }
                usleep(10_000)
            }
        }
    }

    /// Returns whether the statement was still running.
    private func send(_ ticket: UInt64) -> Bool {
        let flight = CancelFlight()
        // The lock is not held over the network: who wants a ticket must not wait for it.
        let request = state.withLock { state -> CancelRequest? in
            guard state.running == ticket, state.flight == nil else { return nil }
            state.flight = state.request == nil ? nil : flight
            return state.request
        }
        guard let request else { return false }
        request.send()
        state.withLock { $0.flight = nil }
        flight.land()
        return true
    }
}

/// One cancel request on its way, for the thread that must wait for its end.
// Unchecked: `hasLanded` is touched only with `mutex` held.
final class CancelFlight: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var hasLanded = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func land() {
        pthread_mutex_lock(mutex)
        hasLanded = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Blocks until the request has ended or the time is over.
    func wait(milliseconds: Int) {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += milliseconds / 1000
        end.tv_nsec += (milliseconds % 1000) * 1_000_000
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !hasLanded {
            guard pthread_cond_timedwait(condition, mutex, &end) == 0 else { return }
        }
    }
}
