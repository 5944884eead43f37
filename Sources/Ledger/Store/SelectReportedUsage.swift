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

    static let sql = """
        SELECT e.event_time, e.entry_id, e.source, e.event_id
        FROM usage_entries AS e
        WHERE e.org_id = $1 AND e.event_time >= $2 AND e.event_time < $3
            AND (e.event_time, e.entry_id) > ($2, $4::bigint)
            AND e.root_entry_id IS NULL AND e.source LIKE $6
        ORDER BY e.event_time, e.entry_id
        LIMIT $5
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(after.time)
        bindings.append(through)
        bindings.append(after.entryID)
        bindings.append(limit)
        bindings.append(EntryWriter.usageReportPattern)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            time: try row.instant(0), entryID: try row.int64(1), source: try row.string(2),
            eventID: try row.string(3))
    }
}

/// As `SelectReportedUsage`, of rows that were once without a price: recorded so, or by a correction since. One
/// for each such entry, so a row may come twice in succession. Which of them have a price now, their entries tell.
///
/// The conditions are the index's own words: no other row is read.
struct SelectReportedUsageWithoutPrice: PostgresStatement {
    let organization: PostgresUUID
    let after: ReportedUsage.Place
    /// First instant behind the span.
    let through: Instant
    let limit: Int

    static let sql = """
        SELECT e.event_time, coalesce(e.root_entry_id, e.entry_id), e.source, e.event_id
        FROM usage_entries AS e
        WHERE e.org_id = $1 AND e.event_time >= $2 AND e.event_time < $3
            AND (e.event_time, coalesce(e.root_entry_id, e.entry_id)) > ($2, $4::bigint)
            AND e.amount_picos IS NULL AND e.source LIKE 'tally:report/%/usage'
        ORDER BY e.event_time, coalesce(e.root_entry_id, e.entry_id)
        LIMIT $5
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(after.time)
        bindings.append(through)
        bindings.append(after.entryID)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> SelectReportedUsage.Row {
        try SelectReportedUsage.decode(row)
    }
}
