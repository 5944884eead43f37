import Core
import Postgres

/// A statement that can break constraints, or meet guards, which callers must hear of.
protocol ConstrainedStatement: PostgresStatement {
    /// What to say, by the constraint's name, or by the hint that a guard gives.
    static var reasons: [String: ServiceError] { get }
}

extension PostgresTransaction {
    /// Runs a statement; a constraint that it breaks becomes the error that it gives for it.
    func insert<Statement: ConstrainedStatement>(_ statement: Statement) async throws {
        do {
            try await execute(statement)
        } catch let error as PostgresError {
            guard let name = error.constraint ?? error.hint,
                var known = Statement.reasons[name]
            else { throw error }
            known.cause = error
            throw known
        }
    }
}
