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

/// Stores dimension sets that are new; answers with a row for each.
struct InsertDimensionSets: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    /// Number and hash of each.
    let ids: [Int64]
    let hashes: [[UInt8]]
    let users: [SealedUser]
    let sets: [DimensionSet]

    static let sql = """
        INSERT INTO dimension_sets
            (org_id, id, hash, provider, model, requested_model, operation, region, service_tier,
             context_tier, project, api_key_id, user_key, sealed_user, feature, customer, team,
             environment, source, connection_id, line_item, charge_class, tags, rule_set_version,
             derived_by)
        SELECT $1, n.id, n.hash, n.provider, n.model, n.requested_model, n.operation, n.region,
            n.service_tier, n.context_tier, n.project, n.api_key_id, n.user_key, n.sealed_user,
            n.feature, n.customer, n.team, n.environment, n.source, n.connection_id, n.line_item,
            n.charge_class, n.tags::jsonb, n.rule_set_version, n.derived_by::jsonb
        FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::uuid[],
            $21::text[], $22::text[], $23::text[], $24::bigint[], $25::text[])
            AS n (id, hash, user_key, sealed_user, provider, model, requested_model, operation,
                region, service_tier, context_tier, project, api_key_id, feature, customer, team,
                environment, source, connection_id, line_item, charge_class, tags,
                rule_set_version, derived_by)
        RETURNING id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(ids)
        bindings.append(hashes)
        bindings.append(users.map(\.key))
        bindings.append(users.map(\.sealed))
        for text: KeyPath<DimensionSet, String> in [
            \.provider, \.model, \.requestedModel, \.operation, \.region, \.serviceTier,
            \.contextTier,
            \.project, \.apiKeyID, \.feature, \.customer, \.team, \.environment, \.source,
        ] { bindings.append(sets.map { $0[keyPath: text] }) }
        bindings.append(sets.map { set in set.connectionID.map { PostgresUUID($0) } })
        bindings.append(sets.map(\.lineItem))
        bindings.append(sets.map { $0.chargeClass?.rawValue ?? "" })
        bindings.append(sets.map { JSONText.tags($0.tags) })
        bindings.append(sets.map { $0.attribution?.ruleSetVersion })
        bindings.append(sets.map { set in set.attribution.map { JSONText.derived($0.derived) } })
    }
}

/// Numbers of the dimension sets with the hashes, those that are not stored left out.
struct SelectDimensionSetIDs: PostgresStatement {
    struct Row: Sendable {
        let hash: [UInt8]
        let id: Int64
    }

    let organization: PostgresUUID
    let hashes: [[UInt8]]

    static let sql = """
        SELECT d.hash, d.id
        FROM dimension_sets AS d
        WHERE d.org_id = $1 AND d.hash = ANY ($2::bytea[])
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(hashes)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(hash: try row.bytes(0), id: try row.int64(1))
    }
}
