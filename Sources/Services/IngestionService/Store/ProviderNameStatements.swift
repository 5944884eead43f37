import Domain
import Postgres
import ServiceRuntime

/// What providers call things, by the ids that stand in usage. Of several accounts that name the same id,
/// one that still lists it is the one that counts.
struct SelectProviderNames: PostgresStatement {
    struct Row: Sendable {
        let kind: String
        let id: String
        let connection: ConnectionID
        let sealedName: [UInt8]
        /// As it is stored.
        let storedID: String
    }

    static let sql = """
        SELECT DISTINCT ON (o.kind, asked.id) o.kind, asked.id, o.connection_id, o.sealed_name, o.id
        FROM unnest($2::text[], $3::text[], $4::text[]) AS asked (kind, id, key)
        JOIN provider_objects o ON o.org_id = $1 AND o.kind = asked.kind
            AND o.id IN (asked.id, asked.key) AND o.id_is_sealed = (o.id = asked.key)
        ORDER BY o.kind, asked.id, o.gone_at NULLS FIRST, o.last_seen_at DESC
        """

    let organization: PostgresUUID
    let kinds: [String]
    let ids: [String]
    /// What stands in the place of the ids of users; empty for others.
    let keys: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(kinds)
        bindings.append(ids)
        bindings.append(keys)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            kind: try row.string(0), id: try row.string(1),
            connection: ConnectionID(try row.uuid(2)), sealedName: try row.bytes(3),
            storedID: try row.string(4))
    }
}
