import Core
import Postgres

/// Locks the organization's clock until the transaction ends: one writer at a time.
///
/// It is the first lock of every writer, so writers of one organization cannot deadlock.
struct LockLedgerClock: PostgresStatement {
    struct Row: Sendable {
        let lastEntryID: Int64
        /// Nil before the first entry.
        let lastRecordedAt: Instant?
        let events: EventCount
        let unmerged: UnmergedRollups
        /// What the organization's plan says; nil where it says nothing.
        let eventsPerDayMax: Int64?
        /// Of the newest catalogue of prices; 0 before the first.
        let catalogueVersion: Int64
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT c.last_entry_id, nullif(c.last_recorded_at, '-infinity'), c.event_day,
            c.event_day_count, o.events_per_day_max, c.unmerged_commits, c.unmerged_rollups,
            (SELECT coalesce(max(p.id), 0) FROM price_catalogues AS p)
        FROM ledger_clocks AS c JOIN organizations AS o ON o.id = c.org_id
        WHERE c.org_id = $1
        FOR UPDATE OF c
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            lastEntryID: try row.int64(0), lastRecordedAt: try row.optionalInstant(1),
            events: EventCount(day: try row.int64(2), count: try row.int64(3)),
            unmerged: UnmergedRollups(commits: try row.int(5), rollups: try row.int(6)),
            eventsPerDayMax: try row.optionalInt64(4), catalogueVersion: try row.int64(7))
    }
}

/// The same where nobody else holds it; no row where somebody does.
struct LockFreeLedgerClock: PostgresStatement {
    let organization: PostgresUUID

    static let sql = "\(LockLedgerClock.sql) SKIP LOCKED"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> LockLedgerClock.Row {
        try LockLedgerClock.decode(row)
    }
}

/// What the organization has brought, and what its plan says, without a lock: to be counted on by nobody who
/// writes.
struct SelectLedgerEventCount: PostgresStatement {
    struct Row: Sendable {
        let events: EventCount
        /// Nil where the plan says nothing.
        let eventsPerDayMax: Int64?
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT c.event_day, c.event_day_count, o.events_per_day_max
        FROM ledger_clocks AS c JOIN organizations AS o ON o.id = c.org_id
        WHERE c.org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            events: EventCount(day: try row.int64(0), count: try row.int64(1)),
            eventsPerDayMax: try row.optionalInt64(2))
    }
}

/// Moves the locked clock on.
struct AdvanceLedgerClock: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let lastEntryID: Int64
    let lastRecordedAt: Instant
    let events: EventCount
    let unmerged: UnmergedRollups

    static let sql = """
        UPDATE ledger_clocks
        SET last_entry_id = $2, last_recorded_at = $3, event_day = $4, event_day_count = $5,
            unmerged_commits = $6, unmerged_rollups = $7
        WHERE org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(lastEntryID)
        bindings.append(lastRecordedAt)
        bindings.append(events.day)
        bindings.append(events.count)
        bindings.append(unmerged.commits)
        bindings.append(unmerged.rollups)
    }
}

/// Says on the locked clock that what was recorded through a time is merged into the roll-ups, and answers
/// whether months are left to be summed.
struct MarkRollupsMerged: PostgresStatement {
    let organization: PostgresUUID
    let through: Instant

    // Where a server that knows of no months merged last, none of them is what its days come to.
    static let sql = """
        UPDATE ledger_clocks
        SET unmerged_commits = 0, unmerged_rollups = 0, rollups_merged_through = $2,
            rollup_months_merged_through = $2,
            rollup_months_from = CASE WHEN rollup_months_merged_through = rollups_merged_through
                THEN rollup_months_from ELSE 'infinity' END
        WHERE org_id = $1
        RETURNING rollup_months_from > rollup_months_kept_from
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(through)
    }

    static func decode(_ row: PostgresRow) throws -> Bool { try row.bool(0) }
}
