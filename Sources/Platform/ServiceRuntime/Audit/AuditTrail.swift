import Core
import Encryption
import Logging
import Postgres
import Synchronization

/// What a call that changes something leaves in the audit log: a row for each object that its
/// committed transactions changed, and one row if they changed none; nothing where none is committed.
///
/// Who registers a method decides by what the contract says of it whether its calls have a trail;
/// handlers say what they change, and `Call` writes the rows. A handler's transactions follow one
/// another.
final class AuditTrail: Sendable {
    private struct State {
        var changes: [AuditChange] = []
        var hasWritten = false
    }

    /// Seals the end of the log.
    let key: KeyedHash
    private let logger: Logger
    private let state = Mutex(State())

    init(key: KeyedHash, logger: Logger) {
        self.key = key
        self.logger = logger
    }

    /// A transaction begins, or begins again: what it noted before did not happen.
    func transactionBegan() {
        state.withLock { $0.changes = [] }
    }

    func note(_ change: AuditChange) {
        state.withLock { $0.changes.append(change) }
    }

    /// Writes the rows, as the last statements of the transaction, so that nobody waits long for the
    /// end of the chain.
    func write(by writer: AuditWriter, in transaction: PostgresTransaction) async throws {
        let (changes, hasWritten) = state.withLock { ($0.changes, $0.hasWritten) }
        guard !changes.isEmpty || !hasWritten, !Mutant.skipAuditRow.isActive else { return }
        if try await !writer.write(changes, in: transaction) {
            logger.error("The end of the audit log is not the one that was sealed.")
        }
    }

    /// Writes a row for each change to a second log, which names the object and says no more of it: it
    /// outlives the organization, whose names and settings are to go with it. None where nothing was
    /// changed.
    func report(by writer: AuditWriter, in transaction: PostgresTransaction) async throws {
        let changes = try state.withLock { state in
            try state.changes.map { try AuditChange($0.object, $0.id, before: nil, after: nil) }
        }
        guard !changes.isEmpty, !Mutant.skipAuditRow.isActive else { return }
        if try await !writer.write(changes, in: transaction) {
            logger.error("The end of the operators' audit log is not the one that was sealed.")
        }
    }

    /// The transaction that wrote the rows is committed, or is a part of one that will be.
    func committed() {
        state.withLock { $0.hasWritten = true }
    }
}
