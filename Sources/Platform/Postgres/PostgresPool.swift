internal import Core
package import CoreMetrics
package import Logging
internal import Synchronization

/// The connections of one process, and the only door to a transaction.
///
/// At most `connectionsMax` are open; whoever comes later waits, at most `waitMax`. Organizations take
/// turns, and none holds, or waits for, more than its share; of short transactions a smaller one. Full or too slow: a
/// `ServiceError` RESOURCE_EXHAUSTED `POOL_EXHAUSTED`. A transaction within a transaction can exhaust the pool:
/// nobody may begin one while holding another.
package final class PostgresPool: Sendable {
    private struct State {
        var pool: PoolState<PostgresConnection>
        /// Waiters that are suspended; they are told since when they have their permit.
        var continuations: [UInt64: CheckedContinuation<ContinuousClock.Instant, any Error>] = [:]
        /// Answers to waiters that are about to suspend.
        var answers: [UInt64: Result<ContinuousClock.Instant, any Error>] = [:]
        /// Whether a task looks for transactions that have become long.
        var isAging = false

        /// From when on a task is to look for transactions that have become long; nil where one does already, or
        /// nobody waits for it. Asked after each step that may leave somebody who does.
        mutating func beginAging() -> ContinuousClock.Instant? {
            guard !isAging, let first = pool.nextAging else { return nil }
            isAging = true
            return first
        }

        /// Records the answer to a waiter; returns the continuation to resume with it, if any.
        mutating func answer(
            _ ticket: UInt64, _ result: Result<ContinuousClock.Instant, any Error>
        ) -> CheckedContinuation<ContinuousClock.Instant, any Error>? {
            if let continuation = continuations.removeValue(forKey: ticket) { return continuation }
            answers[ticket] = result
            return nil
        }
    }

    private let configuration: PostgresConfiguration
    private let logger: Logger
    private let metrics: PoolMetrics?
    private let state: Mutex<State>

    /// Opens no connection yet.
    /// - Parameter metrics: where the pool's load is shown; nil: nowhere.
    package init(
        configuration: PostgresConfiguration, logger: Logger,
        metrics: (any MetricsFactory)? = nil
    ) {
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics.map { PoolMetrics(factory: $0) }
        let limits = PoolState<PostgresConnection>.Limits(
            connections: configuration.connectionsMax,
            perOrganization: configuration.connectionsPerOrganizationMax,
            shortPerOrganization: configuration.shortTransactionsPerOrganizationMax,
            waiters: configuration.waitersMax,
            waitersPerOrganization: max(1, configuration.waitersMax / 2))
        state = Mutex(State(pool: PoolState(limits: limits)))
    }

    /// Runs `body` in a transaction: committed when it returns, undone when it throws.
    /// - Throws: what `body` throws; `PostgresError`; `ServiceError` where no connection is free;
    ///   `CancellationError` where the task was cancelled before the commit, or in its course: nothing took effect.
    @discardableResult
    package func transaction<R: Sendable>(
        _ options: TransactionOptions = TransactionOptions(),
        _ body: (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let beginning = try options.beginStatements()
        let since = try await acquire(options.organization)
        let connection: PostgresConnection
        do {
            connection = try await openConnection()
        } catch {
            release(nil, options.organization, since: since)
            throw error
        }
        let number = connection.begin(beginning)
        let outcome: Result<R, any Error>
        let isReusable: Bool
        do {
            let value = try await body(
                PostgresTransaction(connection: connection, number: number))
            try Task.checkCancellation()
            isReusable = try await connection.commit()
            outcome = .success(value)
        } catch {
            outcome = .failure(error)
            isReusable = await undo(connection)
        }
        if isReusable {
            release(connection, options.organization, since: since)
        } else {
            await connection.close()
            release(nil, options.organization, since: since)
        }
        return try outcome.get()
    }

    /// Closes the idle connections and refuses new transactions; those under way end on their own.
    package func shutdown() async {
        let (waiting, idle) = state.withLock { state in
            let (refused, idle) = state.pool.closed()
            return (refused.compactMap { state.answer($0, .failure(Self.closedError)) }, idle)
        }
        for continuation in waiting {
            continuation.resume(throwing: Self.closedError)
        }
        for connection in idle {
            await connection.close()
        }
    }

    /// Connections in use and transactions that wait for one, for metrics.
    package var load: (inUse: Int, waiting: Int) {
        state.withLock { ($0.pool.permitsInUse, $0.pool.waiterCount) }
    }

    // MARK: - Permits

    /// - Returns: Since when it has its permit.
    private func acquire(
        _ organization: PostgresUUID?
    ) async throws -> ContinuousClock.Instant {
        let (decision, now, aging) = state.withLock { state in
            defer { metrics?.show(state.pool) }
            let now = ContinuousClock.now
            let decision = state.pool.requested(organization: organization, at: now)
            return (decision, now, state.beginAging())
        }
        age(from: aging)
        switch decision {
        case .granted:
            metrics?.waited(.zero)
            return now
        case .refusedAsFull: throw Self.exhaustedError
        case .refusedAsClosed: throw Self.closedError
        case .waiting(let ticket):
            let since = try await wait(ticket, organization)
            metrics?.waited(now.duration(to: since))
            return since
        }
    }

    /// Waits for the permit of `ticket`, at most `waitMax`.
    private func wait(
        _ ticket: UInt64, _ organization: PostgresUUID?
    ) async throws -> ContinuousClock.Instant {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                // Ends by cancellation once the permit is there.
                try? await Task.sleep(for: configuration.waitMax)
                if !Task.isCancelled { giveUp(ticket, Self.exhaustedError) }
            }
            defer { group.cancelAll() }
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    enlist(continuation, ticket)
                }
            } onCancel: {
                giveUp(ticket, CancellationError())
            }
        }
    }

    private func enlist(
        _ continuation: CheckedContinuation<ContinuousClock.Instant, any Error>, _ ticket: UInt64
    ) {
        let answer = state.withLock { state in
            let answer = state.answers.removeValue(forKey: ticket)
            if answer == nil { state.continuations[ticket] = continuation }
            return answer
        }
        if let answer { continuation.resume(with: answer) }
    }

    private func giveUp(_ ticket: UInt64, _ error: any Error) {
        let continuation = state.withLock { state in
            defer { metrics?.show(state.pool) }
            return state.pool.gaveUp(ticket) ? state.answer(ticket, .failure(error)) : nil
        }
        continuation?.resume(throwing: error)
    }

    private func release(
        _ connection: PostgresConnection?, _ organization: PostgresUUID?,
        since: ContinuousClock.Instant
    ) {
        // A connection that comes back after `shutdown` closes when its last reference goes.
        let (granted, now, aging) = state.withLock { state in
            defer { metrics?.show(state.pool) }
            let now = ContinuousClock.now
            let (granted, _) = state.pool.returned(
                connection, organization: organization, since: since, at: now)
            return (
                granted.compactMap { state.answer($0, .success(now)) }, now, state.beginAging()
            )
        }
        age(from: aging)
        for continuation in granted {
            continuation.resume(returning: now)
        }
    }

    /// Where an organization waits since it has as many short transactions as it may: until none does, looks
    /// whether some have become long. It looks once in the time that they take for that, so that who comes between
    /// may wait twice as long.
    private func age(from first: ContinuousClock.Instant?) {
        guard let first else { return }
        Task { [self] in
            var next: ContinuousClock.Instant? = first
            while let time = next {
                try? await Task.sleep(until: time, clock: .continuous)
                let (granted, now) = state.withLock { state in
                    defer { metrics?.show(state.pool) }
                    let now = ContinuousClock.now
                    let granted = state.pool.timePassed(now)
                    next = state.pool.nextAging
                    state.isAging = next != nil
                    return (granted.compactMap { state.answer($0, .success(now)) }, now)
                }
                for continuation in granted {
                    continuation.resume(returning: now)
                }
            }
        }
    }

    // MARK: - Connections

    /// An idle one may have died unnoticed, when the server restarted: it finds out itself, before it sends anything.
    private func openConnection() async throws -> PostgresConnection {
        if let idle = state.withLock({ $0.pool.idleConnectionWanted() }) { return idle }
        let connection = try PostgresConnection(replacementLogger: logger)
        try await connection.open(configuration)
        return connection
    }

    /// - Returns: Whether another transaction may follow on the connection.
    private func undo(_ connection: PostgresConnection) async -> Bool {
        do {
            return try await connection.rollback()
        } catch {
            // Closing the connection undoes the transaction.
            logger.debug("rollback failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private static let exhaustedError = ServiceError(
        .resourceExhausted, "POOL_EXHAUSTED",
        "The server has no database connection free. Try again.", retryAfter: .seconds(1))

    private static let closedError = ServiceError(
        .unavailable, "DATABASE_POOL_CLOSED", "The server is shutting down. Try again elsewhere.")
}
