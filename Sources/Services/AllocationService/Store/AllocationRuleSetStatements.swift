import Core
import Domain
import Postgres
import ServiceRuntime

/// A stored rule set.
struct StoredRuleSet: Sendable {
    let version: Int64
    let rules: AllocationRules
    let createTime: Instant
}

/// The rule set in force: the one with the highest version.
struct SelectAllocationRuleSet: PostgresStatement {
    static let sql = """
        SELECT version, rules, created_at
        FROM allocation_rule_sets
        WHERE org_id = $1
        ORDER BY version DESC
        LIMIT 1
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> StoredRuleSet {
        StoredRuleSet(
            version: try row.int64(0), rules: try AllocationRules(json: try row.string(1)),
            createTime: try row.instant(2))
    }
}

/// Adds a version; returns no row where another call added it first.
struct InsertAllocationRuleSet: PostgresStatement {
    static let sql = """
        INSERT INTO allocation_rule_sets (org_id, version, rules, created_at)
        VALUES ($1, $2, $3::jsonb, $4)
        ON CONFLICT (org_id, version) DO NOTHING
        RETURNING version
        """

    let organization: OrganizationID
    let version: Int64
    let rulesJSON: String
    let createTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(version)
        bindings.append(rulesJSON)
        bindings.append(createTime)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}
