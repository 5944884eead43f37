import Core
import Domain
import Postgres
import ServiceRuntime

/// What every call of an organization must know of its plan.
struct UpsertOrganizationPlanState: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organization_states (org_id, is_suspended, calls_per_second_max)
        VALUES ($1, $2, $3)
        ON CONFLICT (org_id) DO UPDATE
        SET is_suspended = excluded.is_suspended,
            calls_per_second_max = excluded.calls_per_second_max
        """

    let organization: StoredOrganization

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.id.postgresUUID)
        bindings.append(organization.suspension != nil)
        bindings.append(organization.limits.callsPerSecondMax)
    }
}

/// What every call of a new organization must know of it, and workers of its usage. Nothing of it is older
/// than it wants it kept, so nothing waits.
struct InsertOrganizationState: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organization_states
            (org_id, calls_per_second_max, retention_months, retention_begins_at)
        VALUES ($1, $2, $3::integer, CASE WHEN $3::integer IS NOT NULL THEN now() END)
        """

    let organization: StoredOrganization

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.id.postgresUUID)
        bindings.append(organization.limits.callsPerSecondMax)
        bindings.append(organization.retentionMonths == 0 ? nil : organization.retentionMonths)
    }
}

/// When an organization's deletion becomes irrevocable, or that there is none. No row is written once
/// its erasure began.
struct UpsertOrganizationDeletion: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organization_states AS s (org_id, delete_after) VALUES ($1, $2)
        ON CONFLICT (org_id) DO UPDATE SET delete_after = excluded.delete_after
        WHERE s.deleted_at IS NULL
        """

    let organization: StoredOrganization

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.id.postgresUUID)
        bindings.append(organization.deleteAfter)
    }
}

/// What is left of an organization that was erased, for operators.
struct SelectErasedOrganization: PostgresStatement {
    static let sql = """
        SELECT s.org_id, n.slug, s.delete_after, s.erased_at
        FROM organization_states AS s JOIN organization_slugs AS n ON n.org_id = s.org_id
        WHERE s.org_id = $1 AND s.erased_at IS NOT NULL
        """

    let id: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> ErasedOrganization {
        try ErasedOrganization(row: row)
    }
}

/// A page of what is left of organizations that were erased, by slug; for operators.
struct SelectErasedOrganizations: PostgresStatement {
    static let sql = """
        SELECT s.org_id, n.slug, s.delete_after, s.erased_at
        FROM organization_states AS s JOIN organization_slugs AS n ON n.org_id = s.org_id
        WHERE n.slug COLLATE "C" > $1 AND s.erased_at IS NOT NULL
        ORDER BY n.slug COLLATE "C"
        LIMIT $2
        """

    /// The last slug known; empty for the first page.
    let after: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> ErasedOrganization {
        try ErasedOrganization(row: row)
    }
}

extension ErasedOrganization {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: OrganizationID(try row.uuid(0)), slug: try row.string(1),
            deleteAfter: try row.instant(2), erasedAt: try row.instant(3))
    }
}
