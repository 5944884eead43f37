import Core
import Domain
import Postgres

/// The rows of a connection's report that earlier reads recorded in a span, by time, dimension set
/// and currency.
struct SelectRecordedRows: PostgresStatement {
    struct Row: Sendable {
        let time: Instant
        let dimensionSetID: Int64
        let currency: Currency
    }

    let organization: PostgresUUID
    let connection: PostgresUUID
    let kind: RollupRow.Kind
    /// Of the report's rows, not of another one's.
    let source: String
    let from: Instant
    /// First instant behind the span.
    let through: Instant

    static let sql = """
        SELECT r.bucket_start, r.dimension_set_id, r.currency
        FROM (
            SELECT m.bucket_start, m.dimension_set_id, m.currency FROM usage_rollups AS m
            WHERE m.org_id = $1 AND m.kind = $3 AND m.bucket_start >= $4 AND m.bucket_start < $5
            UNION
            SELECT u.bucket_start, u.dimension_set_id, u.currency
            FROM unmerged_usage_rollups AS u
            WHERE u.org_id = $1 AND u.kind = $3 AND u.bucket_start >= $4 AND u.bucket_start < $5
                AND u.last_bucket_start >= $4 AND u.first_bucket_start < $5) AS r
        JOIN dimension_sets d ON d.id = r.dimension_set_id
        WHERE d.org_id = $1 AND d.connection_id = $2 AND d.source = $6
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(connection)
        bindings.append(Int(kind.rawValue))
        bindings.append(from)
        bindings.append(through)
        bindings.append(source)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            time: try row.instant(0), dimensionSetID: try row.int64(1),
            currency: try Currency(try row.string(2)))
    }
}
