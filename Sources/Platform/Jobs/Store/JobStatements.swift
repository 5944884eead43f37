import Domain
import FoundationEssentials
import Postgres

extension PostgresUUID {
    init(_ uuid: UUIDv7) {
        self.init(high: uuid.bytes.high, low: uuid.bytes.low)
    }

    var uuidv7: UUIDv7 { UUIDv7(high: high, low: low) }
}

extension Duration {
    /// Whole microseconds, as the statements take spans of time.
    var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

/// Adds a job unless one of its kind and key is there.
struct InsertJob: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO jobs (id, org_id, kind, key, arguments, due_at, priority, usual_priority,
            concurrency_key)
        VALUES ($1, $2, $3, $4, $5::jsonb, now() + $6::bigint * interval '1 microsecond',
            $7, $7, $8)
        ON CONFLICT (org_id, kind, key) DO NOTHING
        """

    let id: JobID
    let organizationID: OrganizationID
    let kind: JobKind
    let key: String
    let argumentsJSON: String
    let delay: Duration
    let priority: JobPriority
    let concurrencyKey: String?

    init<Arguments: JobArguments>(
        _ arguments: Arguments, for organizationID: OrganizationID, after delay: Duration
    ) throws {
        self.id = .make()
        self.organizationID = organizationID
        self.kind = Arguments.kind
        self.key = arguments.key
        self.argumentsJSON = String(
            decoding: try JSONEncoder().encode(arguments), as: UTF8.self)
        self.delay = delay
        self.priority = Arguments.priority
        self.concurrencyKey = arguments.concurrencyKey
    }

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(id.uuid))
        bindings.append(PostgresUUID(organizationID.uuid))
        bindings.append(kind.rawValue)
        bindings.append(key)
        bindings.append(argumentsJSON)
        bindings.append(delay.wholeMicroseconds)
        bindings.append(priority.rawValue)
        bindings.append(concurrencyKey)
    }
}

/// Claims what is due: jobs that wait for their time, and jobs whose worker let the lease run out.
///
/// `due_at` says both: when a waiting job may be claimed, and when a lease ends. Jobs of organizations
/// that are suspended or being deleted rest. Which job comes first is said at the function, which is one of
/// the database's so that each of its looks sees what other workers have committed meanwhile.
struct ClaimJobs: PostgresStatement {
    static let sql = """
        SELECT id, kind, org_id, key, lease_token, attempt, last_error, arguments::text, refusals,
            priority, deaths
        FROM tally.claim_jobs_in_step($1::text[], $2::integer, $3::text,
            $4::bigint * interval '1 microsecond', $5::integer, $6::integer, $7::bigint[],
            $8::uuid[], $9::boolean)
        """

    let kinds: [JobKind]
    let limit: Int
    let owner: String
    let lease: Duration
    let perConcurrencyKey: Int?
    let choice: ClaimTurn.Choice

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(kinds.map(\.rawValue))
        bindings.append(limit)
        bindings.append(owner)
        bindings.append(lease.wholeMicroseconds)
        // The largest integer of the database: more than there are workers.
        bindings.append(perConcurrencyKey ?? Int(Int32.max))
        bindings.append(JobQueue.deathsMax)
        let after = choice.after.sorted { $0.key.rawValue < $1.key.rawValue }
        bindings.append(after.map { Int64($0.key.rawValue) })
        bindings.append(after.map { PostgresUUID($0.value.uuid) })
        bindings.append(choice.longestDueFirst)
    }

    static func decode(_ row: PostgresRow) throws -> Job {
        let id = JobID(try row.uuid(0).uuidv7)
        return Job(
            id: id, kind: JobKind(rawValue: try row.string(1)),
            organizationID: OrganizationID(try row.uuid(2).uuidv7), key: try row.string(3),
            lease: JobLease(
                jobID: id, token: try row.uuid(4).uuidv7, followsDeaths: try row.int(10) > 0),
            attempt: try row.int(5),
            lastError: try row.optionalString(6), refusals: try row.int(8),
            priority: JobPriority(rawValue: try row.int(9)) ?? .scheduled,
            argumentsJSON: try row.string(7))
    }
}

/// Extends a lease, where it is still held, and its organization is served.
struct RenewLease: PostgresStatement {
    static let sql = """
        UPDATE jobs AS q
        SET due_at = now() + $3::bigint * interval '1 microsecond', updated_at = now()
        WHERE id = $1 AND lease_token = $2 AND NOT EXISTS (
            SELECT FROM organization_states AS s
            WHERE s.org_id = q.org_id AND (s.is_suspended OR s.delete_after IS NOT NULL))
        RETURNING id
        """

    let lease: JobLease
    let duration: Duration

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
        bindings.append(duration.wholeMicroseconds)
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Extends the leases of some jobs, as `RenewLease`; jobs are locked in the order of `HoldJob`.
struct RenewLeases: PostgresStatement {
    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs AS q
            WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[]) AND NOT EXISTS (
                SELECT FROM organization_states AS s
                WHERE s.org_id = q.org_id AND (s.is_suspended OR s.delete_after IS NOT NULL))
            ORDER BY org_id, kind, key
            FOR NO KEY UPDATE)
        UPDATE jobs AS j
        SET due_at = now() + $3::bigint * interval '1 microsecond', updated_at = now()
        FROM held WHERE j.id = held.id
        RETURNING j.id
        """

    let leases: [JobLease]
    let duration: Duration

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(leases.map { PostgresUUID($0.jobID.uuid) })
        bindings.append(leases.map { PostgresUUID($0.token) })
        bindings.append(duration.wholeMicroseconds)
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Locks the job's row, where the lease is still held, so that nobody takes the job over before
/// this transaction ends. It is not while the organization is suspended or being deleted: whoever
/// claims the job afterwards goes on. A key-share lock stops a takeover, yet lets the heartbeat renew the lease.
struct HoldLease: PostgresStatement {
    static let sql = """
        SELECT id FROM jobs AS q
        WHERE id = $1 AND lease_token = $2 AND NOT EXISTS (
            SELECT FROM organization_states AS s
            WHERE s.org_id = q.org_id AND (s.is_suspended OR s.delete_after IS NOT NULL))
        FOR KEY SHARE
        """

    let lease: JobLease

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// The job makes progress, so it is not what its workers died of.
struct ForgetDeaths: PostgresStatement {
    typealias Row = Void

    static let sql = "UPDATE jobs SET deaths = 0 WHERE id = $1 AND lease_token = $2 AND deaths > 0"

    let lease: JobLease

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
    }
}

/// Gives a job back, due after a time.
struct MakeJobDue: PostgresStatement {
    static let sql = """
        UPDATE jobs
        SET lease_token = NULL, lease_owner = NULL, attempt = $3, last_error = $4,
            due_at = now() + $5::bigint * interval '1 microsecond', refusals = $6, deaths = 0,
            priority = usual_priority, updated_at = now()
        WHERE id = $1 AND lease_token = $2
        RETURNING id
        """

    let lease: JobLease
    let failures: Int
    let lastError: String?
    let refusals: Int
    let delay: Duration

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
        bindings.append(failures)
        bindings.append(lastError)
        bindings.append(delay.wholeMicroseconds)
        bindings.append(refusals)
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Sets a job aside, with the cause.
struct SetJobAside: PostgresStatement {
    static let sql = """
        UPDATE jobs
        SET lease_token = NULL, lease_owner = NULL, attempt = 0, last_error = $3, refusals = $4,
            deaths = 0, dead_at = now(), dead_reason = $3, updated_at = now()
        WHERE id = $1 AND lease_token = $2
        RETURNING id
        """

    let lease: JobLease
    let reason: String
    let refusals: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
        bindings.append(reason)
        bindings.append(refusals)
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Removes a job that is done for good.
struct RemoveJob: PostgresStatement {
    static let sql = "DELETE FROM jobs WHERE id = $1 AND lease_token = $2 RETURNING id"

    let lease: JobLease

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Makes waiting jobs due at once, which are locked in the order of `HoldJob`; those that run stay as they are.
struct ExpediteJobs: PostgresStatement {
    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs AS of_all
            WHERE kind = ANY($1::text[]) AND lease_token IS NULL AND dead_at IS NULL
                AND due_at > now()
            ORDER BY org_id, kind, key
            FOR NO KEY UPDATE)
        UPDATE jobs AS j SET due_at = now(), updated_at = now()
        FROM held WHERE j.id = held.id
        RETURNING j.id
        """

    let kinds: [JobKind]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(kinds.map(\.rawValue))
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Makes jobs due at once and takes them from whoever runs them; they are locked in the order of `HoldJob`. A
/// transaction that holds a lease is waited for, since `FOR UPDATE` does not go with its key-share lock.
struct RestartJobs: PostgresStatement {
    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs
            WHERE org_id = $1 AND kind = $2 AND key = ANY($3::text[])
            ORDER BY key
            FOR UPDATE)
        UPDATE jobs AS j
        SET due_at = now(), lease_token = NULL, lease_owner = NULL, attempt = 0,
            priority = coalesce($4, j.usual_priority), is_ready = false, refusals = 0, deaths = 0,
            dead_at = NULL, dead_reason = NULL, updated_at = now()
        FROM held WHERE j.id = held.id
        RETURNING j.id
        """

    let organizationID: OrganizationID
    let kind: JobKind
    let keys: [String]
    var priority: JobPriority?

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organizationID.uuid))
        bindings.append(kind.rawValue)
        bindings.append(keys)
        bindings.append(priority?.rawValue)
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// How the jobs of some kinds stand; those that rest with their organization are left out.
struct CountJobs: PostgresStatement {
    static let sql = """
        SELECT count(*) FILTER (
                WHERE dead_at IS NULL
                    AND (lease_token IS NOT NULL OR due_at <= now() OR attempt > 0)),
            count(*) FILTER (WHERE last_error IS NOT NULL OR dead_at IS NOT NULL),
            count(*) FILTER (WHERE dead_at IS NOT NULL),
            (extract(epoch FROM min(due_at) FILTER (WHERE dead_at IS NULL) - now())
                * 1000000)::bigint
        FROM jobs AS q WHERE kind = ANY($1::text[]) AND NOT EXISTS (
            SELECT FROM organization_states AS s
            WHERE s.org_id = q.org_id AND (s.is_suspended OR s.delete_after IS NOT NULL))
        """

    let kinds: [JobKind]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(kinds.map(\.rawValue))
    }

    static func decode(_ row: PostgresRow) throws -> JobCounts {
        JobCounts(
            unsettled: try row.int(0), withError: try row.int(1), setAside: try row.int(2),
            untilNextDue: try row.optionalInt64(3).map { .microseconds(max(0, $0)) })
    }
}

/// Time until the next job that waits for its time may be claimed: one look at an index.
struct SelectNextDue: PostgresStatement {
    static let sql = """
        SELECT (extract(epoch FROM due_at - now()) * 1000000)::bigint
        FROM jobs
        WHERE NOT is_ready AND dead_at IS NULL AND due_at > now() AND kind = ANY($1::text[])
        ORDER BY due_at, id
        LIMIT 1
        """

    let kinds: [JobKind]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(kinds.map(\.rawValue))
    }

    static func decode(_ row: PostgresRow) throws -> Duration {
        .microseconds(max(0, try row.int64(0)))
    }
}
