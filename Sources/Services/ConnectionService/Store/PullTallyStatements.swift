import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

/// How the pulls of some connections stand, all as one.
struct PullTally: Sendable {
    struct SetAside: Sendable {
        let connectionID: ConnectionID
        let stream: PullStream
        let reason: String
    }

    /// When the first is due of those that nobody has and that are not set aside; nil where there is none.
    var nextRunAt: Instant?
    /// Those that a worker is doing.
    var running = 0
    var setAside: [SetAside] = []
}

/// One row for all pulls of reports that the connections are the record of, and behind it one for each that is set
/// aside. When one is due, and whether it runs, is meant as in `JobQueue.states`.
///
/// Apart from the connections, since jobs stand on the coordinator alone.
struct SelectPullTally: PostgresStatement {
    enum Row: Sendable {
        case all(nextRunAt: Instant?, running: Int)
        case setAside(PullTally.SetAside)
    }

    static let sql = """
        WITH pulls AS MATERIALIZED (
            SELECT c.id, q.arguments ->> 'stream' AS stream, q.dead_reason,
                q.lease_token IS NOT NULL AS is_claimed,
                q.lease_token IS NOT NULL AND NOT EXISTS (
                    SELECT FROM jobs AS b
                    WHERE b.concurrency_key = q.concurrency_key
                        AND b.lease_token = q.lease_token AND b.id < q.id) AS is_running,
                greatest(q.due_at, CASE WHEN q.lease_token IS NULL THEN h.held_until END)
                    AS next_run_at
            FROM unnest($3::uuid[], $4::bigint[]) AS c (id, record_of)
            JOIN jobs AS q ON q.org_id = $1 AND q.arguments ->> 'connection' = c.id::text
                AND q.kind = $2
            LEFT JOIN job_holds AS h ON h.concurrency_key = q.concurrency_key
            WHERE c.record_of & CASE split_part(q.arguments ->> 'stream', '/', 1)
                WHEN 'costs' THEN 1 ELSE 2 END <> 0)
        SELECT NULL::uuid, NULL::text, NULL::text,
            min(next_run_at) FILTER (WHERE NOT is_claimed AND dead_reason IS NULL),
            count(*) FILTER (WHERE is_running)
        FROM pulls
        UNION ALL
        SELECT id, stream, dead_reason, NULL, 0 FROM pulls WHERE dead_reason IS NOT NULL
        """

    let organizationID: OrganizationID
    let connections: [ConnectionTally]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(PullConnection.kind.rawValue)
        bindings.append(connections.map(\.id.postgresUUID))
        bindings.append(connections.map { Int64($0.recordOf.rawValue) })
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        guard let stream = try row.optionalString(1) else {
            return .all(nextRunAt: try row.optionalInstant(3), running: try row.int(4))
        }
        return .setAside(
            PullTally.SetAside(
                connectionID: ConnectionID(try row.uuid(0)),
                stream: PullStream(rawValue: stream), reason: try row.string(2)))
    }
}

extension PullTally {
    static func read(
        _ connections: [ConnectionTally], of organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> PullTally {
        var tally = PullTally()
        guard !connections.isEmpty else { return tally }
        let rows = try await transaction.run(
            SelectPullTally(organizationID: organization, connections: connections))
        for row in rows {
            switch row {
            case .all(let nextRunAt, let running):
                tally.nextRunAt = nextRunAt
                tally.running = running
            case .setAside(let pull): tally.setAside.append(pull)
            }
        }
        return tally
    }
}
