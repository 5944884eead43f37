import Domain
import Postgres
import ServiceRuntime

/// Stores what callers change of a connection. One that is deleted has no key any more: what was
/// sealed is overwritten.
struct UpdateConnectionSettings: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections
        SET display_name = $3, labels = $4::jsonb, record_of = $5, paused_at = $6,
            deleted_at = $7, revision = $8,
            sealed_key = CASE WHEN $7::timestamptz IS NULL THEN sealed_key ELSE '' END,
            key_index = CASE WHEN $7 IS NULL THEN key_index END
        WHERE org_id = $1 AND id = $2
        """

    let organizationID: OrganizationID
    let connection: ConnectionRecord
    /// The connection's, as they are stored.
    let labels: String

    init(organizationID: OrganizationID, connection: ConnectionRecord) throws {
        self.organizationID = organizationID
        self.connection = connection
        self.labels = try connection.labels.json
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connection.id.postgresUUID)
        bindings.append(connection.displayName)
        bindings.append(labels)
        bindings.append(Int(connection.recordOf.rawValue))
        bindings.append(connection.pausedAt)
        bindings.append(connection.deletedAt)
        bindings.append(connection.revision)
    }
}
