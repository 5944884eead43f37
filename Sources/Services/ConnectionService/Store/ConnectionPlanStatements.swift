import Domain
import Postgres
import ServiceRuntime

/// How many connections an organization's plan allows; nobody else makes one until the transaction
/// ends.
struct LockConnectionPlan: PostgresStatement {
    struct Row: Sendable {
        /// Nil where the plan says nothing.
        let connectionsMax: Int?
    }

    static let sql = "SELECT connections_max FROM organizations WHERE id = $1 FOR NO KEY UPDATE"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(connectionsMax: try row.optionalInt(0))
    }
}

/// How many connections an organization's plan allows, for who changes nothing.
struct SelectConnectionsMax: PostgresStatement {
    static let sql = "SELECT connections_max FROM organizations WHERE id = $1"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> LockConnectionPlan.Row {
        try LockConnectionPlan.decode(row)
    }
}

/// How many connections an organization has that are not deleted.
struct CountConnections: PostgresStatement {
    static let sql = """
        SELECT count(*) FROM connections WHERE org_id = $1 AND deleted_at IS NULL
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Int {
        try row.int(0)
    }
}
