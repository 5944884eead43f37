package import Core
import Domain
package import Postgres
import ServiceRuntime

/// Stores a run as it stands: a new one, or what has changed of it.
struct StoreConnectionRun: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO connection_runs (org_id, connection_id, id, stream, began_at, ended_at, outcome,
            reason, detail, pages, recorded, corrected, unchanged, retracted, through, worker,
            contradicted)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (org_id, connection_id, id) DO UPDATE
        SET ended_at = excluded.ended_at, outcome = excluded.outcome, reason = excluded.reason,
            detail = excluded.detail, pages = excluded.pages, recorded = excluded.recorded,
            corrected = excluded.corrected, unchanged = excluded.unchanged,
            retracted = excluded.retracted, through = excluded.through,
            contradicted = excluded.contradicted
        """

    let key: CheckpointKey
    let run: ConnectionRun

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(key.organizationID.postgresUUID)
        bindings.append(key.connectionID.postgresUUID)
        bindings.append(run.id.postgresUUID)
        bindings.append(run.stream.rawValue)
        bindings.append(run.beganAt)
        bindings.append(run.endedAt)
        bindings.append(Int(run.outcome.rawValue))
        bindings.append(run.reason)
        bindings.append(run.detail)
        bindings.append(run.tally.pages)
        bindings.append(run.tally.recorded)
        bindings.append(run.tally.corrected)
        bindings.append(run.tally.unchanged)
        bindings.append(run.tally.retracted)
        bindings.append(run.through)
        bindings.append(run.worker)
        bindings.append(run.tally.contradicted)
    }
}

/// Ends the runs of a report that their workers did not end: whoever holds the job now knows that they
/// never will.
struct EndAbandonedRuns: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connection_runs SET ended_at = $5, outcome = 6
        WHERE org_id = $1 AND connection_id = $2 AND stream = $3 AND id <> $4 AND ended_at IS NULL
        """

    let key: CheckpointKey
    let current: ConnectionRunID
    let now: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(key.organizationID.postgresUUID)
        bindings.append(key.connectionID.postgresUUID)
        bindings.append(key.stream.rawValue)
        bindings.append(current.postgresUUID)
        bindings.append(now)
    }
}

/// Deletes all runs of a report but the newest, and those that began before a time.
struct DeleteOldRuns: PostgresStatement {
    typealias Row = Void

    static let sql = """
        DELETE FROM connection_runs
        WHERE org_id = $1 AND connection_id = $2 AND stream = $5 AND (began_at < $3 OR id <= (
            SELECT r.id FROM connection_runs AS r
            WHERE r.org_id = $1 AND r.connection_id = $2 AND r.stream = $5
            ORDER BY r.id DESC
            OFFSET $4 LIMIT 1))
        """

    let key: CheckpointKey
    let before: Instant
    let kept: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(key.organizationID.postgresUUID)
        bindings.append(key.connectionID.postgresUUID)
        bindings.append(before)
        bindings.append(kept)
        bindings.append(key.stream.rawValue)
    }
}

/// Runs of a connection from before a run, the newest first; of one report, or of all.
struct SelectConnectionRuns: PostgresStatement {
    static let sql = """
        SELECT id, stream, began_at, ended_at, outcome, reason, detail, pages, recorded, corrected,
            unchanged, retracted, through, worker, contradicted
        FROM connection_runs
        WHERE org_id = $1 AND connection_id = $2 AND id < $3 AND ($4 = '' OR stream = $4)
        ORDER BY id DESC
        LIMIT $5
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let before: ConnectionRunID
    /// Empty for all.
    let report: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(before.postgresUUID)
        bindings.append(report)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> ConnectionRun {
        guard let outcome = RunOutcome(rawValue: Int16(clamping: try row.int64(4))) else {
            throw ServiceError(
                .internal, "STORED_VALUE_UNKNOWN", "a stored run has an unknown outcome")
        }
        var tally = RunTally()
        tally.pages = try row.int(7)
        tally.recorded = try row.int(8)
        tally.corrected = try row.int(9)
        tally.unchanged = try row.int(10)
        tally.retracted = try row.int(11)
        tally.contradicted = try row.int(14)
        return ConnectionRun(
            id: ConnectionRunID(try row.uuid(0)), stream: PullStream(rawValue: try row.string(1)),
            beganAt: try row.instant(2), endedAt: try row.optionalInstant(3), outcome: outcome,
            reason: try row.string(5), detail: try row.string(6), tally: tally,
            through: try row.optionalInstant(12), worker: try row.string(13))
    }
}

extension ConnectionRun {
    /// Runs that are kept of each report of a connection, and for how long.
    static let countMax = 1000
    static let secondsMax: Int64 = 90 * 86_400

    /// Stores the run in the transaction of a page, or of its end.
    /// - Parameter isNew: nothing of it was stored before. Then old runs go, and those whose worker did
    ///   not end them are ended.
    package func store(
        of key: CheckpointKey, isNew: Bool, now: Instant, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(StoreConnectionRun(key: key, run: self))
        guard isNew else { return }
        try await transaction.execute(EndAbandonedRuns(key: key, current: id, now: now))
        try await transaction.execute(
            DeleteOldRuns(
                key: key, before: beganAt.advanced(bySeconds: -Self.secondsMax),
                kept: Self.countMax))
    }
}
