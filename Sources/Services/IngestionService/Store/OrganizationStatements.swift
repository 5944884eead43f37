import Core
import Domain
import Postgres
import ServiceRuntime

/// Ids of the organization's connections.
struct SelectConnectionIDs: PostgresStatement {
    let organization: PostgresUUID

    static let sql = "SELECT id FROM connections WHERE org_id = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionID {
        ConnectionID(try row.uuid(0))
    }
}

/// How the organization cuts days and in what currency it reports.
struct SelectReportingRules: PostgresStatement {
    struct Row: Sendable {
        let zone: OrganizationZone
        let currency: Currency
    }

    let organization: PostgresUUID

    static let sql = "SELECT time_zone, reporting_currency FROM organizations WHERE id = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            zone: try OrganizationZone(try row.string(0)),
            currency: try Currency(try row.string(1)))
    }
}
