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

/// Remembers with which others a connection reads the same account, before what tells it is replaced or destroyed.
/// Call it under the connection's lock.
///
/// What was read stays, and so must what decides whose of it counts.
struct RememberAccount: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections AS c SET same_account_as = ARRAY(
            SELECT unnest(c.same_account_as)
            UNION
            SELECT o.id FROM connections AS o
            WHERE o.org_id = $1 AND o.provider = c.provider AND o.id <> c.id
                AND (o.account_id = c.account_id OR o.key_index = c.key_index)
            ORDER BY 1)
        WHERE c.org_id = $1 AND c.id = $2
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }
}
