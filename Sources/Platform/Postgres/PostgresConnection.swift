internal import CLibPQ
internal import Logging

/// One connection and its thread; everything libpq does happens on that thread.
///
/// A transaction begins on the server with its first statement, in one round trip; one without statements never does.
actor PostgresConnection {
    private struct Prepared {
        let name: String
        let parameterTypes: [UInt32]
    }

    /// Where a transaction's code runs, too.
    nonisolated let thread: DedicatedThread
    nonisolated let cancellation = StatementCancellation()
    nonisolated let deferred = DeferredStatements()
    private var handle: ConnectionHandle?
    private var statements: [ObjectIdentifier: Prepared] = [:]
    private var configuration: PostgresConfiguration?
    private let replacementLogger: Logger?
    /// Whether a deferred statement of the transaction could not be sent.
    private var hasLostStatements = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    /// - Parameter replacementLogger: Where it is told that the connection was lost between transactions, and was made
    ///   anew. Nil: it is not, as where the session holds what would be lost with it.
    init(replacementLogger: Logger? = nil) throws(PostgresError) {
        self.replacementLogger = replacementLogger
        thread = try DedicatedThread()
    }

    // No job of this actor can outlive it, nor a transaction's, so its thread may end.
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
        self.configuration = configuration
    }

    func close() {
        handle = nil
        statements = [:]
    }

    // MARK: - Transactions

    /// Begins a transaction and returns its number. Nothing is sent yet.
    /// - Parameter beginning: `TransactionOptions.beginStatements`.
    nonisolated func begin(_ beginning: [String]) -> UInt64 {
        deferred.began(by: beginning)
    }

    /// Commits, and sends what was deferred with it; an error means that nothing, or after a lost connection or a
    /// `commitInDoubt` perhaps nothing, took effect. A cancelled task cancels it.
    /// - Returns: `isReusable`.
    @discardableResult
    nonisolated func commit() async throws -> Bool {
        try await cancellation.withTicket { try await commit(ticket: $0) }
    }

    private func commit(ticket: UInt64) throws -> Bool {
        defer { ended() }
        let isCommitted = !hasLostStatements
        if deferred.isToBegin, deferred.isEmpty {
            guard isCommitted else { throw Self.wasUndone }
            return isReusable
        }
        defer { observe("COMMIT") }
        let (answer, hasWarned) = try cancellable(ticket) {
            let handle = try self.awake()
            let answer = try self.run(
                self.readyDeferred(), then: isCommitted ? "COMMIT" : "ROLLBACK", on: handle)
            return (answer, handle.hasWarned)
        }
        // PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK.
        guard answer?.commandTag == "COMMIT" else { throw Self.wasUndone }
        guard !hasWarned else {
            // What cancels COMMIT, or the statements before it, may find it waiting for a standby server: PostgreSQL
            // waits no longer then, and answers as if it had.
            throw PostgresError(
                .commitInDoubt, message: "committed, but perhaps not on the standby servers")
        }
        return isReusable
    }

    /// - Returns: `isReusable`.
    @discardableResult
    func rollback() throws -> Bool {
        ended()
        guard let handle, handle.isAlive, !handle.isIdle else { return isReusable }
        defer { observe("ROLLBACK") }
        try handle.execute("ROLLBACK")
        return isReusable
    }

    private func ended() {
        deferred.ended()
        hasLostStatements = false
    }

    private static let wasUndone = PostgresError(
        .failedTransaction, message: "a statement failed, so the transaction was undone")

    /// Runs statements that steer the transaction under way.
    /// - Returns: Whether a deferred statement of it could not be sent, for `undo`.
    @discardableResult
    func control(_ sql: String, transaction: UInt64, ticket: UInt64) throws -> Bool {
        try requireUnderway(transaction)
        let handle = try cancellable(ticket) {
            let handle = try self.awake()
            _ = try self.run(self.readyDeferred(), on: handle)
            return handle
        }
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

    /// How many rows a statement returned, without a look at them.
    func returnedRows<S: PostgresStatement>(
        _ statement: S, transaction: UInt64, ticket: UInt64
    ) throws -> Int {
        try execute(statement, transaction: transaction, ticket: ticket).rowCount
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
        return try cancellable(ticket) {
            let handle = try self.awake()
            _ = try self.run(self.readyDeferred(), on: handle)
            defer { self.observe(sql) }
            return try handle.copy(sql, data)
        }
    }

    /// Runs several statements at once; in the transaction of `begin`, if there is one. For migrations.
    func script(_ sql: String) throws {
        let handle = try live()
        _ = try run([], on: handle)
        try handle.execute(sql)
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
        return try cancellable(ticket) {
            let handle = try self.awake()
            // First, so that one that cannot be sent leaves the others to be sent later.
            let ready = try self.ready(statement)
            let before = try self.readyDeferred()
            guard before.isEmpty, !self.deferred.isToBegin else {
                guard let result = try self.run(before + [ready], on: handle) else {
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

    /// Runs statements in one round trip, what begins the transaction before them where that was not sent yet, and a
    /// command behind them; none after one that fails.
    /// - Returns: The answer to the last; nil where there was nothing to run.
    private func run(
        _ statements: [ReadyStatement], then command: String? = nil, on handle: ConnectionHandle
    ) throws(PostgresError) -> PostgresResult? {
        let beginning = deferred.takenBeginning()
        if !beginning.isEmpty { observe("BEGIN") }
        if statements.isEmpty, beginning.isEmpty {
            guard let command else { return nil }
            return try handle.execute(command)
        }
        var steps = beginning.map { PipelinedStatement.command($0) }
        steps += statements.map { .prepared($0) }
        if let command { steps.append(.command(command)) }
        let answers = try handle.pipeline(steps)
        for (step, answer) in zip(steps, answers) {
            let error =
                answer.outcome == .failed ? answer.error(isConnectionAlive: handle.isAlive) : nil
            if case .prepared(let statement) = step {
                if let error {
                    failed(statement, error)
                } else {
                    observe(statement.sql, rows: answer.affectedRows)
                }
            }
            if let error { throw error }
        }
        return answers.last
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
        // In the transaction's role; and what fails here fails the transaction.
        _ = try run([], on: handle)
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
        guard deferred.isUnderway(transaction) else { throw .transactionHasEnded }
    }

    /// The connection for what the transaction sends next. Where that is its first and the server has ended the
    /// connection since the last one, as a server that was restarted, it is made anew: nothing was sent yet.
    private func awake() throws -> ConnectionHandle {
        let handle = try live()
        guard deferred.isToBegin else {
            // Without a transaction on the server, each statement would take effect by itself, for nobody.
            guard !handle.isIdle else { throw Self.wasUndone }
            return handle
        }
        guard let replacementLogger, let configuration, handle.hasEnded() else { return handle }
        replacementLogger.notice("an idle database connection was lost")
        close()
        do {
            try open(configuration)
        } catch {
            // Or whoever hides this would find nothing to commit, and that it succeeded.
            _ = deferred.takenBeginning()
            throw error
        }
        // Its cancellation may have gone to the one that was lost.
        try Task.checkCancellation()
        return try live()
    }

    private func live() throws(PostgresError) -> ConnectionHandle {
        guard let handle else {
            throw PostgresError(.connectionLost, message: "the connection is closed")
        }
        return handle
    }
}
