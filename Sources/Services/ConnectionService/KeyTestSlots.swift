import Core
import Synchronization

/// How many keys a server tests at once: each waits for a provider for seconds.
final class KeyTestSlots: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) {
        free = Mutex(count)
    }

    /// - Throws: `KEY_TESTS_AT_LIMIT` where as many are under way as may be; what `body` throws.
    func taking<R: Sendable>(
        _ body: () async throws(ServiceError) -> R
    ) async throws(ServiceError) -> R {
        let isTaken = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard isTaken else {
            throw ServiceError(
                .resourceExhausted, "KEY_TESTS_AT_LIMIT",
                "This server tests as many keys as it may at once. Try again in a while.",
                retryAfter: .seconds(5))
        }
        defer { free.withLock { $0 += 1 } }
        return try await body()
    }
}
