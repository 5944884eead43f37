import Domain
import Postgres

/// Gives jobs back, each due after a time: what most runs come to, in one statement for all that have ended. Those
/// that somebody else has locked are passed over.
struct MakeJobsDue: PostgresStatement {
    struct Job: Sendable {
        let lease: JobLease
        let failures: Int
        /// Empty where there was none.
        let lastError: String
        let refusals: Int
        let delay: Duration
        let rhythm: JobRhythm?

        /// Nil where something else becomes of it.
        init?(_ update: JobUpdate, of lease: JobLease) {
            guard case .makeDue(let delay) = update.change, !update.holdsKey else { return nil }
            self.lease = lease
            self.failures = update.failures
            self.lastError = update.lastError ?? ""
            self.refusals = update.refusals
            self.delay = delay
            self.rhythm = update.rhythm
        }
    }

    static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])
            FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE jobs AS j
        SET lease_token = NULL, lease_owner = NULL, attempt = e.failures,
            last_error = nullif(e.last_error, ''),
            due_at = d.due_at, in_step_at = CASE WHEN e.period > 0 THEN d.due_at END,
            refusals = e.refusals, deaths = 0, priority = j.usual_priority, updated_at = now()
        FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                $7::bigint[], $8::bigint[])
            AS e (id, lease_token, failures, last_error, delay, refusals, period, phase)
        JOIN held ON held.id = e.id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN e.period = 0 THEN now() + e.delay * interval '1 microsecond'
                ELSE 'epoch'::timestamptz + interval '1 microsecond' * (
                    ((extract(epoch FROM now()) * 1000000)::bigint + e.delay - e.phase + e.period / 2)
                        / e.period * e.period + e.phase) END AS due_at) AS d
        WHERE j.id = e.id AND j.lease_token = e.lease_token
        RETURNING j.id, e.lease_token
        """

    let jobs: [Job]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(jobs.map { PostgresUUID($0.lease.jobID.uuid) })
        bindings.append(jobs.map { PostgresUUID($0.lease.token) })
        bindings.append(jobs.map { Int64($0.failures) })
        bindings.append(jobs.map(\.lastError))
        bindings.append(jobs.map(\.delay.wholeMicroseconds))
        bindings.append(jobs.map { Int64($0.refusals) })
        bindings.append(jobs.map { $0.rhythm?.period.wholeMicroseconds ?? 0 })
        bindings.append(jobs.map { $0.rhythm?.phase.wholeMicroseconds ?? 0 })
    }

    static func decode(_ row: PostgresRow) throws -> HeldJob { try HeldJob(row) }
}
