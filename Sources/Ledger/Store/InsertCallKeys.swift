import Core
import Postgres

/// Records the calls that nobody told of before; answers with the entry of each. No call may be given twice.
struct InsertCallKeys: PostgresStatement {
    let organization: PostgresUUID
    /// The content is of the source.
    let keys: [EntryKey]
    let entryIDs: [Int64]
    let times: [Instant]

    static let sql = """
        INSERT INTO idempotency_keys
            (org_id, key_hash, content_hash, entry_id, event_time, of_call, tellers_are_known)
        SELECT $1, k.key_hash, k.content_hash, k.entry_id, k.event_time, true, true
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

    static func decode(_ row: PostgresRow) throws -> Int64 { try row.int64(0) }
}
