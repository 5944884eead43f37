import Core
import Postgres

/// Locks the organization's clock until the transaction ends: one writer at a time.
///
/// It is the first lock of every writer, so writers of one organization cannot deadlock.
struct LockLedgerClock: PostgresStatement {
    struct Row: Sendable {
        let lastEntryID: Int64
        /// Nil before the first entry.
        let lastRecordedAt: Instant?
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT last_entry_id, nullif(last_recorded_at, '-infinity') FROM ledger_clocks
        WHERE org_id = $1
        FOR UPDATE
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(lastEntryID: try row.int64(0), lastRecordedAt: try row.optionalInstant(1))
    }
}

/// Moves the locked clock on.
struct AdvanceLedgerClock: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let lastEntryID: Int64
    let lastRecordedAt: Instant

    static let sql = """
        UPDATE ledger_clocks SET last_entry_id = $2, last_recorded_at = $3
        WHERE org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(lastEntryID)
        bindings.append(lastRecordedAt)
    }
}
