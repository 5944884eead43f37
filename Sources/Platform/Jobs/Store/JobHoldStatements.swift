import Core
import Domain
import Postgres

/// Locks jobs that are held, where more than one statement is to write them.
///
/// Whoever locks several jobs does so in the order of organization, kind and key, as here, so that nobody waits for somebody
/// who waits for him. It is the order in which services know them, be they of one statement or, since pulls come before
/// back-fills, of several. Whoever claims jobs waits for no lock.
struct HoldJobs: PostgresStatement {
    static let sql = """
        SELECT id FROM jobs WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])
        ORDER BY org_id, kind, key
        FOR UPDATE
        """

    let leases: [JobLease]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(leases.map { PostgresUUID($0.jobID.uuid) })
        bindings.append(leases.map { PostgresUUID($0.token) })
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}

/// Lets some jobs of an organization share a concurrency key, locked in the order of `HoldJobs`; those that do stay as they
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
