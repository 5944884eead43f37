internal import CLibPQ

/// One connection and its thread; everything libpq does happens on that thread.
actor PostgresConnection {
    private struct Prepared {
        let name: String
        let parameterTypes: [UInt32]
    }

    private nonisolated let thread: DedicatedThread
    nonisolated let cancellation = StatementCancellation()
    nonisolated let deferred = DeferredStatements()
    private var handle: ConnectionHandle?
    private var statements: [ObjectIdentifier: Prepared] = [:]
    /// Counts transactions, so that one that has ended cannot reach into the next.
    private var transactionNumber: UInt64 = 0
    private var isInTransaction = false
    /// Whether a deferred statement could not be sent.
    private var hasLostStatements = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    init() throws(PostgresError) {
        thread = try DedicatedThread()
    }

    // No job of this actor can outlive it, so its thread may end.
    deinit {
        thread.stop()
    }

    func open(_ configuration: PostgresConfiguration) throws {
        let handle = try ConnectionHandle(configuration: configuration)
        losesFilter = OrganizationFilterMutation.bites(configuration)
        #if TALLY_MUTANTS
            statementObserver = configuration.statementObserver
        #endif
        if let request = CancelRequest(handle) { cancellation.connected(request) }
        self.handle = handle
    }

    func close() {
        handle = nil
        statements = [:]
    }

    // MARK: - Transactions

    /// Begins a transaction and returns its number.
    func begin(_ options: TransactionOptions) throws -> UInt64 {
        let sql = try options.beginStatements()
        try live().execute(sql)
        observe("BEGIN")
        transactionNumber += 1
        isInTransaction = true
        hasLostStatements = false
        deferred.began(transactionNumber)
        return transactionNumber
    }

    /// Commits, and sends what was deferred with it; an error means that nothing, or after a lost connection or a
    /// `commitInDoubt` perhaps nothing, took effect. A cancelled task cancels what was deferred, but not COMMIT
    /// alone, which waits without an end for a standby server that commits wait for and that is away.
    /// - Returns: `isReusable`.
    @discardableResult
    nonisolated func commit() async throws -> Bool {
        try await cancellation.withTicket { try await commit(ticket: $0) }
    }

    private func commit(ticket: UInt64) throws -> Bool {
        isInTransaction = false
        defer {
            deferred.ended()
            observe("COMMIT")
        }
        let handle = try live()
        let command = hasLostStatements ? "ROLLBACK" : "COMMIT"
        let result: PostgresResult? =
            deferred.isEmpty
            ? try handle.execute(command)
            : try cancellable(ticket) { () throws -> PostgresResult? in
                try self.run(self.readyDeferred(), then: command, on: handle)
            }
        guard result?.commandTag == "COMMIT" else {
            // PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK.
            throw PostgresError(
                .failedTransaction, message: "a statement failed, so the transaction was undone")
        }
        guard !handle.hasWarned else {
            // What cancels the statements before COMMIT may find it waiting for a standby server: PostgreSQL waits no
            // longer then, and answers as if it had.
            throw PostgresError(
                .commitInDoubt, message: "committed, but perhaps not on the standby servers")
        }
        return isReusable
    }

    /// - Returns: `isReusable`.
    @discardableResult
    func rollback() throws -> Bool {
        isInTransaction = false
        deferred.ended()
        guard let handle, handle.isAlive, !handle.isIdle else { return isReusable }
        defer { observe("ROLLBACK") }
        try handle.execute("ROLLBACK")
        return isReusable
    }

    /// Runs statements that steer the transaction under way.
    /// - Returns: Whether a deferred statement of it could not be sent, for `undo`.
    @discardableResult
    func control(_ sql: String, transaction: UInt64, ticket: UInt64) throws -> Bool {
        try requireUnderway(transaction)
        let handle = try live()
        if !deferred.isEmpty { try cancellable(ticket) { try self.runDeferred(on: handle) } }
        observe(sql)
        try handle.execute(sql)
        return hasLostStatements
    }

    /// Undoes a part of the transaction under way, and forgets what the part left to be sent.
    /// - Parameter hadLostStatements: What `control` returned where the part began.
    func undo(_ sql: String, transaction: UInt64, hadLostStatements: Bool) throws {
        try requireUnderway(transaction)
        let handle = try live()
        _ = deferred.taken()
        // Until the part is undone, what was forgotten is missing from it.
        hasLostStatements = true
        observe(sql)
        try handle.execute(sql)
        hasLostStatements = hadLostStatements
    }

    /// Whether another transaction may follow on this connection.
    private var isReusable: Bool { cancellation.isSettled && handle?.isIdle ?? false }

    // MARK: - Statements

    func run<S: PostgresStatement>(
        _ statement: S, transaction: UInt64, ticket: UInt64
    ) throws -> [S.Row] {
        let result = try execute(statement, transaction: transaction, ticket: ticket)
        let count = result.rowCount
        var rows: [S.Row] = []
        rows.reserveCapacity(count)
        for index in 0..<count {
            rows.append(try S.decode(PostgresRow(result, index: index)))
        }
        return rows
    }

    func affectedRows<S: PostgresStatement>(
        _ statement: S, transaction: UInt64, ticket: UInt64
    ) throws -> Int {
        try execute(statement, transaction: transaction, ticket: ticket).affectedRows
    }

    func copy(
        _ sql: String, _ rows: PostgresCopyRows, transaction: UInt64, ticket: UInt64
    ) throws -> Int {
        let data = try rows.finished()
        try requireUnderway(transaction)
        let handle = try live()
        return try cancellable(ticket) {
            try self.runDeferred(on: handle)
            defer { self.observe(sql) }
            return try handle.copy(sql, data)
        }
    }

    /// Runs several statements at once, outside of a transaction of `begin`. For migrations.
    func script(_ sql: String) throws {
        try live().execute(sql)
    }

    /// Rows of a statement without parameters, as texts.
    func texts(_ sql: String) throws -> [[String?]] {
        let result = try live().execute(sql)
        return (0..<result.rowCount).map { row in
            (0..<PQnfields(result.pointer)).map { column in
                PQgetisnull(result.pointer, Int32(row), column) != 0
                    ? nil
                    : String(cString: PQgetvalue(result.pointer, Int32(row), column))
            }
        }
    }

    /// Prepares and describes a statement without running it, for tests of the SQL.
    func check(_ sql: String) throws {
        let handle = try live()
        _ = try handle.prepare(sql, as: "")
    }

    private func execute<S: PostgresStatement>(
        _ statement: S, transaction: UInt64, ticket: UInt64
    ) throws -> PostgresResult {
        try requireUnderway(transaction)
        let handle = try live()
        return try cancellable(ticket) {
            // First, so that one that cannot be sent leaves the others to be sent later.
            let ready = try self.ready(statement)
            let deferred = try self.readyDeferred()
            guard deferred.isEmpty else {
                guard let result = try self.run(deferred + [ready], on: handle) else {
                    throw PostgresError(.protocolViolation, message: "an answer is missing")
                }
                return result
            }
            do throws(PostgresError) {
                let result = try handle.execute(prepared: ready.name, ready.parameters)
                self.observe(ready.sql, rows: result.affectedRows)
                return result
            } catch {
                self.failed(ready, error)
                throw error
            }
        }
    }

    /// Binds and prepares a statement.
    func ready<S: PostgresStatement>(_ statement: S) throws -> ReadyStatement {
        var bindings = PostgresBindings()
        statement.bind(into: &bindings)
        let prepared = try prepared(S.self, on: try live())
        return ReadyStatement(
            type: ObjectIdentifier(S.self), sql: S.sql, name: prepared.name,
            parameters: try PostgresParameters(bindings, types: prepared.parameterTypes))
    }

    private func readyDeferred() throws -> [ReadyStatement] {
        do {
            return try deferred.taken().map { try $0(self) }
        } catch {
            // The server knows of no failure, and whoever hides this one must not commit without them.
            hasLostStatements = true
            throw error
        }
    }

    private func runDeferred(on handle: ConnectionHandle) throws {
        let statements = try readyDeferred()
        if !statements.isEmpty { _ = try run(statements, on: handle) }
    }

    /// Runs statements in one round trip, and a command behind them; none after one that fails.
    /// - Returns: The answer to the last.
    private func run(
        _ statements: [ReadyStatement], then command: String? = nil, on handle: ConnectionHandle
    ) throws(PostgresError) -> PostgresResult? {
        var answers = try handle.pipeline(statements, then: command)
        for (statement, answer) in zip(statements, answers) {
            if answer.outcome == .failed {
                let error = answer.error(isConnectionAlive: handle.isAlive)
                failed(statement, error)
                throw error
            }
            observe(statement.sql, rows: answer.affectedRows)
        }
        guard let last = answers.popLast() else { return nil }
        if last.outcome == .failed { throw last.error(isConnectionAlive: handle.isAlive) }
        return last
    }

    private func failed(_ statement: ReadyStatement, _ error: PostgresError) {
        observe(statement.sql)
        if error.sqlState == .featureNotSupported || error.sqlState == .unknownStatement {
            // A migration changed what the plan rests on, or a proxy changed the session: prepare anew
            // next time.
            statements[statement.type] = nil
        }
    }

    private func prepared<S: PostgresStatement>(
        _ type: S.Type, on handle: ConnectionHandle
    ) throws(PostgresError) -> Prepared {
        let key = ObjectIdentifier(type)
        if let known = statements[key] { return known }
        nameCount += 1
        let name = "s\(nameCount)"
        let sql = OrganizationFilterMutation.apply(to: S.sql, bites: losesFilter)
        let prepared = Prepared(
            name: name, parameterTypes: try handle.prepare(sql, as: name))
        statements[key] = prepared
        return prepared
    }

    private var nameCount = 0
    /// See `OrganizationFilterMutation`; false in release builds.
    private var losesFilter = false
    #if TALLY_MUTANTS
        private var statementObserver: PostgresConfiguration.StatementObserver?
    #endif

    /// Tells of one round trip, in test builds.
    private func observe(_ sql: String, rows: Int = 0) {
        #if TALLY_MUTANTS
            statementObserver?(sql, rows, ObjectIdentifier(self))
        #endif
    }

    private func cancellable<R>(_ ticket: UInt64, _ body: () throws -> R) throws -> R {
        cancellation.began(ticket)
        defer { cancellation.ended() }
        // After `began`, so that a cancellation is either seen here or finds the statement.
        try Task.checkCancellation()
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState == .queryCanceled {
            try Task.checkCancellation()
            throw error
        }
    }

    private func requireUnderway(_ transaction: UInt64) throws(PostgresError) {
        guard isInTransaction, transaction == transactionNumber else {
            throw .transactionHasEnded
        }
    }

    private func live() throws(PostgresError) -> ConnectionHandle {
        guard let handle else {
            throw PostgresError(.connectionLost, message: "the connection is closed")
        }
        return handle
    }
}
