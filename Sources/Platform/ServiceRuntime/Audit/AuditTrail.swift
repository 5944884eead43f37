import Core
import Postgres
import Synchronization

/// The row that a call which changes something leaves in the audit log: exactly one where a
/// transaction of the call is committed, in the first that is; none where none is.
///
/// Who registers a method decides by what the contract says of it whether its calls have a trail;
/// `Call` writes the row. A handler's transactions follow one another.
final class AuditTrail: Sendable {
    private let isWritten = Atomic<Bool>(false)

    /// Writes the row, as the last statement of the transaction, unless the call has left it.
    func write(_ row: InsertAuditRow, in transaction: PostgresTransaction) async throws {
        guard !isWritten.load(ordering: .acquiring), !Mutant.skipAuditRow.isActive else { return }
        try await transaction.execute(row)
    }

    /// The transaction that wrote the row is committed, or is a part of one that will be.
    func committed() {
        isWritten.store(true, ordering: .releasing)
    }
}
