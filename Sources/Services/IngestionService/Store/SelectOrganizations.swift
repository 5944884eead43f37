package import Domain
package import Postgres
import ServiceRuntime

/// Organizations by their ids, some at a time.
package struct SelectOrganizations: PostgresStatement {
    package static let sql = """
        SELECT s.org_id FROM organization_slugs AS s
        WHERE s.org_id > $1
        ORDER BY s.org_id
        LIMIT $2
        """

    let after: OrganizationID
    let limit: Int

    /// - Parameter after: all zero for the first.
    package init(after: OrganizationID, limit: Int) {
        self.after = after
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(after.postgresUUID)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}
