package import Core
package import Domain
import Jobs
package import Postgres
import ServiceRuntime

/// How long an organization wants its usage kept, for every call to know and for workers to enforce; a
/// shorter time counts a week later.
struct UpsertOrganizationRetention: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organization_states AS s (org_id, retention_months, retention_begins_at)
        VALUES ($1, $2::integer,
            CASE WHEN $2::integer IS NOT NULL THEN now() + interval '7 days' END)
        ON CONFLICT (org_id) DO UPDATE
        SET retention_months = excluded.retention_months,
            retention_begins_at = CASE
                WHEN excluded.retention_months >= s.retention_months THEN s.retention_begins_at
                ELSE excluded.retention_begins_at END
        """

    let organization: StoredOrganization

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.id.postgresUUID)
        bindings.append(organization.retentionMonths == 0 ? nil : organization.retentionMonths)
    }
}

/// Organizations that have usage older than they want it kept, perhaps, and no job for it yet.
package struct SelectOrganizationsWithOldUsage: PostgresStatement {
    package static let sql = """
        SELECT s.org_id FROM organization_states AS s
        WHERE s.retention_months IS NOT NULL AND s.retention_begins_at <= now()
            AND s.deleted_at IS NULL
            AND coalesce(s.usage_removed_before, '-infinity')
                < tally.usage_kept_from(s.retention_months, now())
            AND NOT EXISTS (
                SELECT FROM jobs AS j
                WHERE j.org_id = $2 AND j.kind = $3 AND j.key = s.org_id::text)
        ORDER BY s.org_id
        LIMIT $1
        """

    let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
        bindings.append(RemoveOrganizationUsage.owner.postgresUUID)
        bindings.append(RemoveOrganizationUsage.kind.rawValue)
    }

    package static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// From when on an organization wants its usage kept; no row where nothing is to be removed.
package struct SelectUsageKeptFrom: PostgresStatement {
    package static let sql = """
        SELECT tally.usage_kept_from(retention_months, now()) FROM organization_states
        WHERE org_id = $1 AND retention_months IS NOT NULL AND retention_begins_at <= now()
            AND deleted_at IS NULL
        """

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> Instant { try row.instant(0) }
}

/// Says that no usage from before an instant is left.
package struct UpdateUsageRemovedBefore: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE organization_states SET usage_removed_before = $2
        WHERE org_id = $1 AND coalesce(usage_removed_before, '-infinity') < $2
        """

    let organization: OrganizationID
    let before: Instant

    package init(organization: OrganizationID, before: Instant) {
        self.organization = organization
        self.before = before
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(before)
    }
}
