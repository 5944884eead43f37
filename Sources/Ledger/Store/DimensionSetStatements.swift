import Core
import Domain
import Postgres

/// Reserves numbers for dimension sets; answers with the last of them.
struct ReserveDimensionSetIDs: PostgresStatement {
    let organization: PostgresUUID
    let count: Int

    static let sql = """
        INSERT INTO counters AS c (org_id, name, n) VALUES ($1, 'dimension_set', $2)
        ON CONFLICT (org_id, name) DO UPDATE SET n = c.n + excluded.n
        RETURNING n
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(count)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}

/// Stores the dimension sets of the batch that are new.
struct InsertDimensionSets: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let idBefore: Int64

    static let sql = """
        INSERT INTO dimension_sets
            (org_id, id, hash, provider, model, requested_model, operation, region, service_tier,
             context_tier, project, api_key_id, user_id, feature, customer, team, environment,
             source, connection_id, line_item, charge_class, tags)
        SELECT $1, $2::bigint + b.ordinal, sha256(b.canonical), b.provider, b.model,
            b.requested_model, b.operation, b.region, b.service_tier, b.context_tier, b.project,
            b.api_key_id, b.user_id, b.feature, b.customer, b.team, b.environment, b.source,
            b.connection_id, b.line_item, b.charge_class, b.tags
        FROM pg_temp.batch_dimension_sets b
        ORDER BY b.ordinal
        ON CONFLICT (org_id, hash) DO NOTHING
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(idBefore)
    }
}

/// The numbers of the batch's dimension sets, those that are not stored left out.
struct SelectDimensionSetIDs: PostgresStatement {
    struct Row: Sendable {
        let ordinal: Int64
        let id: Int64
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT b.ordinal, d.id
        FROM pg_temp.batch_dimension_sets b
        JOIN dimension_sets d ON d.org_id = $1 AND d.hash = sha256(b.canonical)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(ordinal: try row.int64(0), id: try row.int64(1))
    }
}
