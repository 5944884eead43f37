import Domain
import Synchronization

/// Lets looks at used up quotas of one organization come one after another, in their order.
///
/// Who is refused may come again as often as it likes. What waits here waits for no connection to the database, so
/// that the organization's writer gets one.
final class QuotaLookTurns: Sendable {
    private struct Waiter {
        let ticket: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var ticket: UInt64 = 0
        /// Of organizations of which one has its turn, those that wait.
        var queues: [OrganizationID: [Waiter]] = [:]
    }

    private let state = Mutex(State())

    /// - Throws: `CancellationError` where the task is cancelled before its turn; what `body` throws.
    func taking<R: Sendable>(
        for organization: OrganizationID, _ body: () async throws -> R
    ) async throws -> R {
        try await begin(organization)
        defer { end(organization) }
        return try await body()
    }

    /// For tests.
    func waitingCount(of organization: OrganizationID) -> Int {
        state.withLock { $0.queues[organization]?.count ?? 0 }
    }

    private func begin(_ organization: OrganizationID) async throws {
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
                        state.queues[organization] = []
                        return .success(())
                    }
                    state.queues[organization]?.append(
                        Waiter(ticket: ticket, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard
                    let index = state.queues[organization]?.firstIndex(where: {
                        $0.ticket == ticket
                    })
                else { return nil }
                return state.queues[organization]?.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func end(_ organization: OrganizationID) {
        let next = state.withLock { state -> Waiter? in
            guard state.queues[organization]?.isEmpty == false else {
                state.queues[organization] = nil
                return nil
            }
            return state.queues[organization]?.removeFirst()
        }
        next?.continuation.resume()
    }
}
