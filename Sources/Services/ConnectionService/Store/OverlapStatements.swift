import Domain
import Postgres
import ServiceRuntime

/// Other connections that read the same account, and of it something of the same: of a day that both read, one
/// counts.
struct SelectOverlaps: PostgresStatement {
    static let sql = """
        SELECT id FROM connections
        WHERE org_id = $1 AND provider = $2 AND deleted_at IS NULL
            AND (account_id = $3 OR key_index = $4) AND record_of & $5::int <> 0
            AND id IS DISTINCT FROM $6::uuid
        ORDER BY id
        LIMIT 100
        """

    let organizationID: OrganizationID
    let provider: ConnectedProvider
    let accountID: String?
    let keyIndex: [UInt8]?
    let record: RecordKind
    let except: ConnectionID?

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(provider.rawValue)
        bindings.append(accountID)
        bindings.append(keyIndex)
        bindings.append(Int(record.rawValue))
        bindings.append(except?.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionID { ConnectionID(try row.uuid(0)) }
}

/// Remembers whose account a connection reads, before what tells it is replaced or destroyed. Call it under
/// the connection's lock.
///
/// What was read stays, and so must what decides whose of it counts: also of connections that do not yet exist.
struct RememberAccount: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections SET former_identities = ARRAY(
            SELECT unnest(former_identities)
            UNION
            SELECT name FROM (VALUES ('account/' || account_id),
                (CASE WHEN $3 OR account_id IS NULL THEN 'key/' || encode(key_index, 'hex') END))
                AS v (name)
            WHERE name IS NOT NULL
            ORDER BY 1)
        WHERE org_id = $1 AND id = $2
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    /// Whether the connection ends: then its key is remembered, too. A connection that gets another key may get
    /// another account with it, of which the old key then seemed to be.
    let isLast: Bool

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(isLast)
    }
}
