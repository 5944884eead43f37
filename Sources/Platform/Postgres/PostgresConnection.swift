internal import CLibPQ

/// One connection and its thread; everything libpq does happens on that thread.
actor PostgresConnection {
    private struct Prepared {
        let name: String
        let parameterTypes: [UInt32]
    }

    private nonisolated let thread: DedicatedThread
    nonisolated let cancellation = StatementCancellation()
    private var handle: ConnectionHandle?
    private var statements: [ObjectIdentifier: Prepared] = [:]
    /// Counts transactions, so that one that has ended cannot reach into the next.
    private var transactionNumber: UInt64 = 0
    private var isInTransaction = false

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
        return transactionNumber
    }

    /// Commits; an error means that nothing, or after a lost connection perhaps nothing, took effect.
    func commit() throws {
        isInTransaction = false
        defer { observe("COMMIT") }
        let result = try live().execute("COMMIT")
        guard result.commandTag == "COMMIT" else {
            // PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK.
            throw PostgresError(
                .failedTransaction, message: "a statement failed, so the transaction was undone")
        }
    }

    func rollback() throws {
        isInTransaction = false
        guard let handle, handle.isAlive, !handle.isIdle else { return }
        defer { observe("ROLLBACK") }
        try handle.execute("ROLLBACK")
    }

    /// Runs statements that steer the transaction under way.
    func control(_ sql: String, transaction: UInt64) throws {
        try requireUnderway(transaction)
        observe(sql)
        try live().execute(sql)
    }

    /// Whether another transaction may follow on this connection.
    var isReusable: Bool { cancellation.isSettled && handle?.isIdle ?? false }

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
        return try cancellable(transaction: transaction, ticket: ticket) { handle in
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
        var bindings = PostgresBindings()
        statement.bind(into: &bindings)
        return try cancellable(transaction: transaction, ticket: ticket) { handle in
            let prepared = try self.prepared(S.self, on: handle)
            let parameters = try PostgresParameters(bindings, types: prepared.parameterTypes)
            do throws(PostgresError) {
                let result = try handle.execute(prepared: prepared.name, parameters)
                self.observe(S.sql, rows: result.affectedRows)
                return result
            } catch {
                self.observe(S.sql)
                if error.sqlState == .featureNotSupported || error.sqlState == .unknownStatement {
                    // A migration changed what the plan rests on, or a proxy changed the session:
                    // prepare anew next time.
                    self.statements[ObjectIdentifier(S.self)] = nil
                }
                throw error
            }
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

    private func cancellable<R>(
        transaction: UInt64, ticket: UInt64, _ body: (ConnectionHandle) throws -> R
    ) throws -> R {
        try requireUnderway(transaction)
        let handle = try live()
        cancellation.began(ticket)
        defer { cancellation.ended() }
        // After `began`, so that a cancellation is either seen here or finds the statement.
        try Task.checkCancellation()
        do {
            return try body(handle)
        } catch let error as PostgresError where error.sqlState == .queryCanceled {
            try Task.checkCancellation()
            throw error
        }
    }

    private func requireUnderway(_ transaction: UInt64) throws(PostgresError) {
        guard isInTransaction, transaction == transactionNumber else {
            throw PostgresError(.noActiveTransaction, message: "the transaction has ended")
        }
    }

    private func live() throws(PostgresError) -> ConnectionHandle {
        guard let handle else {
            throw PostgresError(.connectionLost, message: "the connection is closed")
        }
        return handle
    }
}
