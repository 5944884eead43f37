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
            \(least("last_success_at", of: "costs")), \(bounds(of: "usage")), \(bounds(of: "costs")),
            c.provider || '/' || c.account_id, c.provider || '/' || encode(c.key_index, 'hex'),
            c.same_account_as
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

    /// Where what all reports of a kind were read of begins and ends, and begins again, in seconds. Of what
    /// was stored without it, all before its end counts as read.
    private static func bounds(of kind: String) -> String {
        """
        ARRAY(SELECT floor(extract(epoch FROM b))::bigint
            FROM (
                SELECT range_intersect_agg(CASE
                    WHEN NOT isempty(p.read_spans) THEN p.read_spans
                    WHEN p.through > 'epoch' THEN tstzmultirange(tstzrange('epoch', p.through))
                    ELSE p.read_spans END) AS spans
                FROM connection_checkpoints p
                WHERE p.org_id = c.org_id AND p.connection_id = c.id
                    AND split_part(p.stream, '/', 1) = '\(kind)') AS r
            CROSS JOIN LATERAL unnest(r.spans) AS s
            CROSS JOIN LATERAL (VALUES (lower(s)), (upper(s))) AS v (b)
            ORDER BY b)
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
            isRecordOfAttribution: try row.bool(6), isDeleted: try row.bool(7),
            usageSpans: spans(try row.int64s(10)), costsSpans: spans(try row.int64s(11)),
            account: try row.optionalString(12), key: try row.optionalString(13),
            sameAccountAs: try row.uuids(14).map {
                ConnectionID(UUIDv7(high: $0.high, low: $0.low))
            })
    }

    private static func spans(_ bounds: [Int64]) -> [Range<Instant>] {
        stride(from: 0, to: bounds.count - 1, by: 2).map {
            Instant(seconds: bounds[$0])..<Instant(seconds: bounds[$0 + 1])
        }
    }
}
