package import Core
package import Domain
package import Postgres
import ServiceRuntime

/// Remembers that operators are told that a connection is degraded; no row where they were already.
package struct MarkToldDegraded: PostgresStatement {
    package static let sql = """
        UPDATE connections SET told_degraded_at = $3
        WHERE org_id = $1 AND id = $2 AND told_degraded_at IS NULL
        RETURNING id
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let at: Instant

    package init(organizationID: OrganizationID, connectionID: ConnectionID, at: Instant) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.at = at
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(at)
    }

    package static func decode(_ row: PostgresRow) throws -> ConnectionID {
        ConnectionID(try row.uuid(0))
    }
}

/// All reports of a connection are well again: the next trouble is news.
package struct ForgetToldDegraded: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE connections SET told_degraded_at = NULL
        WHERE org_id = $1 AND id = $2 AND told_degraded_at IS NOT NULL
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    package init(organizationID: OrganizationID, connectionID: ConnectionID) {
        self.organizationID = organizationID
        self.connectionID = connectionID
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }
}
