import Core
import Postgres
import RPC
import Synchronization

/// The transaction of a whole call that carries an idempotency key, attached to it, which the transactions of its handler become parts of.
final class JoinedTransaction: Sendable {
    private let transaction: PostgresTransaction
    private let isBusy = Atomic<Bool>(false)

    init(_ transaction: PostgresTransaction) {
        self.transaction = transaction
    }

    /// Runs `body` as a part that is undone by itself when it throws, so that a handler may catch
    /// the error and go on, as it may without a transaction around it.
    /// - Throws: `TRANSACTIONS_OVERLAP` where a part runs already: two would undo each other's work.
    func run<R: Sendable>(
        _ options: TransactionOptions,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        guard !isBusy.exchange(true, ordering: .acquiring) else {
            throw ServiceError(
                .internal, "TRANSACTIONS_OVERLAP", "a call ran two transactions at the same time")
        }
        defer { isBusy.store(false, ordering: .releasing) }
        return try await transaction.nested(options, body)
    }
}
