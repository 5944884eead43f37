/// A connection outside of the pool and of any transaction, for administration and tests.
///
/// Services never use it: it fixes neither role nor organization.
package struct PostgresSession: Sendable {
    private let connection: PostgresConnection

    package static func open(_ configuration: PostgresConfiguration) async throws -> Self {
        let connection = try PostgresConnection()
        try await connection.open(configuration)
        return Self(connection: connection)
    }

    /// Runs statements without parameters, several separated by `;` if need be.
    package func execute(_ sql: String) async throws {
        try await connection.script(sql)
    }

    /// Runs one statement and returns its rows, each column as text.
    package func texts(_ sql: String) async throws -> [[String?]] {
        try await connection.texts(sql)
    }

    /// Lets the server parse and plan a statement's text against the schema, without running it.
    package func prepare(_ statement: any PostgresStatement.Type) async throws {
        try await connection.check(statement.sql)
    }

    package func close() async {
        await connection.close()
    }
}
