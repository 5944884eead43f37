import Core
import Postgres

/// The order of an organization's sources; no row where it was never set.
struct SelectSourceRanks: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        SELECT version, sources, updated_at FROM source_ranks WHERE org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> SourceRanks {
        SourceRanks(
            version: try row.int64(0), sources: try row.strings(1), updateTime: try row.instant(2))
    }
}

/// The same as hashes, as calls and who told of them name sources.
struct SelectSourceOrder: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        SELECT tally.entry_key(o.source, '')
        FROM source_ranks AS r
        CROSS JOIN LATERAL unnest(r.sources) WITH ORDINALITY AS o (source, rank)
        WHERE r.org_id = $1
        ORDER BY o.rank
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> PostgresUUID { try row.uuid(0) }
}

/// Replaces the order. For who has locked the organization's clock.
struct UpsertSourceRanks: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let ranks: SourceRanks
    let updateTime: Instant

    static let sql = """
        INSERT INTO source_ranks (org_id, version, sources, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (org_id) DO UPDATE SET version = excluded.version,
            sources = excluded.sources, updated_at = excluded.updated_at
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(ranks.version)
        bindings.append(ranks.sources)
        bindings.append(updateTime)
    }
}

/// Who told before of calls of which a higher-ranked source tells now: of each, the events of the source that counts,
/// and those that the higher-ranked one told of it before. No row of a call where that is not known, or where there
/// are more of them than a limit; calls of few events first, as many as a limit of them all allows.
struct SelectOutrankedTellers: PostgresStatement {
    struct Row: Sendable {
        let call: PostgresUUID
        let entryID: Int64
        let time: Instant
        let source: PostgresUUID
        /// Whether it is the event that the call's key names, and no row of its own says whose it is.
        let isUnlisted: Bool
    }

    let organization: PostgresUUID
    /// The contents are of the sources that tell now.
    let calls: [EntryKey]
    let eventsOfCallMax: Int
    let eventsMax: Int

    // OFFSET 0 keeps the planner from reading all of the organization's once, instead of those of each call.
    static let sql = """
        WITH calls AS MATERIALIZED (
            SELECT k.key_hash, k.entry_id, k.event_time, k.content_hash, a.source_key, f.is_unlisted,
                n.events + f.is_unlisted::integer AS events
            FROM unnest($2::uuid[], $3::uuid[]) AS a (call_key, source_key)
            JOIN idempotency_keys AS k ON k.org_id = $1 AND k.key_hash = a.call_key
            CROSS JOIN LATERAL (
                SELECT NOT EXISTS (
                    SELECT FROM call_tellers AS t
                    WHERE t.org_id = $1 AND t.entry_id = k.entry_id OFFSET 0) AS is_unlisted) AS f
            CROSS JOIN LATERAL (
                SELECT count(*) AS events FROM (
                    SELECT FROM call_tellers AS t
                    WHERE t.org_id = $1 AND t.call_key = k.key_hash
                        AND t.source_key IN (k.content_hash, a.source_key)
                        AND NOT t.withdrawn AND t.entry_id >= k.entry_id
                    LIMIT $4::bigint + 1) AS t) AS n
            WHERE k.tellers_are_known
        ), few AS (
            SELECT c.*, sum(c.events) OVER (ORDER BY c.events, c.key_hash) AS total
            FROM calls AS c WHERE c.events <= $4::bigint
        )
        SELECT c.key_hash, c.entry_id, c.event_time, c.content_hash, true
        FROM few AS c WHERE c.total <= $5::bigint AND c.is_unlisted
        UNION ALL
        SELECT c.key_hash, t.entry_id, t.event_time, t.source_key, false
        FROM few AS c
        CROSS JOIN LATERAL (
            SELECT t.entry_id, t.event_time, t.source_key FROM call_tellers AS t
            WHERE t.org_id = $1 AND t.call_key = c.key_hash
                AND t.source_key IN (c.content_hash, c.source_key)
                AND NOT t.withdrawn AND t.entry_id >= c.entry_id OFFSET 0) AS t
        WHERE c.total <= $5::bigint
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(calls.map(\.identity))
        bindings.append(calls.map(\.content))
        bindings.append(eventsOfCallMax)
        bindings.append(eventsMax)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            call: try row.uuid(0), entryID: try row.int64(1), time: try row.instant(2),
            source: try row.uuid(3), isUnlisted: try row.bool(4))
    }
}
