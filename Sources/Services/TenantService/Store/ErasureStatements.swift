package import Domain
import Jobs
package import Postgres
import ServiceRuntime

/// Every table that has rows of organizations: those that row security closes to all but one.
package struct SelectTenantTables: PostgresStatement {
    package static let sql = """
        SELECT c.relname::text, ARRAY(
            SELECT DISTINCT f.relname::text FROM pg_constraint AS k
            JOIN pg_class AS f ON f.oid = k.confrelid
            WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> k.conrelid
                AND NOT f.relispartition)
        FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND NOT c.relispartition AND EXISTS (
                SELECT FROM pg_policy AS p
                WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polroles = '{0}')
        ORDER BY 1
        """

    package init() {}

    package func bind(into bindings: inout PostgresBindings) {}

    package static func decode(_ row: PostgresRow) throws -> TenantTable {
        TenantTable(name: try row.string(0), references: Set(try row.strings(1)))
    }
}

/// Organizations whose grace period is over, of which something is left, and whose erasure is no job
/// yet, the oldest first.
package struct SelectOrganizationsToErase: PostgresStatement {
    package static let sql = """
        SELECT s.org_id FROM organization_states AS s
        WHERE s.delete_after <= now() AND s.erased_at IS NULL AND NOT EXISTS (
            SELECT FROM jobs AS j
            WHERE j.org_id = $2 AND j.kind = $3 AND j.key = s.org_id::text)
        ORDER BY s.delete_after, s.org_id
        LIMIT $1
        """

    let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(limit)
        bindings.append(EraseOrganization.owner.postgresUUID)
        bindings.append(EraseOrganization.kind.rawValue)
    }

    package static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// Begins an erasure, or goes on with it: from now on nothing brings the organization back. No row
/// where its deletion was taken back.
package struct BeginErasure: PostgresStatement {
    package static let sql = """
        UPDATE organization_states SET deleted_at = coalesce(deleted_at, now())
        WHERE org_id = $1 AND delete_after <= now() AND erased_at IS NULL
        RETURNING org_id
        """

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// Deletes some rows of an organization from one of its tables, in the order of its key.
package struct EraseRows: PostgresStatement {
    package struct Row: Sendable {
        package let count: Int
        /// Where the next ones begin; nil where there are none.
        package let lastKey: String?
    }

    package static let sql = "SELECT erased, last_key FROM tally.erase_rows($1, $2, $3, $4)"

    let organization: OrganizationID
    let table: String
    let after: String
    let limit: Int

    /// - Parameters:
    ///   - table: One of `SelectTenantTables`.
    ///   - after: Key of the last row deleted; empty for the first ones.
    package init(organization: OrganizationID, table: String, after: String, limit: Int) {
        self.organization = organization
        self.table = table
        self.after = after
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(table)
        bindings.append(after)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Row {
        Row(count: try row.int(0), lastKey: try row.optionalString(1))
    }
}

/// Deletes what calls of an organization are known by.
package struct EraseDirectoryTokens: PostgresStatement {
    package typealias Row = Void

    package static let sql = "DELETE FROM token_directory WHERE org_id = $1"

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}

/// Deletes the jobs of an organization, locked in the order in which all are.
package struct EraseJobs: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        WITH held AS MATERIALIZED (
            SELECT id FROM jobs WHERE org_id = $1 ORDER BY kind, key FOR UPDATE)
        DELETE FROM jobs AS j USING held WHERE j.org_id = $1 AND j.id = held.id
        """

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}

/// Says that nothing is left of an organization.
package struct EndErasure: PostgresStatement {
    package typealias Row = Void

    package static let sql = "UPDATE organization_states SET erased_at = now() WHERE org_id = $1"

    let organization: OrganizationID

    package init(organization: OrganizationID) {
        self.organization = organization
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}
