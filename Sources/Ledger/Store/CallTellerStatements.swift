import Core
import Domain
import Postgres

/// Records events that tell of a call of which another event told before.
struct InsertCallTellers: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let entryIDs: [Int64]
    let times: [Instant]
    /// The content is of the source.
    let calls: [EntryKey]

    static let sql = """
        INSERT INTO call_tellers (org_id, entry_id, event_time, call_key, source_key)
        SELECT $1, t.entry_id, t.event_time, t.call_key, t.source_key
        FROM unnest($2::bigint[], $3::timestamptz[], $4::uuid[], $5::uuid[])
            AS t (entry_id, event_time, call_key, source_key)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(entryIDs)
        bindings.append(times)
        bindings.append(calls.map(\.identity))
        bindings.append(calls.map(\.content))
    }
}

/// Says of events that they do not count any more, whoever told of their calls; answers with those calls.
///
/// An event that a call's key names, and that has no row of its own, gets one: until now, it was the source's that counts.
struct WithdrawCallTellers: PostgresStatement {
    let organization: PostgresUUID
    let entryIDs: [Int64]
    let times: [Instant]

    static let sql = """
        WITH asked AS MATERIALIZED (
            SELECT r.entry_id, r.event_time
            FROM unnest($2::bigint[], $3::timestamptz[]) AS r (entry_id, event_time)
        ), firsts AS (
            INSERT INTO call_tellers
                (org_id, entry_id, event_time, call_key, source_key, withdrawn)
            SELECT $1, k.entry_id, k.event_time, k.key_hash, k.content_hash, true
            FROM asked AS a
            JOIN idempotency_keys AS k ON k.org_id = $1 AND k.of_call
                AND k.event_time = a.event_time AND k.entry_id = a.entry_id
            WHERE k.tellers_are_known
            ON CONFLICT (org_id, entry_id) DO NOTHING
            RETURNING call_key
        ), others AS (
            UPDATE call_tellers AS t SET withdrawn = true
            FROM asked AS a
            WHERE t.org_id = $1 AND t.entry_id = a.entry_id AND NOT t.withdrawn
            RETURNING t.call_key
        )
        SELECT f.call_key FROM firsts AS f UNION SELECT o.call_key FROM others AS o
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(entryIDs)
        bindings.append(times)
    }

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// What would come to count of calls, were some events reversed: of each call of which nobody's events counted any
/// more, the events of the source that is next: the highest-ranked one, or else the one that told first.
///
/// Only events that are kept, and no more of a call than a limit.
struct SelectNextTellers: PostgresStatement {
    struct Row: Sendable {
        let call: PostgresUUID
        /// Those of the events to be reversed that told of it.
        let reversed: [Int64]
        /// Nil where no other event is left.
        let teller: Teller?
    }

    struct Teller: Sendable {
        let entryID: Int64
        let time: Instant
        let source: PostgresUUID
    }

    let organization: PostgresUUID
    /// Events to be reversed.
    let entryIDs: [Int64]
    let times: [Instant]
    /// Nil: all of them.
    let keptFrom: Instant?
    /// Events of a call.
    let limit: Int

    // Those with lower numbers than the call's are of another one, that was removed with all of its events but them.
    // Each source that is ranked is looked for by itself, so that however many told of a call, few rows are read.
    // OFFSET 0 keeps the planner from reading all of the organization's once, instead of those of each call.
    static let sql = """
        WITH told AS MATERIALIZED (
            SELECT a.entry_id, k.key_hash AS call_key
            FROM unnest($2::bigint[], $3::timestamptz[]) AS a (entry_id, event_time)
            JOIN idempotency_keys AS k ON k.org_id = $1 AND k.of_call
                AND k.event_time = a.event_time AND k.entry_id = a.entry_id
            UNION
            SELECT t.entry_id, t.call_key FROM call_tellers AS t
            WHERE t.org_id = $1 AND t.entry_id = ANY ($2)
        ), calls AS MATERIALIZED (
            SELECT call_key, array_agg(entry_id) AS reversed FROM told GROUP BY call_key
        ), ranks AS MATERIALIZED (
            SELECT tally.entry_key(o.source, '') AS source_key, o.rank
            FROM source_ranks AS r
            CROSS JOIN LATERAL unnest(r.sources) WITH ORDINALITY AS o (source, rank)
            WHERE r.org_id = $1
        )
        SELECT k.key_hash, c.reversed, e.entry_id, e.event_time, e.source_key
        FROM calls AS c
        JOIN idempotency_keys AS k ON k.org_id = $1 AND k.key_hash = c.call_key
        LEFT JOIN LATERAL (
            SELECT n.source_key FROM (
                SELECT r.source_key, r.rank FROM ranks AS r
                WHERE EXISTS (
                    SELECT FROM call_tellers AS t
                    WHERE t.org_id = $1 AND t.call_key = k.key_hash
                        AND t.source_key = r.source_key AND NOT t.withdrawn
                        AND t.entry_id >= k.entry_id AND t.entry_id <> ALL ($2)
                        AND t.event_time >= coalesce($4::timestamptz, '-infinity')
                    OFFSET 0)
                UNION ALL
                (SELECT t.source_key, NULL FROM call_tellers AS t
                WHERE t.org_id = $1 AND t.call_key = k.key_hash AND NOT t.withdrawn
                    AND t.entry_id >= k.entry_id AND t.entry_id <> ALL ($2)
                    AND t.event_time >= coalesce($4::timestamptz, '-infinity')
                ORDER BY t.entry_id LIMIT 1)) AS n
            ORDER BY n.rank NULLS LAST LIMIT 1) AS s ON true
        LEFT JOIN LATERAL (
            SELECT t.entry_id, t.event_time, t.source_key FROM call_tellers AS t
            WHERE t.org_id = $1 AND t.call_key = k.key_hash AND t.source_key = s.source_key
                AND NOT t.withdrawn AND t.entry_id >= k.entry_id AND t.entry_id <> ALL ($2)
                AND t.event_time >= coalesce($4::timestamptz, '-infinity')
            ORDER BY t.entry_id LIMIT $5) AS e ON true
        WHERE k.tellers_are_known
            AND (k.entry_id = ANY ($2) OR EXISTS (
                SELECT FROM call_tellers AS f WHERE f.org_id = $1 AND f.entry_id = k.entry_id
                OFFSET 0))
            AND NOT EXISTS (
                SELECT FROM call_tellers AS t
                WHERE t.org_id = $1 AND t.call_key = k.key_hash AND t.source_key = k.content_hash
                    AND NOT t.withdrawn AND t.entry_id >= k.entry_id AND t.entry_id <> ALL ($2)
                OFFSET 0)
        ORDER BY k.key_hash, e.entry_id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(entryIDs)
        bindings.append(times)
        bindings.append(keptFrom)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        let teller = try row.optionalInt64(2).map {
            Teller(entryID: $0, time: try row.instant(3), source: try row.uuid(4))
        }
        return Row(call: try row.uuid(0), reversed: try row.int64s(1), teller: teller)
    }
}
