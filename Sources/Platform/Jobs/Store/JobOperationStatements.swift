import Core
import Domain
import Postgres

/// Makes waiting jobs due at once and lets them go before others, those that were set aside, too. Those
/// that run stay as they are, and so do those whose last error, or concurrency key, says that they must wait, unless they
/// are not to. They are locked in the order of `HoldJob`.
struct HastenJobs: PostgresStatement {
    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs
            WHERE org_id = $1 AND kind = $2 AND key = ANY($3::text[]) AND lease_token IS NULL
                AND NOT coalesce(NOT $6
                    AND last_error = ANY($5::text[]) AND dead_at IS NULL AND due_at > now(), false)
                AND ($6::boolean OR NOT EXISTS (
                    SELECT FROM job_holds AS h
                    WHERE h.concurrency_key = jobs.concurrency_key AND h.held_until > now()))
            ORDER BY key
            FOR UPDATE)
        UPDATE jobs AS j
        SET due_at = now(), priority = $4, is_ready = false, refusals = 0, deaths = 0,
            dead_at = NULL, dead_reason = NULL, updated_at = now()
        FROM held WHERE j.id = held.id
        RETURNING j.key
        """

    let organizationID: OrganizationID
    let kind: JobKind
    let keys: [String]
    let priority: JobPriority
    let waitingReasons: [String]
    let breaksHolds: Bool

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organizationID.uuid))
        bindings.append(kind.rawValue)
        bindings.append(keys)
        bindings.append(priority.rawValue)
        bindings.append(waitingReasons)
        bindings.append(breaksHolds)
    }

    static func decode(_ row: PostgresRow) throws -> String { try row.string(0) }
}

/// Lets jobs of the concurrency keys of some jobs be claimed again. It runs after these jobs were locked, as whoever holds
/// a key locks its job first.
struct BreakHolds: PostgresStatement {
    typealias Row = Void

    static let sql = """
        DELETE FROM job_holds AS h USING jobs AS j
        WHERE j.org_id = $1 AND j.kind = $2 AND j.key = ANY($3::text[])
            AND h.concurrency_key = j.concurrency_key
        """

    let organizationID: OrganizationID
    let kind: JobKind
    let keys: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organizationID.uuid))
        bindings.append(kind.rawValue)
        bindings.append(keys)
    }
}

/// How many jobs there are, by kind and priority.
struct SelectQueueDepths: PostgresStatement {
    static let sql = """
        SELECT kind, priority,
            count(*) FILTER (WHERE lease_token IS NULL AND dead_at IS NULL AND due_at <= now()),
            count(*) FILTER (WHERE lease_token IS NOT NULL),
            count(*) FILTER (WHERE lease_token IS NULL AND dead_at IS NULL AND due_at > now()),
            count(*) FILTER (WHERE dead_at IS NOT NULL),
            min(due_at) FILTER (WHERE lease_token IS NULL AND dead_at IS NULL AND due_at <= now())
        FROM jobs AS of_all GROUP BY kind, priority ORDER BY priority, kind COLLATE "C"
        """

    func bind(into bindings: inout PostgresBindings) {}

    static func decode(_ row: PostgresRow) throws -> QueueDepth {
        QueueDepth(
            kind: try row.string(0), priority: try row.int(1), due: try row.int(2),
            running: try row.int(3), waiting: try row.int(4), setAside: try row.int(5),
            oldestDueAt: try row.optionalInstant(6))
    }
}

/// Jobs that were set aside, the first first.
struct SelectSetAsideJobs: PostgresStatement {
    static let sql = """
        SELECT id, org_id, kind, dead_reason, dead_at
        FROM jobs AS of_all WHERE dead_at IS NOT NULL ORDER BY dead_at, id LIMIT $1
        """

    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> JobQueue.SetAsideJob {
        JobQueue.SetAsideJob(
            id: JobID(try row.uuid(0).uuidv7),
            organizationID: OrganizationID(try row.uuid(1).uuidv7), kind: try row.string(2),
            reason: try row.string(3), at: try row.instant(4))
    }
}

/// Workers that hold jobs.
struct SelectWorkersSeen: PostgresStatement {
    static let sql = """
        SELECT lease_owner, count(*), max(updated_at)
        FROM jobs AS of_all WHERE lease_token IS NOT NULL
        GROUP BY lease_owner ORDER BY lease_owner COLLATE "C" LIMIT $1
        """

    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> WorkerSeen {
        WorkerSeen(
            name: try row.string(0), jobs: try row.int(1), heartbeatAt: try row.instant(2))
    }
}

/// Lets jobs be tried again that were set aside: those that are named, or, where none is, all. What somebody else has locked,
/// who mostly lets it be tried again, too, is passed over and said to be, as operators may not see the keys that all others
/// lock jobs by, and so cannot wait for it.
struct ReviveJobs: PostgresStatement {
    struct Row: Sendable {
        let job: JobQueue.SetAsideJob
        let isRevived: Bool
    }

    static let sql = """
        WITH found AS MATERIALIZED (
            SELECT id, org_id, kind, dead_reason, dead_at FROM jobs AS of_all
            WHERE dead_at IS NOT NULL AND (cardinality($1::uuid[]) = 0 OR id = ANY($1::uuid[]))
            ORDER BY dead_at, id
            LIMIT $2),
        held AS MATERIALIZED (
            SELECT id FROM jobs AS of_all
            WHERE id IN (SELECT id FROM found) AND dead_at IS NOT NULL
            FOR UPDATE SKIP LOCKED),
        revived AS (
            UPDATE jobs AS j
            SET due_at = now(), is_ready = false, attempt = 0, refusals = 0, deaths = 0,
                dead_at = NULL, dead_reason = NULL, updated_at = now()
            FROM held WHERE j.id = held.id
            RETURNING j.id)
        SELECT id, org_id, kind, dead_reason, dead_at, id IN (SELECT id FROM revived)
        FROM found ORDER BY dead_at, id
        """

    let ids: [JobID]
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(ids.map { PostgresUUID($0.uuid) })
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(job: try SelectSetAsideJobs.decode(row), isRevived: try row.bool(5))
    }
}
