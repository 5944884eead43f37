import Core
import Domain
import Postgres

/// A job by the claim that has it: jobs that were claimed as one share a token, and one that was taken away has another.
struct HeldJob: Hashable, Sendable {
    private let jobID: JobID
    private let token: UUIDv7

    init(_ lease: JobLease) {
        jobID = lease.jobID
        token = lease.token
    }

    /// Its first two columns.
    init(_ row: PostgresRow) throws {
        jobID = JobID(try row.uuid(0).uuidv7)
        token = try row.uuid(1).uuidv7
    }
}

/// Locks a job that is held, and waits for whoever else has.
///
/// Whoever locks several jobs, and waits for others, does so in the order of organization, kind and key, so that nobody waits
/// for somebody who waits for him. It is the order in which services know them, be they of one statement or, since pulls
/// come before back-fills, of several. Whoever claims jobs, or stores what several came to, waits for no job's lock; who
/// stores that a concurrency key is held (`HoldConcurrencyKey`) waits for others who store the same.
struct HoldJob: PostgresStatement {
    static let sql = """
        SELECT id FROM jobs WHERE id = $1 AND lease_token = $2 FOR NO KEY UPDATE
        """

    let lease: JobLease

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(lease.jobID.uuid))
        bindings.append(PostgresUUID(lease.token))
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Locks jobs that are held, where more than one statement is to write them, and passes over those that somebody else has
/// locked.
struct HoldFreeJobs: PostgresStatement {
    static let sql = """
        SELECT id, lease_token FROM jobs
        WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])
        FOR UPDATE SKIP LOCKED
        """

    let leases: [JobLease]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(leases.map { PostgresUUID($0.jobID.uuid) })
        bindings.append(leases.map { PostgresUUID($0.token) })
    }

    static func decode(_ row: PostgresRow) throws -> HeldJob { try HeldJob(row) }
}

/// Which jobs are held, whoever has locked them.
struct SelectHeld: PostgresStatement {
    static let sql = """
        SELECT id, lease_token FROM jobs
        WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])
        """

    let leases: [JobLease]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(leases.map { PostgresUUID($0.jobID.uuid) })
        bindings.append(leases.map { PostgresUUID($0.token) })
    }

    static func decode(_ row: PostgresRow) throws -> HeldJob { try HeldJob(row) }
}

/// Lets some jobs of an organization share a concurrency key, locked in the order of `HoldJob`; those that do stay as they
/// are.
struct ShareConcurrencyKey: PostgresStatement {
    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs
            WHERE org_id = $1 AND arguments ->> $2::text = $3
                AND concurrency_key IS DISTINCT FROM $4
            ORDER BY kind, key
            FOR NO KEY UPDATE)
        UPDATE jobs AS j SET concurrency_key = $4 FROM held WHERE j.id = held.id
        RETURNING j.id
        """

    let organizationID: OrganizationID
    let argument: String
    let value: String
    let concurrencyKey: String

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(organizationID.uuid))
        bindings.append(argument)
        bindings.append(value)
        bindings.append(concurrencyKey)
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Lets no job of a job's concurrency key be claimed before the job itself is due; a longer hold stays.
struct HoldConcurrencyKey: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO job_holds AS h (concurrency_key, held_until)
        SELECT concurrency_key, due_at FROM jobs WHERE id = $1 AND concurrency_key IS NOT NULL
        ON CONFLICT (concurrency_key) DO UPDATE
        SET held_until = greatest(h.held_until, excluded.held_until)
        """

    let job: JobID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(job.uuid))
    }
}

/// A row where a job's concurrency key is held.
struct SelectHold: PostgresStatement {
    static let sql = """
        SELECT h.held_until FROM jobs AS j JOIN job_holds AS h USING (concurrency_key)
        WHERE j.id = $1 AND h.held_until > now()
        """

    let job: JobID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(PostgresUUID(job.uuid))
    }

    static func decode(_ row: PostgresRow) throws -> Instant { try row.instant(0) }
}

/// Forgets holds that ended an hour ago, some at a time, and none that others are about to renew.
struct DeleteOldHolds: PostgresStatement {
    typealias Row = Void

    static let sql = """
        WITH old AS MATERIALIZED (
            SELECT concurrency_key FROM job_holds WHERE held_until < now() - interval '1 hour'
            ORDER BY held_until
            LIMIT 100
            FOR UPDATE SKIP LOCKED)
        DELETE FROM job_holds AS h USING old AS o WHERE h.concurrency_key = o.concurrency_key
        """

    func bind(into bindings: inout PostgresBindings) {}
}
