import Domain
import Postgres
import ServiceRuntime

/// Whether an organization has any budget.
struct SelectWhetherBudgetsAreThere: PostgresStatement {
    static let sql = "SELECT EXISTS (SELECT FROM budgets WHERE org_id = $1)"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Bool {
        try row.bool(0)
    }
}
