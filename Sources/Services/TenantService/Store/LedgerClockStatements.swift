import Domain
import Postgres
import ServiceRuntime

/// Makes the row that the ledger's writers lock; an organization is born with it.
struct InsertLedgerClock: PostgresStatement {
    typealias Row = Void

    static let sql = "INSERT INTO ledger_clocks (org_id) VALUES ($1)"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}

/// The number of the ledger's last entry, or 0; nobody adds one until the transaction ends.
struct LockLedgerClock: PostgresStatement {
    static let sql = "SELECT last_entry_id FROM ledger_clocks WHERE org_id = $1 FOR UPDATE"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}
