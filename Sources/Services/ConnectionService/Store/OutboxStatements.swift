package import Core
package import Domain
package import Postgres
import ServiceRuntime

/// Leaves word that a connection's first figures are there, once all of its reports were read to the present;
/// whoever connected the account waits for it. Told before, it does nothing.
///
/// It runs after `RefreshConnection`, in the transaction of the last page.
package struct AnnounceFirstPull: PostgresStatement {
    package typealias Row = Void

    // 2: healthy.
    package static let sql = """
        INSERT INTO outbox_events (org_id, id, kind, subject_id, created_at)
        SELECT org_id, $3, 'connection.first_pull', id, $4
        FROM connections WHERE org_id = $1 AND id = $2 AND health = 2
        ON CONFLICT (org_id, kind, subject_id) DO NOTHING
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    /// Of the event.
    package let id: UUIDv7
    package let at: Instant

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, id: UUIDv7, at: Instant
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.id = id
        self.at = at
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(PostgresUUID(high: id.bytes.high, low: id.bytes.low))
        bindings.append(at)
    }
}
