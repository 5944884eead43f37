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
