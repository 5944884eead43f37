import Core
import Domain
import Postgres

/// Of which days of UTC each connection has told usage of its provider's, by the roll-ups of a span.
struct SelectDaysOfUsage: PostgresStatement {
    struct Row: Sendable {
        let connection: ConnectionID
        let day: Instant
    }

    let organization: PostgresUUID
    /// Beginning and end, of days of UTC.
    let from: Instant
    let through: Instant

    static let sql = """
        SELECT DISTINCT d.connection_id, r.day_start
        FROM (
            SELECT m.day_start, m.dimension_set_id FROM usage_rollups_daily AS m
            WHERE m.org_id = $1 AND m.kind = $4 AND m.day_start >= $2 AND m.day_start < $3
            UNION
            SELECT date_bin('1 day', u.bucket_start, '1970-01-01 00:00+00'), u.dimension_set_id
            FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.kind = $4 AND u.bucket_start >= $2 AND u.bucket_start < $3
                AND u.last_bucket_start >= $2 AND u.first_bucket_start < $3) AS r
        JOIN dimension_sets AS d ON d.org_id = $1 AND d.id = r.dimension_set_id
        WHERE d.connection_id IS NOT NULL
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(from)
        bindings.append(through)
        bindings.append(Int(RollupRow.Kind.providerUsage.rawValue))
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let id = try row.uuid(0)
        return Row(
            connection: ConnectionID(UUIDv7(high: id.high, low: id.low)), day: try row.instant(1))
    }
}
