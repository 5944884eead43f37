package import Core
package import Domain
package import Postgres
import ServiceRuntime

/// Where the reading of one report stands.
package struct Checkpoint: Hashable, Sendable {
    /// The window being read, and the cursor of its next page; nil between two windows.
    package struct OpenWindow: Hashable, Sendable {
        package var from: Instant
        package var through: Instant
        /// When the window was opened: it says nothing about later.
        package var openedAt: Instant
        /// Nil before the first page.
        package var cursor: String?
        /// Cursors that were followed; they say nothing where there is none.
        package private(set) var pages: Int
        /// The cursor that came last when those were a power of two: pages that go round, however many, come by it
        /// again, since it is sooner or later one of them, and kept for as many as they are.
        package var mark: String?

        package init(
            from: Instant, through: Instant, openedAt: Instant, cursor: String? = nil,
            pages: Int = 0, mark: String? = nil
        ) {
            self.from = from
            self.through = through
            self.openedAt = openedAt
            self.cursor = cursor
            self.pages = cursor == nil ? 0 : pages
            self.mark = cursor == nil ? nil : mark
        }

        /// The next page is read at this cursor.
        package mutating func turn(to cursor: String) {
            pages = self.cursor == nil ? 1 : pages + 1
            self.cursor = cursor
            if pages.nonzeroBitCount == 1 { mark = cursor }
        }

        /// It is read again from its beginning.
        package mutating func beginAgain() {
            cursor = nil
            pages = 0
            mark = nil
        }
    }

    /// The report was read up to here; nil before the first page.
    package var through: Instant?
    package var window: OpenWindow?
    package var health: PullHealth
    /// In words, with the remedy; empty while healthy.
    package var lastError: String
    /// Since the report was last read further by a whole window, or to the present, whatever the job's patience counts: it
    /// forgets what waiting may not mend.
    package var failures: Int

    package init(
        through: Instant? = nil, window: OpenWindow? = nil, health: PullHealth = .pending,
        lastError: String = "", failures: Int = 0
    ) {
        self.through = through
        self.window = window
        self.health = health
        self.lastError = lastError
        self.failures = failures
    }
}

/// Names one report of one connection.
package struct CheckpointKey: Hashable, Sendable {
    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let stream: PullStream

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, stream: PullStream
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.stream = stream
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(stream.rawValue)
    }
}

/// Columns of a checkpoint, shared by the statements that read one.
enum CheckpointColumns {
    /// - Parameter table: as the statement calls it.
    static func select(of table: String) -> String {
        [
            "through", "window_start", "window_end", "opened_at", "cursor", "health", "last_error",
            "failures", "window_pages", "window_mark",
        ].map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// - Parameter first: where they begin.
    static func decode(_ row: PostgresRow, from first: Int) throws -> Checkpoint {
        var window: Checkpoint.OpenWindow?
        if let from = try row.optionalInstant(first + 1) {
            window = Checkpoint.OpenWindow(
                from: from, through: try row.instant(first + 2),
                openedAt: try row.instant(first + 3),
                cursor: try row.optionalString(first + 4), pages: try row.int(first + 8),
                mark: try row.optionalString(first + 9))
        }
        return Checkpoint(
            through: try row.optionalInstant(first), window: window,
            health: try PullHealth(stored: row.int64(first + 5)),
            lastError: try row.string(first + 6), failures: try row.int(first + 7))
    }
}

package struct SelectCheckpoint: PostgresStatement {
    package static let sql = """
        SELECT \(CheckpointColumns.select(of: "k")) FROM connection_checkpoints AS k
        WHERE org_id = $1 AND connection_id = $2 AND stream = $3
        """

    package let key: CheckpointKey

    package init(_ key: CheckpointKey) {
        self.key = key
    }

    package func bind(into bindings: inout PostgresBindings) {
        key.bind(into: &bindings)
    }

    package static func decode(_ row: PostgresRow) throws -> Checkpoint {
        try CheckpointColumns.decode(row, from: 0)
    }
}

/// Stores how far a page brought the reading. It runs in the transaction of the page's entries.
package struct UpdateCheckpoint: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE connection_checkpoints
        SET through = $4, window_start = $5, window_end = $6, opened_at = $7,
            cursor = $8, health = $9, last_error = $10, pages_read = pages_read + $11,
            last_success_at = coalesce($12, last_success_at), updated_at = $13,
            late_at = coalesce($14, late_at), read_spans = \(AddReadSpan.sum(from: "$15", through: "$16")),
            told_from = \(AddReadSpan.firstDay("$17")), failures = $18, window_pages = $19,
            window_mark = $20
        WHERE org_id = $1 AND connection_id = $2 AND stream = $3
        """

    package let key: CheckpointKey
    package let checkpoint: Checkpoint
    /// Pages that this update accounts for: 1 with a page, 0 without.
    package let pages: Int
    /// When a pull reached the present; nil while it has not.
    package let succeededAt: Instant?
    package let updatedAt: Instant
    /// When the report is late unless a pull succeeds before; nil leaves what it was.
    package let lateAt: Instant?
    /// What the page brought that had perhaps not been read; nil without a page of figures.
    package let read: Range<Instant>?
    /// When the first row of the page was; nil without any.
    package let toldFrom: Instant?

    package init(
        _ key: CheckpointKey, checkpoint: Checkpoint, pages: Int, succeededAt: Instant?,
        updatedAt: Instant, lateAt: Instant? = nil, read: Range<Instant>? = nil,
        toldFrom: Instant? = nil
    ) {
        self.key = key
        self.checkpoint = checkpoint
        self.pages = pages
        self.succeededAt = succeededAt
        self.updatedAt = updatedAt
        self.lateAt = lateAt
        self.read = read
        self.toldFrom = toldFrom
    }

    package func bind(into bindings: inout PostgresBindings) {
        key.bind(into: &bindings)
        bindings.append(checkpoint.through)
        bindings.append(checkpoint.window?.from)
        bindings.append(checkpoint.window?.through)
        bindings.append(checkpoint.window?.openedAt)
        bindings.append(checkpoint.window?.cursor)
        bindings.append(Int(checkpoint.health.rawValue))
        bindings.append(checkpoint.lastError)
        bindings.append(pages)
        bindings.append(succeededAt)
        bindings.append(updatedAt)
        bindings.append(lateAt)
        bindings.append(read?.lowerBound)
        bindings.append(read?.upperBound)
        bindings.append(toldFrom)
        bindings.append(checkpoint.failures)
        bindings.append(checkpoint.window?.pages ?? 0)
        bindings.append(checkpoint.window?.mark)
    }
}

extension UpdateCheckpoint {
    /// Stores the checkpoint and sums the connection up, one report of a connection at a time.
    ///
    /// The connection's row is locked first: the statements after it see what the other reports
    /// committed, so that the sum is of all.
    /// - Returns: how the connection was before and is after: its reports often fail and recover together, which
    ///   is one piece of news. Nil where it is gone.
    @discardableResult
    package func store(in transaction: PostgresTransaction) async throws -> HealthChange? {
        let before = try await transaction.first(
            LockConnection(
                organizationID: key.organizationID, connectionID: key.connectionID))
        try await transaction.execute(self)
        guard let before, let after = try await transaction.first(RefreshConnection(key)) else {
            return nil
        }
        try await RememberReading.ofLocked(
            key.connectionID, key.organizationID, in: transaction, now: updatedAt)
        return HealthChange(
            before: before.health, after: after, owesRecovery: before.owesRecovery)
    }
}

/// How a connection was before one of its checkpoints was stored, and is after.
package struct HealthChange: Hashable, Sendable {
    package let before: PullHealth
    package let after: PullHealth
    /// Whether operators were told before that some of its reports fail, and not yet that they are well again.
    package let owesRecovery: Bool
}

/// Locks a connection until the transaction ends, and tells how it is doing, all its reports together. Whoever
/// writes its checkpoints, its key or its health takes this lock first, after that of a job.
struct LockConnection: PostgresStatement {
    struct Row: Sendable {
        let health: PullHealth
        let owesRecovery: Bool
    }

    // Not FOR UPDATE: rows that refer to the connection may go on being written.
    static let sql = """
        SELECT health, told_degraded_at IS NOT NULL OR told_lists_degraded_at IS NOT NULL
            OR owes_figures_recovery OR owes_lists_recovery
        FROM connections WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(health: try PullHealth(stored: row.int64(0)), owesRecovery: try row.bool(1))
    }
}

extension PullHealth {
    /// - Throws: `STORED_VALUE_UNKNOWN`: check constraints name the same values, so another one is another
    ///   version's.
    init(stored value: Int64) throws(ServiceError) {
        guard let health = PullHealth(rawValue: Int16(clamping: value)) else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN",
                "a stored connection or checkpoint has an unknown health")
        }
        self = health
    }
}

/// Sums up a connection's checkpoints: it is as well as the worst report of figures that it is the record of,
/// and healthy when all of those are. No figure waits for lists of names, nor for activity.
///
/// It runs after `LockConnection`, as a statement of its own: it would not see otherwise what a
/// transaction that it waited for has written. Its row is the health that it comes to.
struct RefreshConnection: PostgresStatement {
    static let sql = """
        UPDATE connections
        SET health = s.health, last_success_at = s.last_success_at, last_error = s.last_error,
            pages_read = s.pages_read
        FROM (
            SELECT CASE WHEN max(k.health) > 2 THEN max(k.health) ELSE min(k.health) END AS health,
                max(k.last_success_at) AS last_success_at,
                coalesce((array_agg(k.last_error ORDER BY k.health DESC, k.stream DESC))[1], '')
                    AS last_error,
                (SELECT sum(a.pages_read) FROM connection_checkpoints AS a
                    WHERE a.org_id = $1 AND a.connection_id = $2) AS pages_read
            FROM connection_checkpoints AS k
            JOIN connections AS c ON c.org_id = k.org_id AND c.id = k.connection_id
            WHERE k.org_id = $1 AND k.connection_id = $2 AND split_part(k.stream, '/', 1) IN ('usage', 'costs')
                AND c.record_of & CASE split_part(k.stream, '/', 1)
                    WHEN 'costs' THEN 1 ELSE 2 END <> 0) AS s
        WHERE org_id = $1 AND id = $2
        RETURNING connections.health
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID

    init(organizationID: OrganizationID, connectionID: ConnectionID) {
        self.organizationID = organizationID
        self.connectionID = connectionID
    }

    init(_ key: CheckpointKey) {
        self.init(organizationID: key.organizationID, connectionID: key.connectionID)
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> PullHealth {
        try PullHealth(stored: row.int64(0))
    }
}
