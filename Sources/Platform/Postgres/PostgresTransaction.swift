/// An open transaction: the only way to run statements.
///
/// The server begins it with the first of them, so that its time, too, is of that instant.
/// Statements of one transaction run one after another on its connection. A cancelled task cancels
/// the statement on the server. Once the transaction has ended, each call fails.
package struct PostgresTransaction: Sendable {
    private let connection: PostgresConnection
    private let number: UInt64

    init(connection: PostgresConnection, number: UInt64) {
        self.connection = connection
        self.number = number
    }

    /// Runs a statement and returns its rows.
    /// - Throws: `PostgresError`; `CancellationError` where the task was cancelled.
    package func run<S: PostgresStatement>(_ statement: S) async throws -> [S.Row] {
        try await connection.cancellation.withTicket { ticket in
            try await connection.run(statement, transaction: number, ticket: ticket)
        }
    }

    /// Runs a statement and returns its first row, if it has any.
    package func first<S: PostgresStatement>(_ statement: S) async throws -> S.Row? {
        try await run(statement).first
    }

    /// Runs a statement and returns how many rows it returned, whatever they say.
    package func count<S: PostgresStatement>(_ statement: S) async throws -> Int
    where S.Row == Void {
        try await connection.cancellation.withTicket { ticket in
            try await connection.returnedRows(statement, transaction: number, ticket: ticket)
        }
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// After `INSERT … SELECT … ON CONFLICT DO NOTHING` `count` the rows of `RETURNING` instead:
    /// Citus counts those that were skipped, too.
    @discardableResult
    package func execute<S: PostgresStatement>(_ statement: S) async throws -> Int {
        try await connection.cancellation.withTicket { ticket in
            try await connection.affectedRows(statement, transaction: number, ticket: ticket)
        }
    }

    /// Runs a statement whose answer nobody needs, together with the transaction's next one or with its COMMIT:
    /// one round trip less. What it fails by, that one throws, and what cancels that one cancels it.
    /// - Throws: `PostgresError` where the transaction has ended.
    package func executeLater<S: PostgresStatement>(_ statement: S) throws {
        try connection.deferred.add({ try $0.ready(statement) }, of: number)
    }

    /// Copies rows into a temporary table; row security refuses `COPY` into others.
    /// - Parameters:
    ///   - table: plain lower-case name of a table of this session.
    ///   - columns: plain lower-case names, in the order of each row's fields.
    /// - Returns: how many rows were copied.
    @discardableResult
    package func copy(
        intoTable table: String, columns: [String], rows: PostgresCopyRows
    ) async throws -> Int {
        guard ([table] + columns).allSatisfy(TransactionOptions.isPlainIdentifier) else {
            throw PostgresError(.invalidParameter, message: "not the name of a table or column")
        }
        let sql = """
            COPY pg_temp.\(table) (\(columns.joined(separator: ", "))) \
            FROM STDIN (FORMAT binary)
            """
        return try await connection.cancellation.withTicket { ticket in
            try await connection.copy(sql, rows, transaction: number, ticket: ticket)
        }
    }

    /// Runs statements without parameters that steer the transaction, behind what was deferred.
    /// - Returns: Whether a deferred statement could not be sent, for `undo`.
    @discardableResult
    func control(_ sql: String) async throws -> Bool {
        try await connection.cancellation.withTicket { ticket in
            try await connection.control(sql, transaction: number, ticket: ticket)
        }
    }

    /// Undoes a part, with what it left to be sent.
    func undo(_ sql: String, hadLostStatements: Bool) async throws {
        try await connection.undo(
            sql, transaction: number, hadLostStatements: hadLostStatements)
    }
}
