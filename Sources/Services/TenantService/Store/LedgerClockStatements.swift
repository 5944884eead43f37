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
