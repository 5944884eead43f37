import Core
import Domain
import Postgres

/// The next rows of providers' usage reports, by time and number, as they were first read.
struct SelectReportedUsage: PostgresStatement {
    struct Row: Sendable {
        let time: Instant
        let entryID: Int64
        /// What its key is made of.
        let source: String
        let eventID: String
    }

    let organization: PostgresUUID
    let after: ReportedUsage.Place
    /// First instant behind the span.
    let through: Instant
    let limit: Int
    /// Only rows that may have no price: one that was recorded so, or lost it since.
    let isOfUnpricedOnly: Bool

    static let sql = """
        SELECT e.event_time, e.entry_id, e.source, e.event_id
        FROM usage_entries AS e
        WHERE e.org_id = $1 AND e.event_time >= $2 AND e.event_time < $3
            AND (e.event_time, e.entry_id) > ($2, $4::bigint)
            AND e.root_entry_id IS NULL AND e.source LIKE $7
            AND (NOT $6 OR e.amount_picos IS NULL OR EXISTS (
                SELECT FROM usage_entries AS c
                WHERE c.org_id = $1 AND c.event_time = e.event_time
                    AND c.root_entry_id = e.entry_id AND c.amount_picos IS NULL))
        ORDER BY e.event_time, e.entry_id
        LIMIT $5
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(after.time)
        bindings.append(through)
        bindings.append(after.entryID)
        bindings.append(limit)
        bindings.append(isOfUnpricedOnly)
        bindings.append(EntryWriter.usageReportPattern)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            time: try row.instant(0), entryID: try row.int64(1), source: try row.string(2),
            eventID: try row.string(3))
    }
}
