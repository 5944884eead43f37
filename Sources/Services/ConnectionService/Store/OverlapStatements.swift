import Domain
import Postgres
import ServiceRuntime

/// Other connections that read the same account, and of it something of the same: what both are the
/// record of would count twice.
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
