/// One SQL statement as a type: its text, its values and its row.
///
/// The text is prepared once per connection and its parameters take the types that the server
/// infers; where it cannot infer one, the text says so (`$1::uuid`). `bind` appends a value for
/// `$1`, `$2`, … in order.
package protocol PostgresStatement: Sendable {
    associatedtype Row: Sendable

    static var sql: String { get }
    func bind(into bindings: inout PostgresBindings)
    static func decode(_ row: PostgresRow) throws -> Row
}

extension PostgresStatement where Row == Void {
    package static func decode(_ row: PostgresRow) {}
}

extension PostgresStatement {
    /// A statement without parameters.
    package func bind(into bindings: inout PostgresBindings) {}
}
