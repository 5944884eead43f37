import Core
import Domain
import Postgres

/// How far each connection of an organization was read.
struct SelectConnectionReadings: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        SELECT c.id, c.display_name, u.through, k.through, c.last_success_at,
            c.record_of & 1 <> 0, c.record_of & 2 <> 0, c.deleted_at IS NOT NULL
        FROM connections c
        LEFT JOIN connection_checkpoints u
            ON u.org_id = c.org_id AND u.connection_id = c.id AND u.stream = 'usage'
        LEFT JOIN connection_checkpoints k
            ON k.org_id = c.org_id AND k.connection_id = c.id AND k.stream = 'costs'
        WHERE c.org_id = $1
        ORDER BY c.display_name
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionReading {
        let id = try row.uuid(0)
        return ConnectionReading(
            id: ConnectionID(UUIDv7(high: id.high, low: id.low)), displayName: try row.string(1),
            usageThrough: try row.optionalInstant(2), costsThrough: try row.optionalInstant(3),
            lastReadAt: try row.optionalInstant(4), isRecordOfBilling: try row.bool(5),
            isRecordOfAttribution: try row.bool(6), isDeleted: try row.bool(7))
    }
}
