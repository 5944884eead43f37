internal import CLibPQ

/// Owner of one `PGresult`.
final class PostgresResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var rowCount: Int { Int(PQntuples(pointer)) }

    /// Rows that the statement changed or returned, as the server counts them.
    var affectedRows: Int {
        PQcmdTuples(pointer).map { Int(String(cString: $0)) ?? 0 } ?? 0
    }

    /// What the server did, such as `COMMIT` or `INSERT 0 1`.
    var commandTag: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    /// Whether all statements of a pipeline were answered.
    var isPipelineEnd: Bool { PQresultStatus(pointer) == PGRES_PIPELINE_SYNC }

    var outcome: Outcome {
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: .completed
        case PGRES_COPY_IN: .copyIn
        default: .failed
        }
    }

    enum Outcome {
        case completed
        case copyIn
        case failed
    }

    /// The error that the result carries.
    func error(isConnectionAlive: Bool) -> PostgresError {
        let message = field("M") ?? "no answer from the server"
        guard let code = field("C") else {
            let state: SQLState = isConnectionAlive ? .protocolViolation : .connectionLost
            return PostgresError(state, message: message)
        }
        var state = SQLState(rawValue: code)
        if endsConnection, !state.isUnavailable, !state.isTransient { state = .connectionLost }
        return PostgresError(
            state, constraint: field("n"), table: field("t"),
            hint: field("H"), message: message)
    }

    /// `WARNING`, `NOTICE` and so on, in every language of the server.
    static func severity(of notice: OpaquePointer) -> String? {
        PQresultErrorField(notice, Int32(UnicodeScalar("V").value)).map { String(cString: $0) }
    }

    static func state(of notice: OpaquePointer) -> SQLState? {
        PQresultErrorField(notice, Int32(UnicodeScalar("C").value)).map {
            SQLState(rawValue: String(cString: $0))
        }
    }

    /// Whether they are the last words of a server, or of a proxy that lost its own: whatever they are, the statement is not at
    /// fault, and may succeed on another connection.
    private var endsConnection: Bool {
        let severity = Self.severity(of: pointer)
        return severity == "FATAL" || severity == "PANIC"
    }

    /// - Parameter code: one of libpq's `PG_DIAG_…`, which are single letters.
    private func field(_ code: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, Int32(code.value)).map { String(cString: $0) }
    }
}
