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
    let from: Instant
    /// First instant behind the span.
    let through: Instant

    static let sql = """
        SELECT r.bucket_start, r.dimension_set_id, r.currency
        FROM usage_rollups r
        JOIN dimension_sets d ON d.org_id = r.org_id AND d.id = r.dimension_set_id
        WHERE r.org_id = $1 AND d.org_id = $1 AND d.connection_id = $2 AND r.kind = $3
            AND r.bucket_start >= $4 AND r.bucket_start < $5
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(connection)
        bindings.append(Int(kind.rawValue))
        bindings.append(from)
        bindings.append(through)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            time: try row.instant(0), dimensionSetID: try row.int64(1),
            currency: try Currency(try row.string(2)))
    }
}
