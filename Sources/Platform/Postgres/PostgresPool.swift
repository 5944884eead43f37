internal import Core
package import CoreMetrics
internal import DequeModule
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
        /// When waiters give up, the first first; some have their answers since.
        var deadlines = Deque<(ticket: UInt64, time: ContinuousClock.Instant)>()
        /// Whether a task looks for waiters that have waited for too long.
        var isExpiring = false

        /// Remembers when a waiter gives up.
        /// - Returns: When a task is to look for those that do; nil where one does already.
        mutating func expires(
            _ ticket: UInt64, at time: ContinuousClock.Instant
        ) -> ContinuousClock.Instant? {
            deadlines.append((ticket, time))
            // Dropped when their time comes; where many have their answers before, at once.
            if deadlines.count > 2 * pool.waiterCount + 16 {
                deadlines.removeAll { !pool.isWaiting($0.ticket) }
            }
            guard !isExpiring else { return nil }
            isExpiring = true
            return time
        }

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
            restPercent: configuration.organizationRestPercent,
            waiters: configuration.waitersMax,
            waitersPerOrganization: max(1, configuration.waitersMax / 2))
        state = Mutex(State(pool: PoolState(limits: limits)))
    }

    /// Runs `body` in a transaction: committed when it returns, undone when it throws.
    ///
    /// `body` runs on the connection's thread, which waits for each statement: neither its child tasks nor actors that
    /// others ask may be what lets a statement end.
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
        // On the connection's thread, which its statements need anyway: a change of threads for each takes longer than
        // many a statement.
        let (outcome, isReusable) = await withTaskExecutorPreference(connection.thread) {
            await result(of: body, in: number, on: connection)
        }
        if isReusable {
            release(connection, options.organization, since: since)
        } else {
            await connection.close()
            await closeIdle(after: outcome)
            release(nil, options.organization, since: since)
        }
        return try outcome.get()
    }

    /// Runs a transaction that was begun to its end.
    /// - Returns: What came of it, and whether another transaction may follow on its connection.
    private func result<R: Sendable>(
        of body: (PostgresTransaction) async throws -> R, in number: UInt64,
        on connection: PostgresConnection
    ) async -> (Result<R, any Error>, isReusable: Bool) {
        do {
            let value = try await body(
                PostgresTransaction(connection: connection, number: number))
            try Task.checkCancellation()
            let isReusable = try await connection.commit()
            return (.success(value), isReusable)
        } catch {
            return (.failure(error), await undo(connection))
        }
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
            let since = try await wait(ticket, since: now)
            metrics?.waited(now.duration(to: since))
            return since
        }
    }

    /// Waits for the permit of `ticket`, at most `waitMax` from `since` on.
    private func wait(
        _ ticket: UInt64, since: ContinuousClock.Instant
    ) async throws -> ContinuousClock.Instant {
        let time = since.advanced(by: configuration.waitMax)
        expire(from: state.withLock { $0.expires(ticket, at: time) })
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enlist(continuation, ticket)
            }
        } onCancel: {
            giveUp(ticket, CancellationError())
        }
    }

    /// Until nobody waits, lets those give up who have waited for too long. One task for all of them: most have their
    /// permits soon, and one of each would take longer than many a transaction.
    private func expire(from first: ContinuousClock.Instant?) {
        guard let first else { return }
        Task { [self] in
            var next: ContinuousClock.Instant? = first
            while let time = next {
                try? await Task.sleep(until: time, clock: .continuous)
                let expired = state.withLock { state in
                    let now = ContinuousClock.now
                    var expired: [UInt64] = []
                    while let eldest = state.deadlines.first,
                        eldest.time <= now || !state.pool.isWaiting(eldest.ticket)
                    {
                        expired.append(eldest.ticket)
                        state.deadlines.removeFirst()
                    }
                    next = state.deadlines.first?.time
                    state.isExpiring = next != nil
                    return expired
                }
                for ticket in expired { giveUp(ticket, Self.exhaustedError) }
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
        let (granted, now, aging, rest) = state.withLock { state in
            defer { metrics?.show(state.pool) }
            let now = ContinuousClock.now
            let (granted, _, rest) = state.pool.returned(
                connection, organization: organization, since: since, at: now)
            return (
                granted.compactMap { state.answer($0, .success(now)) }, now, state.beginAging(),
                rest
            )
        }
        age(from: aging)
        goOn(organization, after: rest)
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
                give { state, now in
                    let granted = state.pool.timePassed(now)
                    next = state.pool.nextAging
                    state.isAging = next != nil
                    return granted
                }
            }
        }
    }

    /// An organization that rests goes on then, where it still waits.
    private func goOn(_ organization: PostgresUUID?, after rest: ContinuousClock.Instant?) {
        guard let rest else { return }
        Task { [self] in
            while ContinuousClock.now < rest {
                try? await Task.sleep(until: rest, clock: .continuous)
            }
            give { state, now in state.pool.rested(organization, at: now) }
        }
    }

    /// Lets those have their permits who have them from now on.
    private func give(_ grant: (inout State, ContinuousClock.Instant) -> [UInt64]) {
        let (continuations, now) = state.withLock { state in
            defer { metrics?.show(state.pool) }
            let now = ContinuousClock.now
            let granted = grant(&state, now)
            return (granted.compactMap { state.answer($0, .success(now)) }, now)
        }
        for continuation in continuations {
            continuation.resume(returning: now)
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

    /// Where the server cannot be reached any more, be that told or not, the idle connections are not tried one after
    /// another by transactions that each fail.
    private func closeIdle<R>(after outcome: Result<R, any Error>) async {
        guard case .failure(let error as PostgresError) = outcome, error.sqlState.isUnavailable
        else { return }
        let lost = state.withLock { $0.pool.idleConnectionsLost() }
        for connection in lost { await connection.close() }
        if !lost.isEmpty { logger.notice("idle database connections were lost") }
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
