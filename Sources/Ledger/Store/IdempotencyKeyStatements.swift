import Core
import Postgres

/// Records the keys that are new; answers with a row for each of them. No key may be given twice.
struct InsertIdempotencyKeys: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let keys: [EntryKey]
    let entryIDs: [Int64]
    let times: [Instant]

    static let sql = """
        INSERT INTO idempotency_keys (org_id, key_hash, content_hash, entry_id, event_time)
        SELECT $1, k.key_hash, k.content_hash, k.entry_id, k.event_time
        FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[])
            AS k (key_hash, content_hash, entry_id, event_time)
        ON CONFLICT DO NOTHING
        RETURNING entry_id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(keys.map(\.identity))
        bindings.append(keys.map(\.content))
        bindings.append(entryIDs)
        bindings.append(times)
    }
}

/// Records the keys where each of them is new, and answers whether that is so; else none is recorded. No key may
/// be given twice.
///
/// Takes the database little more than half of the time of `InsertIdempotencyKeys`, which looks for each key before it
/// records it, and confirms that it did.
struct InsertNewKeys: PostgresStatement {
    private let keys: InsertIdempotencyKeys

    init(of keys: InsertIdempotencyKeys) {
        self.keys = keys
    }

    static let sql = """
        SELECT tally.insert_new_keys($1, $2, $3, $4, $5)
        """

    func bind(into bindings: inout PostgresBindings) {
        keys.bind(into: &bindings)
    }

    static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}

/// Those of the keys that were there before the batch.
struct SelectKnownKeys: PostgresStatement {
    struct Row: Sendable {
        let key: EntryKey
        let entryID: Int64
        let time: Instant
    }

    let organization: PostgresUUID
    let identities: [PostgresUUID]
    /// The first entry of the batch.
    let firstEntryID: Int64

    static let sql = """
        SELECT k.key_hash, k.content_hash, k.entry_id, k.event_time
        FROM idempotency_keys AS k
        WHERE k.org_id = $1 AND k.key_hash = ANY ($2::uuid[]) AND k.entry_id < $3
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(identities)
        bindings.append(firstEntryID)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            key: EntryKey(identity: try row.uuid(0), content: try row.uuid(1)),
            entryID: try row.int64(2), time: try row.instant(3))
    }
}

/// Takes over the content of report rows that changed, and whose events count of calls. An event's content never
/// changes. Keys are locked in their order, as by whoever removes some.
struct UpdateKeyContents: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let keys: [EntryKey]

    static let sql = """
        WITH locked AS MATERIALIZED (
            SELECT k.key_hash, n.content_hash
            FROM unnest($2::uuid[], $3::uuid[]) AS n (key_hash, content_hash)
            JOIN idempotency_keys AS k ON k.org_id = $1 AND k.key_hash = n.key_hash
            ORDER BY k.key_hash FOR NO KEY UPDATE OF k)
        UPDATE idempotency_keys AS k SET content_hash = l.content_hash
        FROM locked AS l
        WHERE k.org_id = $1 AND k.key_hash = l.key_hash
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(keys.map(\.identity))
        bindings.append(keys.map(\.content))
    }
}
