import Domain
import Postgres
import ServiceRuntime

/// What cuts an organization's days and months, and what its budgets are in.
struct OrganizationSettings: Sendable {
    let zone: OrganizationZone
    let currency: Currency
}

/// The caller's organization.
struct SelectOrganizationSettings: PostgresStatement {
    static let sql = """
        SELECT time_zone, reporting_currency
        FROM organizations
        WHERE id = $1
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationSettings {
        OrganizationSettings(
            zone: try OrganizationZone(try row.string(0)),
            currency: try Currency(try row.string(1)))
    }
}
