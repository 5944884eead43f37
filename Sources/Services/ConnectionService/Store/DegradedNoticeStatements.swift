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

/// Lets the next trouble of a connection be news where all reports that are pulled of it are well again, lists of names
/// and activity, too: operators were perhaps told of those. No row where they were not told, or something is
/// still broken.
///
/// It runs after `LockConnection`, as a statement of its own, as `RefreshConnection` does.
package struct ForgetToldDegraded: PostgresStatement {
    package static let sql = """
        UPDATE connections AS c SET told_degraded_at = NULL
        WHERE c.org_id = $1 AND c.id = $2 AND c.told_degraded_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM connection_checkpoints AS k
            WHERE k.org_id = $1 AND k.connection_id = $2 AND k.health IN (3, 4)
                AND c.record_of & CASE split_part(k.stream, '/', 1)
                    WHEN 'costs' THEN 1 ELSE 2 END <> 0)
        RETURNING c.id
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

    package static func decode(_ row: PostgresRow) throws -> ConnectionID {
        ConnectionID(try row.uuid(0))
    }
}

/// Lets the next trouble of a connection be news, whatever was told before: somebody gave it another key, or had it
/// rest.
struct StartTellingAnew: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections SET told_degraded_at = NULL
        WHERE org_id = $1 AND id = $2 AND told_degraded_at IS NOT NULL
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }
}
