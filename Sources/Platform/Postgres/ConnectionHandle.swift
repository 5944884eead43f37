internal import CLibPQ
internal import Core

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Owner of one `PGconn`. Used on the connection's thread only.
final class ConnectionHandle {
    let pointer: OpaquePointer
    /// Whether what was sent and what was answered cannot be told apart any more.
    private var isBroken = false
    /// Whether the server warned of the last command without parameters, or the last of a pipeline.
    private(set) var hasWarned = false

    /// Connects; blocks until the server has answered or `connect_timeout` has run out.
    init(configuration: PostgresConfiguration) throws(PostgresError) {
        guard let info = ConnectionInfo(configuration.url.reveal()) else {
            throw PostgresError(
                .cannotConnect,
                message: "the database address is malformed; special characters of a password are "
                    + "written with %")
        }
        // Later keywords win, so the URL, last, may override every default here.
        let keywords = [
            ("connect_timeout", String(configuration.connectSecondsMax)),
            ("application_name", configuration.applicationName),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            // Compiling a statement takes longer than any of ours runs.
            ("options", "-c timezone=UTC -c idle_in_transaction_session_timeout=120s -c jit=off"),
            ("dbname", configuration.url.reveal()),
            ("client_encoding", "UTF8"),
        ]
        var names = keywords.map { UnsafePointer(strdup($0.0)) }
        var values = keywords.map { UnsafePointer(strdup($0.1)) }
        defer {
            for text in names + values { free(UnsafeMutablePointer(mutating: text)) }
        }
        names.append(nil)
        values.append(nil)
        guard let pointer = PQconnectdbParams(names, values, 1) else {
            throw PostgresError(.outOfMemory, message: "no memory for a connection")
        }
        self.pointer = pointer
        guard PQstatus(pointer) == CONNECTION_OK else {
            let text = lastMessage
            throw PostgresError(
                .cannotConnect,
                message: info.isSafe(text) ? text : "the database cannot be reached")
        }
        // Without this libpq prints notices to the standard error. It calls it within calls of this type's.
        PQsetNoticeReceiver(
            pointer,
            { handle, notice in
                guard let handle, let notice else { return }
                Unmanaged<ConnectionHandle>.fromOpaque(handle).takeUnretainedValue()
                    .noticed(
                        PostgresResult.severity(of: notice), PostgresResult.state(of: notice))
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        PQfinish(pointer)
    }

    private func noticed(_ severity: String?, _ state: SQLState?) {
        switch severity {
        // A server that ends warns of that, too, and may have answered before.
        case "WARNING": if state?.isOfEndOfServer != true { hasWarned = true }
        // What a server says unasked for is a notice to libpq, be it that it ends the connection.
        case "FATAL", "PANIC": isBroken = true
        default: break
        }
    }

    var isAlive: Bool { !isBroken && PQstatus(pointer) == CONNECTION_OK }
    /// No transaction is open and the connection works.
    var isIdle: Bool { isAlive && PQtransactionStatus(pointer) == PQTRANS_IDLE }
    var lastMessage: String { String(cString: PQerrorMessage(pointer)) }

    /// What follows on a connection that is out of step could be answered with what is another's.
    private func requireWhole() throws(PostgresError) {
        guard !isBroken else {
            throw PostgresError(.connectionLost, message: "the connection was given up")
        }
    }

    /// Whether the server has ended the connection while it was idle: reads what came meanwhile, and waits for nothing.
    func hasEnded() -> Bool {
        var arrival = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
        repeat {
            // Looks at what was read.
            _ = PQisBusy(pointer)
        } while isAlive && poll(&arrival, 1, 0) > 0 && PQconsumeInput(pointer) == 1
        return !isAlive
    }

    /// Turns what a libpq call returned into a result that completed, or throws what it says.
    func checked(_ pointer: OpaquePointer?) throws(PostgresError) -> PostgresResult {
        guard let pointer else {
            throw PostgresError(
                isAlive ? .outOfMemory : .connectionLost, message: lastMessage)
        }
        let result = PostgresResult(pointer)
        if result.outcome == .failed {
            throw result.error(isConnectionAlive: isAlive)
        }
        return result
    }

    /// Runs statements without parameters, several separated by `;` if need be.
    @discardableResult
    func execute(_ sql: String) throws(PostgresError) -> PostgresResult {
        try requireWhole()
        hasWarned = false
        return try checked(PQexec(pointer, sql))
    }

    /// Prepares `sql` as `name` and returns the types that the server inferred for its parameters.
    func prepare(_ sql: String, as name: String) throws(PostgresError) -> [UInt32] {
        _ = try checked(PQprepare(pointer, name, sql, 0, nil))
        let description = try checked(PQdescribePrepared(pointer, name))
        return (0..<PQnparams(description.pointer)).map {
            PQparamtype(description.pointer, $0)
        }
    }

    /// Runs a prepared statement; results come in binary form.
    func execute(
        prepared name: String, _ parameters: PostgresParameters
    ) throws(PostgresError) -> PostgresResult {
        try requireWhole()
        let answer = parameters.withPointers { count, values, lengths, formats in
            PQexecPrepared(pointer, name, count, values, lengths, formats, 1)
        }
        return try checked(answer)
    }

    /// Runs statements one after another in one round trip. After one that fails none runs.
    /// - Returns: Their answers, in order; fewer where the connection was lost, and then one of them says why. The
    ///   connection is not alive then, nor where it stayed in pipeline mode.
    func pipeline(_ statements: [PipelinedStatement]) throws(PostgresError) -> [PostgresResult] {
        try requireWhole()
        do throws(PostgresError) {
            return try pipelined(statements)
        } catch {
            isBroken = true
            throw error
        }
    }

    private func pipelined(
        _ statements: [PipelinedStatement]
    ) throws(PostgresError) -> [PostgresResult] {
        var isSent = PQenterPipelineMode(pointer) == 1
        for statement in statements where isSent { isSent = send(statement) }
        guard isSent, PQpipelineSync(pointer) == 1 else {
            // What cannot be sent at all can be sent no better the next time.
            throw PostgresError(
                isAlive ? .protocolViolation : .connectionLost, message: lastMessage)
        }
        var answers: [PostgresResult] = []
        for _ in statements {
            // What is read before an answer is of its statement.
            hasWarned = false
            guard let answer = PQgetResult(pointer) else { break }
            answers.append(PostgresResult(answer))
            // The end of its answer.
            while let further = PQgetResult(pointer) { PQclear(further) }
        }
        let isWhole = answers.count == statements.count
        if isWhole, let end = PQgetResult(pointer).map(PostgresResult.init), end.isPipelineEnd,
            PQexitPipelineMode(pointer) == 1
        {
            return answers
        }
        // A server that ends sends its last words, and the end of the connection behind them: what it answered
        // before counts, be it why a statement failed or that COMMIT took effect.
        guard isWhole || answers.contains(where: { $0.outcome == .failed }) else {
            throw isAlive
                ? PostgresError(.protocolViolation, message: "the end of a pipeline is missing")
                : PostgresError(.connectionLost, message: lastMessage)
        }
        isBroken = true
        return answers
    }

    private func send(_ statement: PipelinedStatement) -> Bool {
        switch statement {
        case .command(let sql):
            PQsendQueryParams(pointer, sql, 0, nil, nil, nil, nil, 1) == 1
        case .prepared(let statement):
            statement.parameters.withPointers { count, values, lengths, formats in
                PQsendQueryPrepared(
                    pointer, statement.name, count, values, lengths, formats, 1) == 1
            }
        }
    }

    /// Sends `data` to a `COPY … FROM STDIN` and returns the number of rows taken.
    func copy(_ sql: String, _ data: [UInt8]) throws(PostgresError) -> Int {
        guard try execute(sql).outcome == .copyIn else {
            throw PostgresError(.protocolViolation, message: "not a COPY from the client")
        }
        // One message per 64 KiB: the server reads a message whole before it looks at it.
        let isSent = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 65_536).allSatisfy { start in
                let count = min(65_536, bytes.count - start)
                let chunk = bytes.baseAddress.map { $0 + start }
                return PQputCopyData(
                    pointer, chunk?.assumingMemoryBound(to: CChar.self), Int32(count)) == 1
            }
        }
        guard isSent, PQputCopyEnd(pointer, nil) == 1 else {
            throw PostgresError(.connectionLost, message: lastMessage)
        }
        var failure: PostgresError?
        var rows = 0
        while let answer = PQgetResult(pointer) {
            let result = PostgresResult(answer)
            if result.outcome == .failed {
                failure = failure ?? result.error(isConnectionAlive: isAlive)
            } else {
                rows = result.affectedRows
            }
        }
        if let failure { throw failure }
        return rows
    }
}
