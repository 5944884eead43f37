import Core
import Domain
import Postgres
import ServiceRuntime

/// What providers called things at certain times, by the ids that stand in usage: three looks at an index for each, however
/// many names a thing had.
///
/// The name in force is the newest that was told before the time, by whichever connection. Of what was listed later only it
/// is the earliest, so that nothing that is told afterwards changes it; and where a worker of before told it, which kept
/// no names of before, that of now.
struct SelectProviderNames: PostgresStatement {
    struct Row: Sendable {
        /// Which of those that were asked for.
        let index: Int
        let connection: ConnectionID
        let sealedName: [UInt8]
        /// As it is stored.
        let storedID: String
    }

    static let sql = """
        SELECT asked.number - 1, name.connection_id, name.sealed_name, name.id
        FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[])
            WITH ORDINALITY AS asked (kind, id, key, ends_at, number)
        CROSS JOIN LATERAL (
            SELECT * FROM (
                (SELECT 1 AS turn, n.connection_id, n.id, n.sealed_name
                FROM provider_object_names AS n
                WHERE n.org_id = $1 AND n.kind = asked.kind
                    AND n.id = CASE asked.kind WHEN 'user' THEN asked.key ELSE asked.id END
                    AND n.seen_at < asked.ends_at
                ORDER BY n.seen_at DESC, n.connection_id DESC LIMIT 1)
                UNION ALL
                (SELECT 2, n.connection_id, n.id, n.sealed_name
                FROM provider_object_names AS n
                WHERE n.org_id = $1 AND n.kind = asked.kind
                    AND n.id = CASE asked.kind WHEN 'user' THEN asked.key ELSE asked.id END
                    AND n.seen_at >= asked.ends_at
                ORDER BY n.seen_at, n.connection_id LIMIT 1)
                UNION ALL
                (SELECT 3, o.connection_id, o.id, o.sealed_name
                FROM provider_objects AS o
                WHERE o.org_id = $1 AND o.kind = asked.kind
                    AND o.id IN (asked.id, asked.key) AND o.id_is_sealed = (o.id = asked.key)
                ORDER BY o.gone_at NULLS FIRST, o.last_seen_at DESC LIMIT 1)) AS known
            ORDER BY turn LIMIT 1) AS name
        """

    let organization: PostgresUUID
    let kinds: [String]
    let ids: [String]
    /// What stands in the place of the ids of users; empty for others.
    let keys: [String]
    let ends: [Instant]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(kinds)
        bindings.append(ids)
        bindings.append(keys)
        bindings.append(ends)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            index: try row.int(0), connection: ConnectionID(try row.uuid(1)),
            sealedName: try row.bytes(2), storedID: try row.string(3))
    }
}
