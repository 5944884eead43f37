import Postgres

/// What a token has brought, with those in whose place it was made; which only writers ask who hold the
/// organization's clock.
struct SelectTokenEventCount: PostgresStatement {
    struct Row: Sendable {
        /// Of whose count it is part.
        let tokenID: String
        let events: EventCount
    }

    let organization: PostgresUUID
    let tokenID: String

    static let sql = """
        SELECT coalesce(t.counted_as, t.id), coalesce(c.event_day, 0), coalesce(c.event_count, 0)
        FROM tokens AS t LEFT JOIN token_event_counts AS c
            ON c.org_id = $1 AND c.token_id = coalesce(t.counted_as, t.id)
        WHERE t.org_id = $1 AND t.id = $2
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(tokenID)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            tokenID: try row.string(0),
            events: EventCount(day: try row.int64(1), count: try row.int64(2)))
    }
}

/// Stores what it has brought now.
struct UpsertTokenEventCount: PostgresStatement {
    typealias Row = Void

    let organization: PostgresUUID
    let tokenID: String
    let events: EventCount

    static let sql = """
        INSERT INTO token_event_counts (org_id, token_id, event_day, event_count)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (org_id, token_id) DO UPDATE
        SET event_day = excluded.event_day, event_count = excluded.event_count
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(tokenID)
        bindings.append(events.day)
        bindings.append(events.count)
    }
}
