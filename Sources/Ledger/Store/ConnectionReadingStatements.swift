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
            \(identity("account", "c.account_id")), array_remove(ARRAY[
                \(identity("account", "c.account_id")),
                \(identity("key", "encode(c.key_index, 'hex')"))], NULL),
            ARRAY(SELECT c.provider || '/' || i FROM unnest(c.former_identities) AS i ORDER BY 1)
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

    /// Null where the value is.
    private static func identity(_ kind: String, _ value: String) -> String {
        "c.provider || '/\(kind)/' || \(value)"
    }

    /// Where what all reports of a kind were read of begins and ends, and begins again, in seconds, from the first day
    /// that any of them told of: that there was nothing before is also what a provider says of days that it
    /// has forgotten. Of what was stored without it, all before its end counts as read.
    private static func bounds(of kind: String) -> String {
        """
        ARRAY(SELECT floor(extract(epoch FROM b))::bigint
            FROM (
                SELECT range_intersect_agg(CASE WHEN o.is_old
                        THEN tstzmultirange(tstzrange('epoch', o.through)) ELSE o.read_spans END)
                    * tstzmultirange(tstzrange(min(o.told_from), NULL)) AS spans,
                    count(o.told_from) AS told_count
                FROM (
                    SELECT p.through, p.read_spans, p.is_old,
                        CASE WHEN p.is_old THEN 'epoch' ELSE p.told_from END AS told_from
                    FROM (
                        SELECT *, isempty(read_spans) AND through > 'epoch' AS is_old
                        FROM connection_checkpoints) AS p
                    WHERE p.org_id = c.org_id AND p.connection_id = c.id
                        AND split_part(p.stream, '/', 1) = '\(kind)') AS o) AS r
            CROSS JOIN LATERAL unnest(r.spans) AS s
            CROSS JOIN LATERAL (VALUES (lower(s)), (upper(s))) AS v (b)
            WHERE r.told_count > 0
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
            account: try row.optionalString(12), identities: try row.strings(13),
            formerIdentities: try row.strings(14))
    }

    private static func spans(_ bounds: [Int64]) -> [Range<Instant>] {
        stride(from: 0, to: bounds.count - 1, by: 2).map {
            Instant(seconds: bounds[$0])..<Instant(seconds: bounds[$0 + 1])
        }
    }
}
