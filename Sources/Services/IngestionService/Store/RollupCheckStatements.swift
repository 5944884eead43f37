package import Domain
import Jobs
package import Postgres
import ServiceRuntime

/// Organizations that are served, whose roll-ups were not compared for a day, and that have no job for it yet;
/// those that have waited longest first.
package struct SelectOrganizationsToVerify: PostgresStatement {
    package static let sql = """
        SELECT s.org_id FROM organization_slugs AS s
        LEFT JOIN rollup_checks AS c ON c.org_id = s.org_id
        WHERE coalesce(c.checked_at, '-infinity') < now() - interval '23 hours'
            AND NOT EXISTS (
                SELECT FROM organization_states AS o
                WHERE o.org_id = s.org_id AND (o.is_suspended OR o.delete_after IS NOT NULL))
            AND NOT EXISTS (
                SELECT FROM jobs AS j
                WHERE j.org_id = s.org_id AND j.kind = $2)
        ORDER BY c.checked_at NULLS FIRST, s.org_id
        LIMIT $1
        """

    let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
        bindings.append(VerifyOrganizationRollups.kind.rawValue)
    }

    package static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// Since how many seconds the roll-ups were not compared of the organization that has waited longest, among those
/// that are served; one whose first look has not ended counts from when it was to begin.
package struct SelectOldestRollupCheck: PostgresStatement {
    package static let sql = """
        SELECT extract(epoch FROM now() - min(coalesce(c.checked_at, j.created_at)))::bigint
        FROM organization_slugs AS s
        LEFT JOIN rollup_checks AS c ON c.org_id = s.org_id
        LEFT JOIN jobs AS j ON j.org_id = s.org_id AND j.kind = $1
        WHERE NOT EXISTS (
            SELECT FROM organization_states AS o
            WHERE o.org_id = s.org_id AND (o.is_suspended OR o.delete_after IS NOT NULL))
        """

    package init() {}

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(VerifyOrganizationRollups.kind.rawValue)
    }

    /// Nil where there is none.
    package static func decode(_ row: PostgresRow) throws -> Int64? { try row.optionalInt64(0) }
}
