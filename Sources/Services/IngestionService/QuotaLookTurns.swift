import Core
import Domain
import Synchronization

/// Lets looks at used up quotas of one organization come one after another: those of its tokens in turn, each
/// token's in their order.
///
/// Who is refused may come again as often as it likes. What waits here waits for no connection to the database, so
/// that the organization's writer gets one; and it waits instead of in the organization's commits, where it would
/// hold more, and however many calls of a token wait, those of others come first after one of them. How many wait is
/// bounded by how many calls connections have under way.
final class QuotaLookTurns: Sendable {
    private struct Waiter {
        let ticket: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// Of an organization; one that waits for nobody has its turn.
    private struct Queue {
        /// Those with waiters, the next one first.
        private var tokenIDs: [String] = []
        private var waiters: [String: [Waiter]] = [:]

        var count: Int { waiters.values.reduce(0) { $0 + $1.count } }

        mutating func append(_ waiter: Waiter, of tokenID: String) {
            if waiters[tokenID] == nil { tokenIDs.append(tokenID) }
            waiters[tokenID, default: []].append(waiter)
        }

        mutating func next() -> Waiter? {
            guard let tokenID = tokenIDs.first else { return nil }
            tokenIDs.removeFirst()
            let waiter = waiters[tokenID]?.removeFirst()
            if waiters[tokenID]?.isEmpty == true {
                waiters[tokenID] = nil
            } else {
                tokenIDs.append(tokenID)
            }
            return waiter
        }

        mutating func remove(_ ticket: UInt64, of tokenID: String) -> Waiter? {
            guard let index = waiters[tokenID]?.firstIndex(where: { $0.ticket == ticket }) else {
                return nil
            }
            let waiter = waiters[tokenID]?.remove(at: index)
            if waiters[tokenID]?.isEmpty == true {
                waiters[tokenID] = nil
                tokenIDs.removeAll { $0 == tokenID }
            }
            return waiter
        }
    }

    private struct State {
        var ticket: UInt64 = 0
        /// Of organizations of which one has its turn, those that wait.
        var queues: [OrganizationID: Queue] = [:]
    }

    private let state = Mutex(State())

    /// - Throws: `CancellationError` where the task is cancelled before its turn; what `body` throws.
    func taking<R: Sendable>(
        for organization: OrganizationID, tokenID: String, _ body: () async throws -> R
    ) async throws -> R {
        try await begin(organization, tokenID)
        defer { end(organization) }
        return try await body()
    }

    /// For tests.
    func waitingCount(of organization: OrganizationID) -> Int {
        state.withLock { $0.queues[organization]?.count ?? 0 }
    }

    private func begin(_ organization: OrganizationID, _ tokenID: String) async throws {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Result<Void, any Error>? in
                    // Whoever cancels from now on finds it in the queue.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.queues[organization] != nil else {
                        state.queues[organization] = Queue()
                        return .success(())
                    }
                    state.queues[organization]?.append(
                        Waiter(ticket: ticket, continuation: continuation), of: tokenID)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock {
                $0.queues[organization]?.remove(ticket, of: tokenID)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func end(_ organization: OrganizationID) {
        let next = state.withLock { state -> Waiter? in
            let next = state.queues[organization]?.next()
            if next == nil { state.queues[organization] = nil }
            return next
        }
        next?.continuation.resume()
    }
}
