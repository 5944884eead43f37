package import Domain
import Jobs
package import Postgres
import ServiceRuntime

/// Organizations that are served, whose unpriced events were not looked at with the newest catalogue, and
/// that have no job for it yet.
package struct SelectOrganizationsWithLatePrices: PostgresStatement {
    package static let sql = """
        SELECT s.org_id FROM organization_slugs AS s
        LEFT JOIN price_looks AS l ON l.org_id = s.org_id
        WHERE coalesce(l.catalogue_version, 0) < (
                SELECT coalesce(max(id), 0) FROM price_catalogues)
            AND NOT EXISTS (
                SELECT FROM organization_states AS o
                WHERE o.org_id = s.org_id AND (o.is_suspended OR o.delete_after IS NOT NULL))
            AND NOT EXISTS (
                SELECT FROM jobs AS j
                WHERE j.org_id = s.org_id AND j.kind = $2)
        ORDER BY s.org_id
        LIMIT $1
        """

    let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
        bindings.append(FillInOrganizationPrices.kind.rawValue)
    }

    package static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}
