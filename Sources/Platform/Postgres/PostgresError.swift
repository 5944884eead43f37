/// What PostgreSQL, or the way to it, has against a statement.
///
/// `description` is safe to log: it has the code and the names of the schema, never a value.
/// `String(reflecting:)` adds the server's words, which may quote values.
package struct PostgresError: Error, Sendable {
    package let sqlState: SQLState
    /// Name of the constraint that was broken.
    package let constraint: String?
    /// Table that the server names.
    package let table: String?
    /// Hint of the server, or the reason a trigger gives. Written by migrations, so without values.
    package let hint: String?
    /// The server's own words; may quote values of the statement.
    package let message: String

    package init(
        _ sqlState: SQLState, constraint: String? = nil, table: String? = nil,
        hint: String? = nil, message: String
    ) {
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
        self.hint = hint
        self.message = message
    }

    /// Whether the statement broke the constraint of this name.
    package func breaks(_ constraint: String) -> Bool {
        self.constraint == constraint
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = "PostgreSQL \(sqlState)"
        if let constraint { text += " constraint \(constraint)" }
        if let table { text += " table \(table)" }
        return text
    }

    package var debugDescription: String { "\(description): \(message)" }
}
