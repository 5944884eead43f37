package import Core
package import Domain
package import Postgres
import ServiceRuntime

extension BackfillKey {
    fileprivate func bind(into bindings: inout PostgresBindings) {
        bindings.append(report.organizationID.postgresUUID)
        bindings.append(report.connectionID.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(report.stream.rawValue)
    }
}

private enum BackfillColumns {
    static let select = """
        SELECT id, stream, range_start, range_end, state, through, window_start, window_end,
            opened_at, cursor, pages, recorded, corrected, unchanged, retracted, last_error,
            created_at, ended_at, read_from, told_from, connection_id, failures, window_pages,
            window_mark
        FROM connection_backfills
        """
    /// The newest first, and of each its reports, usage before costs.
    static let order = """
        ORDER BY id DESC, split_part(stream, '/', 1) COLLATE "C" DESC, stream COLLATE "C"
        """

    static func decode(_ row: PostgresRow) throws -> ReportBackfill {
        guard let state = BackfillState(rawValue: Int16(clamping: try row.int64(4))) else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN", "a stored back-fill has an unknown state")
        }
        var window: Checkpoint.OpenWindow?
        if let from = try row.optionalInstant(6) {
            window = Checkpoint.OpenWindow(
                from: from, through: try row.instant(7), openedAt: try row.instant(8),
                cursor: try row.optionalString(9), pages: try row.int(22),
                mark: try row.optionalString(23))
        }
        var tally = RunTally()
        tally.pages = try row.int(10)
        tally.recorded = try row.int(11)
        tally.corrected = try row.int(12)
        tally.unchanged = try row.int(13)
        tally.retracted = try row.int(14)
        return ReportBackfill(
            id: BackfillID(try row.uuid(0)), connectionID: ConnectionID(try row.uuid(20)),
            stream: PullStream(rawValue: try row.string(1)),
            from: try row.instant(2), through: try row.instant(3), state: state,
            readFrom: try row.optionalInstant(18), toldFrom: try row.optionalInstant(19),
            progress: Checkpoint(
                through: try row.optionalInstant(5), window: window,
                lastError: try row.string(15), failures: try row.int(21)),
            tally: tally, createdAt: try row.instant(16), endedAt: try row.optionalInstant(17))
    }
}

struct InsertBackfill: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO connection_backfills (org_id, connection_id, id, stream, range_start, range_end,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """

    let key: BackfillKey
    let range: BackfillRange
    let createdAt: Instant

    func bind(into bindings: inout PostgresBindings) {
        key.bind(into: &bindings)
        bindings.append(range.from)
        bindings.append(range.through)
        bindings.append(createdAt)
    }
}

/// One report of a back-fill.
package struct SelectReportBackfill: PostgresStatement {
    package static let sql = """
        \(BackfillColumns.select)
        WHERE org_id = $1 AND connection_id = $2 AND id = $3 AND stream = $4
        """

    let key: BackfillKey

    package init(_ key: BackfillKey) {
        self.key = key
    }

    package func bind(into bindings: inout PostgresBindings) {
        key.bind(into: &bindings)
    }

    package static func decode(_ row: PostgresRow) throws -> ReportBackfill {
        try BackfillColumns.decode(row)
    }
}

/// All reports of back-fills of a connection from before one, the newest first.
struct SelectBackfills: PostgresStatement {
    static let sql = """
        \(BackfillColumns.select)
        WHERE org_id = $1 AND connection_id = $2 AND id IN (
            SELECT DISTINCT b.id FROM connection_backfills AS b
            WHERE b.org_id = $1 AND b.connection_id = $2 AND b.id < $3
            ORDER BY b.id DESC LIMIT $4)
        \(BackfillColumns.order)
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let before: BackfillID
    /// Of back-fills.
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(before.postgresUUID)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> ReportBackfill {
        try BackfillColumns.decode(row)
    }
}

/// The reports of the back-fill of a connection that is not over; none where there is none.
struct SelectCurrentBackfill: PostgresStatement {
    static let sql = """
        \(BackfillColumns.select)
        WHERE org_id = $1 AND connection_id = $2 AND id = (
            SELECT b.id FROM connection_backfills AS b
            WHERE b.org_id = $1 AND b.connection_id = $2 AND b.ended_at IS NULL
            ORDER BY b.id DESC LIMIT 1)
        \(BackfillColumns.order)
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> ReportBackfill {
        try BackfillColumns.decode(row)
    }
}

/// The reports of one back-fill.
struct SelectBackfill: PostgresStatement {
    static let sql = """
        \(BackfillColumns.select)
        WHERE org_id = $1 AND id = $2
        \(BackfillColumns.order)
        """

    let organizationID: OrganizationID
    let id: BackfillID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> ReportBackfill {
        try BackfillColumns.decode(row)
    }
}

/// Changes the state of those reports of a back-fill that are not over. One that goes on reads the window it was
/// at from its beginning: how long it was paused nobody knows, and cursors do not last.
struct UpdateBackfillState: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connection_backfills SET state = $3::smallint, ended_at = $4,
            cursor = CASE WHEN $3::smallint = 1 THEN NULL ELSE cursor END
        WHERE org_id = $1 AND id = $2 AND ended_at IS NULL
        """

    let organizationID: OrganizationID
    let id: BackfillID
    let state: BackfillState
    /// Nil where it is not over.
    let endedAt: Instant?

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(Int(state.rawValue))
        bindings.append(endedAt)
    }
}

/// Cancels whatever is not over of a connection's back-fills.
struct CancelBackfills: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connection_backfills SET state = 4, ended_at = $3
        WHERE org_id = $1 AND connection_id = $2 AND ended_at IS NULL
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let now: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(now)
    }
}

/// Lets the oldest back-fills of a connection go: all that are over but the newest.
struct DeleteOldBackfills: PostgresStatement {
    typealias Row = Void

    static let sql = """
        DELETE FROM connection_backfills
        WHERE org_id = $1 AND connection_id = $2 AND ended_at IS NOT NULL AND id <= (
            SELECT DISTINCT b.id FROM connection_backfills AS b
            WHERE b.org_id = $1 AND b.connection_id = $2
            ORDER BY b.id DESC
            OFFSET $3 LIMIT 1)
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let kept: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(kept)
    }
}

/// The last closed month that has a day of a span, as its first day; no row where none has.
package struct SelectClosedMonth: PostgresStatement {
    package static let sql = """
        SELECT month::text FROM period_closures
        WHERE org_id = $1 AND month < ($3::timestamptz AT TIME ZONE 'UTC')::date
            AND month + interval '1 month' > ($2::timestamptz AT TIME ZONE 'UTC')
        ORDER BY month DESC
        LIMIT 1
        """

    let organizationID: OrganizationID
    let from: Instant
    let through: Instant

    package init(organizationID: OrganizationID, from: Instant, through: Instant) {
        self.organizationID = organizationID
        self.from = from
        self.through = through
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(from)
        bindings.append(through)
    }

    package static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
}

/// Makes sure, for the rest of the transaction, that a report of a connection is pulled; no row where it is
/// not. Whoever pauses or deletes the connection waits until the transaction is over.
package struct HoldPulledConnection: PostgresStatement {
    package static let sql = """
        SELECT id FROM connections
        WHERE org_id = $1 AND id = $2 AND paused_at IS NULL AND deleted_at IS NULL
            AND record_of & $3 <> 0
        FOR NO KEY UPDATE
        """

    let key: CheckpointKey

    package init(_ key: CheckpointKey) {
        self.key = key
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(key.organizationID.postgresUUID)
        bindings.append(key.connectionID.postgresUUID)
        let record: RecordKind = key.stream.isBill ? .billing : .attribution
        bindings.append(Int(record.rawValue))
    }

    package static func decode(_ row: PostgresRow) throws -> ConnectionID {
        ConnectionID(try row.uuid(0))
    }
}

/// Stores how far a page brought a report of a back-fill that runs; no row where it was paused or cancelled.
package struct UpdateReportBackfill: PostgresStatement {
    package static let sql = """
        UPDATE connection_backfills
        SET state = $5, through = $6, window_start = $7, window_end = $8, opened_at = $9,
            cursor = $10, pages = $11, recorded = $12, corrected = $13, unchanged = $14,
            retracted = $15, last_error = $16, ended_at = $17, read_from = $18, told_from = $19,
            failures = $20, window_pages = $21, window_mark = $22
        WHERE org_id = $1 AND connection_id = $2 AND id = $3 AND stream = $4 AND state = 1
        RETURNING id
        """

    let key: BackfillKey
    let backfill: ReportBackfill

    package init(_ key: BackfillKey, _ backfill: ReportBackfill) {
        self.key = key
        self.backfill = backfill
    }

    package func bind(into bindings: inout PostgresBindings) {
        key.bind(into: &bindings)
        bindings.append(Int(backfill.state.rawValue))
        bindings.append(backfill.progress.through)
        bindings.append(backfill.progress.window?.from)
        bindings.append(backfill.progress.window?.through)
        bindings.append(backfill.progress.window?.openedAt)
        bindings.append(backfill.progress.window?.cursor)
        bindings.append(backfill.tally.pages)
        bindings.append(backfill.tally.recorded)
        bindings.append(backfill.tally.corrected)
        bindings.append(backfill.tally.unchanged)
        bindings.append(backfill.tally.retracted)
        bindings.append(backfill.progress.lastError)
        bindings.append(backfill.endedAt)
        bindings.append(backfill.readFrom)
        bindings.append(backfill.toldFrom)
        bindings.append(backfill.progress.failures)
        bindings.append(backfill.progress.window?.pages ?? 0)
        bindings.append(backfill.progress.window?.mark)
    }

    package static func decode(_ row: PostgresRow) throws -> BackfillID {
        BackfillID(try row.uuid(0))
    }
}
