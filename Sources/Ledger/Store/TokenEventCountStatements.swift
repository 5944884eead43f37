import Postgres

/// What tokens have brought, each with those in whose place it was made; to be counted on by writers alone
/// who hold the organization's clock.
struct SelectTokenEventCounts: PostgresStatement {
    struct Row: Sendable {
        let tokenID: String
        /// Of whose count it is part.
        let countedAs: String
        let events: EventCount
    }

    let organization: PostgresUUID
    let tokenIDs: [String]

    static let sql = """
        SELECT t.id, coalesce(t.counted_as, t.id), coalesce(c.event_day, 0), coalesce(c.event_count, 0)
        FROM tokens AS t LEFT JOIN token_event_counts AS c
            ON c.org_id = $1 AND c.token_id = coalesce(t.counted_as, t.id)
        WHERE t.org_id = $1 AND t.id = ANY ($2::text[])
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(tokenIDs)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            tokenID: try row.string(0), countedAs: try row.string(1),
            events: EventCount(day: try row.int64(2), count: try row.int64(3)))
    }
}

/// Stores what they have brought now.
struct UpsertTokenEventCounts: PostgresStatement {
    typealias Row = Void

    let organization: PostgresUUID
    let tokenIDs: [String]
    let events: [EventCount]

    static let sql = """
        INSERT INTO token_event_counts (org_id, token_id, event_day, event_count)
        SELECT $1, n.token_id, n.event_day, n.event_count
        FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS n (token_id, event_day, event_count)
        ON CONFLICT (org_id, token_id) DO UPDATE
        SET event_day = excluded.event_day, event_count = excluded.event_count
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(tokenIDs)
        bindings.append(events.map(\.day))
        bindings.append(events.map(\.count))
    }
}
