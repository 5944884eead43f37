import Synchronization

/// The round trips to the database that the server makes for calls, one call at a time, and how many rows each
/// statement finds.
final class WorkLog: Sendable {
    struct Statement: Hashable {
        let sql: String
        let rows: Int
    }

    private struct State {
        var done: [Statement] = []
        /// Of transactions that have not ended.
        var underway: [ObjectIdentifier: [Statement]] = [:]
    }

    private let state = Mutex(State())

    /// - Parameter connection: which one transaction after another runs on.
    func note(_ sql: String, rows: Int, on connection: ObjectIdentifier) {
        state.withLock { state in
            var statements = state.underway.removeValue(forKey: connection) ?? []
            statements.append(Statement(sql: sql, rows: rows))
            guard sql == "COMMIT" || sql == "ROLLBACK" else {
                state.underway[connection] = statements
                return
            }
            // Who calls is looked up as often as the last answer is a second old, whatever the call is.
            let rest = statements.filter { !Self.isOfDirectory($0.sql) }
            let isLookup =
                rest.count < statements.count && rest.allSatisfy { Self.borders.contains($0.sql) }
            if !isLookup { state.done += rest }
        }
    }

    private static let borders: Set = ["BEGIN", "COMMIT", "ROLLBACK"]

    private static func isOfDirectory(_ sql: String) -> Bool {
        sql.contains("token_directory") || sql.contains("destroyed_data_keys")
    }

    /// What was run since this was asked last, transaction by transaction.
    func take() -> [Statement] {
        state.withLock { state in
            defer { state.done = [] }
            return state.done
        }
    }
}
