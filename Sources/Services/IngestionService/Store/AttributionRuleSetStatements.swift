import API
import Core
import Domain
import Postgres
import ServiceRuntime

/// A stored version of the rules.
struct StoredAttributionRuleSet: Sendable {
    let version: Int64
    let effectiveFrom: Instant
    /// When a later version begins to hold; nil while there is none.
    let supersededFrom: Instant?
    let ruleCount: Int32
    let note: String
    let createTime: Instant
    /// The text of the `rules` column; empty where it was not asked for.
    var rulesJSON = ""

    /// With the rules, where they were asked for.
    var wire: API.AttributionRuleSet {
        get throws {
            var set =
                rulesJSON.isEmpty
                ? API.AttributionRuleSet()
                : try API.AttributionRuleSet(json: JSONValue(parsing: rulesJSON))
            set.version = version
            set.effectiveTime = Timestamp(effectiveFrom)
            set.endTime = supersededFrom.map { Timestamp($0) }
            set.note = note
            set.createTime = Timestamp(createTime)
            set.ruleCount = ruleCount
            return set
        }
    }
}

/// One version with its rules: of a number, or the newest.
struct SelectAttributionRuleSet: PostgresStatement {
    let organization: OrganizationID
    /// 0 for the newest.
    let version: Int64

    static let sql = """
        SELECT s.version, s.effective_from,
            (SELECT min(l.effective_from) FROM attribution_rule_sets l
                WHERE l.org_id = $1 AND l.version > s.version),
            s.rule_count, s.note, s.created_at, s.rules::text
        FROM attribution_rule_sets s
        WHERE s.org_id = $1 AND ($2::bigint = 0 OR s.version = $2)
        ORDER BY s.version DESC
        LIMIT 1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(version)
    }

    static func decode(_ row: PostgresRow) throws -> StoredAttributionRuleSet {
        var stored = try SelectAttributionRuleSetPage.decode(row)
        stored.rulesJSON = try row.string(6)
        return stored
    }
}

/// A page of versions without their rules, the newest first.
struct SelectAttributionRuleSetPage: PostgresStatement {
    let organization: OrganizationID
    /// The last version known; nil for the first page.
    let before: Int64?
    let limit: Int

    static let sql = """
        SELECT s.version, s.effective_from, s.superseded_from, s.rule_count, s.note, s.created_at
        FROM (
            SELECT a.version, a.effective_from, a.rule_count, a.note, a.created_at,
                min(a.effective_from) OVER (
                    ORDER BY a.version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS superseded_from
            FROM attribution_rule_sets a
            WHERE a.org_id = $1
        ) AS s
        WHERE s.version < coalesce($2, 9223372036854775807)
        ORDER BY s.version DESC
        LIMIT $3
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(before)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> StoredAttributionRuleSet {
        StoredAttributionRuleSet(
            version: try row.int64(0), effectiveFrom: try row.instant(1),
            supersededFrom: try row.optionalInstant(2), ruleCount: try row.int32(3),
            note: try row.string(4), createTime: try row.instant(5))
    }
}

/// The number of the newest version; 0 where none was ever set.
struct SelectNewestAttributionVersion: PostgresStatement {
    let organization: OrganizationID

    static let sql = """
        SELECT coalesce(max(version), 0) FROM attribution_rule_sets WHERE org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}

/// Every version's number and begin.
struct SelectAttributionTimeline: PostgresStatement {
    let organization: OrganizationID

    static let sql = """
        SELECT version, effective_from FROM attribution_rule_sets WHERE org_id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> AttributionTimeline.Entry {
        AttributionTimeline.Entry(version: try row.int64(0), from: try row.instant(1))
    }
}

/// The rules of some versions.
struct SelectAttributionRules: PostgresStatement {
    struct Row: Sendable {
        let version: Int64
        let rulesJSON: String
    }

    let organization: OrganizationID
    let versions: [Int64]

    static let sql = """
        SELECT version, rules::text
        FROM attribution_rule_sets
        WHERE org_id = $1 AND version = ANY ($2::bigint[])
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(versions)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(version: try row.int64(0), rulesJSON: try row.string(1))
    }
}

/// Adds a version; returns no row where another call added it first.
struct InsertAttributionRuleSet: PostgresStatement {
    let organization: OrganizationID
    let stored: StoredAttributionRuleSet

    static let sql = """
        INSERT INTO attribution_rule_sets
            (org_id, version, effective_from, rules, rule_count, note, created_at)
        VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7)
        ON CONFLICT (org_id, version) DO NOTHING
        RETURNING version
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(stored.version)
        bindings.append(stored.effectiveFrom)
        bindings.append(stored.rulesJSON)
        bindings.append(stored.ruleCount)
        bindings.append(stored.note)
        bindings.append(stored.createTime)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}
