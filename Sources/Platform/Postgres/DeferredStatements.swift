internal import Synchronization

/// Statements of a connection's transaction whose answers nobody waits for: they are sent with the next one, or
/// with COMMIT, in one round trip.
final class DeferredStatements: Sendable {
    /// Binds and prepares one, on the connection's thread.
    typealias Prepare = @Sendable (isolated PostgresConnection) throws -> ReadyStatement

    private struct State {
        /// The one under way.
        var transaction: UInt64?
        var statements: [Prepare] = []
    }

    private let state = Mutex(State())

    func began(_ transaction: UInt64) {
        state.withLock { $0 = State(transaction: transaction) }
    }

    /// What was not sent is forgotten.
    func ended() {
        state.withLock { $0 = State() }
    }

    func add(_ statement: @escaping Prepare, of transaction: UInt64) throws(PostgresError) {
        let isUnderway = state.withLock { state in
            guard state.transaction == transaction else { return false }
            state.statements.append(statement)
            return true
        }
        guard isUnderway else { throw .transactionHasEnded }
    }

    var isEmpty: Bool { state.withLock { $0.statements.isEmpty } }

    /// In their order; they are the caller's to send then.
    func taken() -> [Prepare] {
        state.withLock { state in
            defer { state.statements = [] }
            return state.statements
        }
    }
}

/// A statement that is prepared on its connection, with its parameters.
struct ReadyStatement {
    /// The type that it is an instance of.
    let type: ObjectIdentifier
    let sql: String
    let name: String
    let parameters: PostgresParameters
}

extension PostgresError {
    static let transactionHasEnded = PostgresError(
        .noActiveTransaction, message: "the transaction has ended")
}
