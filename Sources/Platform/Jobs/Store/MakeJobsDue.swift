import Domain
import Postgres

/// Gives jobs back, each due after a time: what most runs come to, in one statement for all that have ended.
struct MakeJobsDue: PostgresStatement {
    struct Job: Sendable {
        let lease: JobLease
        let failures: Int
        /// Empty where there was none.
        let lastError: String
        let refusals: Int
        let delay: Duration

        /// Nil where something else becomes of it.
        init?(_ update: JobUpdate, of lease: JobLease) {
            guard case .makeDue(let delay) = update.change, !update.holdsKey else { return nil }
            self.lease = lease
            self.failures = update.failures
            self.lastError = update.lastError ?? ""
            self.refusals = update.refusals
            self.delay = delay
        }
    }

    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])
            ORDER BY id FOR NO KEY UPDATE)
        UPDATE jobs AS j
        SET lease_token = NULL, lease_owner = NULL, attempt = e.failures,
            last_error = nullif(e.last_error, ''),
            due_at = now() + e.delay * interval '1 microsecond', refusals = e.refusals, deaths = 0,
            priority = j.usual_priority, updated_at = now()
        FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
            AS e (id, lease_token, failures, last_error, delay, refusals)
        JOIN held ON held.id = e.id
        WHERE j.id = e.id AND j.lease_token = e.lease_token
        RETURNING j.id
        """

    let jobs: [Job]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(jobs.map { PostgresUUID($0.lease.jobID.uuid) })
        bindings.append(jobs.map { PostgresUUID($0.lease.token) })
        bindings.append(jobs.map { Int64($0.failures) })
        bindings.append(jobs.map(\.lastError))
        bindings.append(jobs.map(\.delay.wholeMicroseconds))
        bindings.append(jobs.map { Int64($0.refusals) })
    }

    static func decode(_ row: PostgresRow) throws -> JobID { JobID(try row.uuid(0).uuidv7) }
}
