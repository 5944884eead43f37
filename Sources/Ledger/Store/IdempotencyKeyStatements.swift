import Core
import Postgres

/// Records the keys of the batch that are new; answers with their entry ids. Of two with the same key
/// the first of the batch wins.
struct InsertIdempotencyKeys: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        INSERT INTO idempotency_keys
            (org_id, source, event_id, content_hash, entry_id, event_time)
        SELECT $1, b.source, b.event_id, sha256(b.content), b.entry_id, b.event_time
        FROM pg_temp.batch_keys b
        ORDER BY b.source, b.event_id, b.entry_id
        ON CONFLICT DO NOTHING
        RETURNING entry_id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}

/// What is known of the batch's keys that were there before it.
struct SelectKnownKeys: PostgresStatement {
    struct Row: Sendable {
        /// The entry that the batch would have made.
        let proposedEntryID: Int64
        let entryID: Int64
        let isSameContent: Bool
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT b.entry_id, k.entry_id, k.content_hash = sha256(b.content)
        FROM pg_temp.batch_keys b
        JOIN idempotency_keys k
            ON k.org_id = $1 AND k.source = b.source AND k.event_id = b.event_id
        WHERE k.entry_id <> b.entry_id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            proposedEntryID: try row.int64(0), entryID: try row.int64(1),
            isSameContent: try row.bool(2))
    }
}

/// Takes over the content of report rows that changed. An event's content never changes.
struct UpdateKeyContents: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    /// Entries that the batch would have made.
    let proposedEntryIDs: [Int64]

    static let sql = """
        UPDATE idempotency_keys k SET content_hash = sha256(b.content)
        FROM pg_temp.batch_keys b
        WHERE k.org_id = $1 AND k.source = b.source AND k.event_id = b.event_id
            AND b.entry_id = ANY ($2::bigint[])
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(proposedEntryIDs)
    }
}
