import Core
import Domain
import Postgres

/// How far each connection of an organization was read: as far as the report that was read least,
/// of all that are usage, and of all that are its bill.
struct SelectConnectionReadings: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        SELECT c.id, c.display_name, \(least("through", of: "usage")), \(least("through", of: "costs")),
            c.last_success_at, c.record_of & 1 <> 0, c.record_of & 2 <> 0,
            c.deleted_at IS NOT NULL, \(least("last_success_at", of: "usage")),
            \(least("last_success_at", of: "costs"))
        FROM connections c
        WHERE c.org_id = $1
        ORDER BY c.display_name
        """

    private static func least(_ column: String, of kind: String) -> String {
        """
        (SELECT CASE WHEN count(*) = count(p.\(column)) THEN min(p.\(column)) END
            FROM connection_checkpoints p
            WHERE p.org_id = c.org_id AND p.connection_id = c.id
                AND split_part(p.stream, '/', 1) = '\(kind)')
        """
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionReading {
        let id = try row.uuid(0)
        return ConnectionReading(
            id: ConnectionID(UUIDv7(high: id.high, low: id.low)), displayName: try row.string(1),
            usageThrough: try row.optionalInstant(2), costsThrough: try row.optionalInstant(3),
            usageReadAt: try row.optionalInstant(8), costsReadAt: try row.optionalInstant(9),
            lastReadAt: try row.optionalInstant(4), isRecordOfBilling: try row.bool(5),
            isRecordOfAttribution: try row.bool(6), isDeleted: try row.bool(7))
    }
}
