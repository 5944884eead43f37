import Core
import Synchronization

/// How many exports a server makes at once: each keeps a connection to the database until its reader has
/// read all of it.
final class ExportSlots: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) {
        free = Mutex(count)
    }

    /// - Throws: `EXPORTS_AT_LIMIT` where as many are under way as may be; what `body` throws.
    func taking<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        let isTaken = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard isTaken else {
            throw ServiceError(
                .resourceExhausted, "EXPORTS_AT_LIMIT",
                "This server makes as many exports as it may at once. Try again in a while.",
                retryAfter: .seconds(60))
        }
        defer { free.withLock { $0 += 1 } }
        return try await body()
    }
}
