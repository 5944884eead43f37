package import Core
package import Domain
package import Postgres

/// What is known of how far a connection was read, in the order in which it is decoded.
private enum ReadingColumns {
    static let names = [
        "connection_id", "display_name", "usage_through", "costs_through", "usage_read_at",
        "costs_read_at", "last_read_at", "is_record_of_billing", "is_record_of_attribution",
        "is_deleted", "usage_spans", "costs_spans", "account", "identities", "former_identities",
    ]

    /// - Parameter table: as the statement calls it.
    static func list(of table: String) -> String {
        names.map { "\(table).\($0)" }.joined(separator: ", ")
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionReading {
        let id = try row.uuid(0)
        return ConnectionReading(
            id: ConnectionID(UUIDv7(high: id.high, low: id.low)), displayName: try row.string(1),
            usageThrough: try row.optionalInstant(2), costsThrough: try row.optionalInstant(3),
            usageReadAt: try row.optionalInstant(4), costsReadAt: try row.optionalInstant(5),
            lastReadAt: try row.optionalInstant(6), isRecordOfBilling: try row.bool(7),
            isRecordOfAttribution: try row.bool(8), isDeleted: try row.bool(9),
            usageSpans: spans(try row.int64s(10)), costsSpans: spans(try row.int64s(11)),
            account: try row.optionalString(12), identities: try row.strings(13),
            formerIdentities: try row.strings(14), knownFrom: try row.optionalInstant(15))
    }

    private static func spans(_ bounds: [Int64]) -> [Range<Instant>] {
        stride(from: 0, to: bounds.count - 1, by: 2).map {
            Instant(seconds: bounds[$0])..<Instant(seconds: bounds[$0 + 1])
        }
    }
}

/// How far each connection of an organization was read: as far as the report that was read least,
/// of all that are usage, and of all that are its bill.
struct SelectConnectionReadings: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        SELECT \(ReadingColumns.list(of: "c")), (
            SELECT max(h.known_from) FROM connection_readings AS h
            WHERE h.org_id = $1 AND h.connection_id = c.connection_id)
        FROM current_connection_readings AS c
        WHERE c.org_id = $1
        ORDER BY c.display_name, c.connection_id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionReading {
        try ReadingColumns.decode(row)
    }
}

/// The same as it was known at an instant: of the connections that were there then.
struct SelectConnectionReadingsKnownAt: PostgresStatement {
    struct Row: Sendable {
        /// Nil where it is not known what the connection had read by then.
        let reading: ConnectionReading?
    }

    let organization: PostgresUUID
    let knownAt: Instant

    // Whoever makes a connection has its first reading remembered in the same transaction, a moment after it was made
    // by the clock. One whose first reading is later was there before anybody remembered, or its readings from before
    // are not kept any more.
    static let sql = """
        SELECT \(ReadingColumns.list(of: "r")), r.known_from, r.connection_id IS NOT NULL
        FROM connections AS c
        LEFT JOIN LATERAL (
            SELECT * FROM connection_readings AS h
            WHERE h.org_id = $1 AND h.connection_id = c.id AND h.known_from <= $2
            ORDER BY h.known_from DESC LIMIT 1) AS r ON true
        WHERE c.org_id = $1 AND (r.connection_id IS NOT NULL
            OR c.created_at <= $2 AND c.created_at + interval '1 minute' < coalesce((
                SELECT min(f.known_from) FROM connection_readings AS f
                WHERE f.org_id = $1 AND f.connection_id = c.id), 'infinity'))
        ORDER BY r.display_name, c.id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(knownAt)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(reading: try row.bool(16) ? ReadingColumns.decode(row) : nil)
    }
}

/// Remembers what a connection has read by now, where that is not what was remembered of it last. Whoever changes a
/// connection, or how far it was read, calls it last in the same transaction, under the connection's lock.
///
/// It is known from then on, and later than whatever the organization has recorded so far, the transaction's own
/// entries among it: who sees the one sees the other.
package struct RecordConnectionReading: PostgresStatement {
    package typealias Row = Void

    let organization: OrganizationID
    let connection: ConnectionID
    let now: Instant

    package init(organization: OrganizationID, connection: ConnectionID, now: Instant) {
        self.organization = organization
        self.connection = connection
        self.now = now
    }

    package static let sql = """
        INSERT INTO connection_readings
            (org_id, known_from, \(ReadingColumns.names.joined(separator: ", ")))
        SELECT $1, greatest($3, l.known_from + interval '1 microsecond', (
                SELECT k.last_recorded_at + interval '1 microsecond' FROM ledger_clocks AS k
                WHERE k.org_id = $1 AND k.last_recorded_at > '-infinity')),
            \(ReadingColumns.list(of: "c"))
        FROM current_connection_readings AS c
        LEFT JOIN LATERAL (
            SELECT * FROM connection_readings AS h
            WHERE h.org_id = $1 AND h.connection_id = $2
            ORDER BY h.known_from DESC LIMIT 1) AS l ON true
        WHERE c.org_id = $1 AND c.connection_id = $2
            AND (\(ReadingColumns.list(of: "c")))
                IS DISTINCT FROM (\(ReadingColumns.list(of: "l")))
        """

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(PostgresUUID(connection))
        bindings.append(now)
    }
}

/// Deletes some of the oldest readings that others followed before an instant; says how many. Only workers may, and
/// only what is not to be kept any more.
package struct RemoveConnectionReadings: PostgresStatement {
    package static let sql = """
        WITH gone AS (
            DELETE FROM connection_readings AS r USING (
                SELECT h.connection_id, h.known_from FROM connection_readings AS h
                WHERE h.org_id = $1 AND h.known_from < $2 AND EXISTS (
                    SELECT FROM connection_readings AS n
                    WHERE n.org_id = $1 AND n.connection_id = h.connection_id
                        AND n.known_from > h.known_from AND n.known_from <= $2)
                ORDER BY h.connection_id, h.known_from LIMIT $3) AS o
            WHERE r.org_id = $1 AND r.connection_id = o.connection_id
                AND r.known_from = o.known_from
            RETURNING r.known_from)
        SELECT count(*) FROM gone
        """

    let organization: OrganizationID
    let before: Instant
    let limit: Int

    package init(organization: OrganizationID, before: Instant, limit: Int) {
        self.organization = organization
        self.before = before
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organization))
        bindings.append(before)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}
