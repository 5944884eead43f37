import Core
import Domain

/// Asks the database to renew leases, apart from the work that they are of: whoever asks waits so long and no longer,
/// and not at all once nobody needs the answer, though a request may hang for longer, for want of a connection or on the
/// network. What nobody waits for any more is cancelled.
struct LeaseRenewals: Sendable {
    private struct Request: Sendable {
        let leases: [JobLease]
        let answer: AsyncStream<Result<Set<JobID>, any Error>>.Continuation
        /// Ends once nobody waits for the answer any more.
        let asking: AsyncStream<Never>
    }

    private let patience: Duration
    private let ask: @Sendable ([JobLease]) async throws -> Set<JobID>
    private let requests: AsyncStream<Request>
    private let inbox: AsyncStream<Request>.Continuation

    /// - Parameters:
    ///   - patience: after which a request counts as failed, and is cancelled.
    ///   - ask: renews leases; its answer is those that were not gone.
    init(
        patience: Duration, ask: @escaping @Sendable ([JobLease]) async throws -> Set<JobID>
    ) {
        self.patience = patience
        self.ask = ask
        (requests, inbox) = AsyncStream.makeStream(of: Request.self)
    }

    /// Carries requests out until the task is cancelled, and waits for those under way. Call it once.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await request in requests {
                group.addTask { await carryOut(request) }
            }
            group.cancelAll()
        }
    }

    private func carryOut(_ request: Request) async {
        await withTaskGroup(of: Void.self) { race in
            race.addTask {
                do {
                    request.answer.yield(.success(try await ask(request.leases)))
                } catch {
                    request.answer.yield(.failure(error))
                }
                request.answer.finish()
            }
            race.addTask {
                for await _ in request.asking {}
            }
            race.addTask {
                // Cancelled once there is an answer.
                try? await Task.sleep(for: patience)
                request.answer.finish()
            }
            await race.next()
            race.cancelAll()
        }
    }

    /// - Returns: Those that were not gone.
    /// - Throws: `LEASE_RENEWAL_TIMED_OUT` where there is no answer in time; whether the leases were renewed is not
    ///   known then. What the database says; `CancellationError`.
    func renew(_ leases: [JobLease]) async throws -> Set<JobID> {
        let (answers, answer) = AsyncStream.makeStream(of: Result<Set<JobID>, any Error>.self)
        let (asking, askingEnd) = AsyncStream.makeStream(of: Never.self)
        answer.onTermination = { _ in askingEnd.finish() }
        inbox.yield(Request(leases: leases, answer: answer, asking: asking))
        if let result = await answers.first(where: { _ in true }) { return try result.get() }
        try Task.checkCancellation()
        throw ServiceError(
            .deadlineExceeded, "LEASE_RENEWAL_TIMED_OUT",
            "the database did not answer in time whether the lease of a job is renewed; it is asked again "
                + "while the lease lasts")
    }
}
