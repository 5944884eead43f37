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
            SELECT name FROM (VALUES (\(name))) AS v (name) WHERE name IS NOT NULL
            ORDER BY 1)
        WHERE org_id = $1 AND id = $2
        """

    // As the ledger names them. The key only where nothing else tells the account: connections that have it later
    // are told apart by their accounts.
    private static let name =
        "coalesce('account/' || account_id, 'key/' || encode(key_index, 'hex'))"

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }
}
