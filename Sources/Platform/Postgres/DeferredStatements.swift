internal import Synchronization

/// What of a connection's transaction is not sent yet, since nobody waits for its answer: what begins it, and
/// statements that are sent with the next one, or with COMMIT, in one round trip.
final class DeferredStatements: Sendable {
    /// Binds and prepares one, on the connection's thread.
    typealias Prepare = @Sendable (isolated PostgresConnection) throws -> ReadyStatement

    private struct State {
        /// Counts transactions, so that one that has ended cannot reach into the next.
        var lastTransaction: UInt64 = 0
        var isUnderway = false
        var beginning: [String] = []
        var statements: [Prepare] = []
    }

    private let state = Mutex(State())

    /// A transaction begins that is begun on the server by these.
    /// - Returns: Its number.
    func began(by beginning: [String]) -> UInt64 {
        state.withLock { state in
            state = State(
                lastTransaction: state.lastTransaction + 1, isUnderway: true,
                beginning: beginning)
            return state.lastTransaction
        }
    }

    /// What was not sent is forgotten.
    func ended() {
        state.withLock { $0 = State(lastTransaction: $0.lastTransaction) }
    }

    func isUnderway(_ transaction: UInt64) -> Bool {
        state.withLock { $0.isUnderway && $0.lastTransaction == transaction }
    }

    /// Whether the server has not heard of the transaction.
    var isToBegin: Bool { state.withLock { !$0.beginning.isEmpty } }

    /// What begins the transaction; empty where that was taken before. The caller's to send then.
    func takenBeginning() -> [String] {
        state.withLock { state in
            defer { state.beginning = [] }
            return state.beginning
        }
    }

    func add(_ statement: @escaping Prepare, of transaction: UInt64) throws(PostgresError) {
        let isUnderway = state.withLock { state in
            guard state.isUnderway, state.lastTransaction == transaction else { return false }
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

/// One of the statements that are sent together.
enum PipelinedStatement {
    /// Without parameters.
    case command(String)
    case prepared(ReadyStatement)
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
