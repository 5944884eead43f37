import API
import Core
import Domain
import Postgres
import ServiceRuntime

/// What a summary needs to know of each connection that a selection shows: a narrow row of each.
struct SelectConnectionTallies: PostgresStatement {
    static let sql = """
        SELECT f.id, f.provider, h.shown_health, f.last_success_at, f.record_of, (
                SELECT count(*) FROM connection_checkpoints AS k
                WHERE k.org_id = $1 AND k.connection_id = f.id AND k.health IN (3, 4)
                    AND f.record_of & CASE split_part(k.stream, '/', 1)
                        WHEN 'costs' THEN 1 ELSE 2 END <> 0) AS failing
        FROM (SELECT * FROM connections AS c WHERE c.org_id = $1) AS f
        \(ConnectionPasses.sql)
        """

    private let passes: ConnectionPasses

    init(organizationID: OrganizationID, selection: ConnectionSelection, now: Instant) throws {
        passes = try ConnectionPasses(
            organizationID: organizationID, selection: selection, now: now)
    }

    func bind(into bindings: inout PostgresBindings) { passes.bind(into: &bindings) }

    static func decode(_ row: PostgresRow) throws -> ConnectionTally {
        guard let provider = ConnectedProvider(rawValue: try row.string(1)),
            let recordOf = RecordKind(rawValue: Int16(clamping: try row.int64(4)))
        else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN", "a stored connection has an unknown value")
        }
        return ConnectionTally(
            id: ConnectionID(try row.uuid(0)), provider: provider,
            health: ConnectionHealth(rawValue: Int32(clamping: try row.int64(2))),
            lastSuccessAt: try row.optionalInstant(3), recordOf: recordOf,
            failingReports: try row.int(5))
    }
}
