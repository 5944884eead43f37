import Core
import Domain
import Postgres
import ServiceRuntime

/// What each of some people did with coding tools on some days, by the keyed hashes of who they are; of one
/// connection, or of all. What was taken back is left out.
struct SelectCodingActivity: PostgresStatement {
    struct Row: Sendable {
        let actorKey: [UInt8]
        /// Of the newest row of theirs, which opens with where it stands.
        let sealedActor: [UInt8]
        let connectionID: ConnectionID
        /// In hexadecimal digits.
        let rowKey: String
        let isPerson: Bool
        let days: Int64
        let lastDay: Instant
        /// Sessions, lines added, lines removed, commits, pull requests, suggestions accepted, and rejected, then
        /// tokens: input, read from a cache, written to one, output.
        let counts: [Int64]
    }

    private static let counted = [
        "sessions", "lines_added", "lines_removed", "commits", "pull_requests", "accepted",
        "rejected", "input", "cache_read", "cache_write", "output",
    ]
    /// Clamped: no provider counts as far as 64 bits.
    private static let sums = counted.map { "least(sum(\($0)), 9223372036854775807)::bigint" }
        .joined(separator: ", ")

    static let sql = """
        WITH page AS (
            SELECT DISTINCT a.actor_key FROM coding_activity AS a
            WHERE a.org_id = $1 AND a.bucket_start >= $2 AND a.bucket_start < $3
                AND a.taken_back_at IS NULL AND a.actor_key > $5
                AND ($4::uuid IS NULL OR a.connection_id = $4)
            ORDER BY a.actor_key
            LIMIT $6),
        told AS (
            SELECT a.*, s.accepted, s.rejected, m.input, m.cache_read, m.cache_write, m.output
            FROM coding_activity AS a
            CROSS JOIN LATERAL (
                SELECT coalesce(sum((e ->> 'accepted')::numeric), 0) AS accepted,
                    coalesce(sum((e ->> 'rejected')::numeric), 0) AS rejected
                FROM jsonb_array_elements(a.suggestions) AS e) AS s
            CROSS JOIN LATERAL (
                SELECT coalesce(sum((e ->> 'input')::numeric), 0) AS input,
                    coalesce(sum((e ->> 'cache_read')::numeric), 0) AS cache_read,
                    coalesce(sum((e ->> 'cache_write')::numeric), 0) AS cache_write,
                    coalesce(sum((e ->> 'output')::numeric), 0) AS output
                FROM jsonb_array_elements(a.models) AS e) AS m
            WHERE a.org_id = $1 AND a.bucket_start >= $2 AND a.bucket_start < $3
                AND a.taken_back_at IS NULL AND ($4::uuid IS NULL OR a.connection_id = $4)
                AND a.actor_key IN (SELECT actor_key FROM page))
        SELECT actor_key, (array_agg(sealed_actor ORDER BY bucket_start DESC, row_key))[1],
            (array_agg(connection_id ORDER BY bucket_start DESC, row_key))[1],
            encode((array_agg(row_key ORDER BY bucket_start DESC, row_key))[1], 'hex'),
            bool_or(is_person), count(DISTINCT bucket_start), max(bucket_start),
            \(sums)
        FROM told
        GROUP BY actor_key
        ORDER BY actor_key
        """

    let organizationID: OrganizationID
    /// Whole days of UTC.
    let days: Range<Instant>
    /// Nil for all.
    let connectionID: ConnectionID?
    /// Nobody's is empty.
    let after: [UInt8]
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(days.lowerBound)
        bindings.append(days.upperBound)
        bindings.append(connectionID?.postgresUUID)
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            actorKey: try row.bytes(0), sealedActor: try row.bytes(1),
            connectionID: ConnectionID(try row.uuid(2)), rowKey: try row.string(3),
            isPerson: try row.bool(4), days: try row.int64(5), lastDay: try row.instant(6),
            counts: try (7..<7 + counted.count).map { try row.int64($0) })
    }
}

/// What providers estimate that some people's activity on some days cost, by currency.
struct SelectCodingEstimates: PostgresStatement {
    struct Row: Sendable {
        let actorKey: [UInt8]
        let currency: String
        let picos: Int128
    }

    static let sql = """
        SELECT a.actor_key, e ->> 'currency', sum((e ->> 'estimated_picos')::numeric)
        FROM coding_activity AS a
        CROSS JOIN LATERAL jsonb_array_elements(a.models) AS e
        WHERE a.org_id = $1 AND a.bucket_start >= $2 AND a.bucket_start < $3
            AND a.taken_back_at IS NULL AND a.actor_key = ANY($5::bytea[])
            AND ($4::uuid IS NULL OR a.connection_id = $4)
        GROUP BY 1, 2
        ORDER BY 1, 2
        """

    let organizationID: OrganizationID
    /// Whole days of UTC.
    let days: Range<Instant>
    let connectionID: ConnectionID?
    let actorKeys: [[UInt8]]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(days.lowerBound)
        bindings.append(days.upperBound)
        bindings.append(connectionID?.postgresUUID)
        bindings.append(actorKeys)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            actorKey: try row.bytes(0), currency: try row.string(1), picos: try row.int128(2))
    }
}

/// Until when activity was read of all connections that are pulled for it, or of one of them; null where one was not
/// read yet.
struct SelectActivityReadThrough: PostgresStatement {
    static let sql = """
        SELECT CASE WHEN count(*) = count(k.through) THEN min(k.through) END
        FROM connection_checkpoints AS k
        JOIN connections AS c ON c.org_id = k.org_id AND c.id = k.connection_id
        WHERE k.org_id = $1 AND split_part(k.stream, '/', 1) = 'activity'
            AND c.record_of & 2 <> 0 AND c.deleted_at IS NULL
            AND ($2::uuid IS NULL OR c.id = $2)
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID?

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID?.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Instant? { try row.optionalInstant(0) }
}
