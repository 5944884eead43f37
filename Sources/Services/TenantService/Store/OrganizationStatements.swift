import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertOrganization: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organizations
            (id, slug, display_name, time_zone, reporting_currency, created_at,
                fiscal_year_start_month, retention_months, connections_max, events_per_day_max)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """

    let id: OrganizationID
    let organization: NewOrganization
    let createTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id.postgresUUID)
        bindings.append(organization.slug.text)
        bindings.append(organization.displayName.text)
        bindings.append(organization.zone.identifier)
        bindings.append(organization.reportingCurrency.code)
        bindings.append(createTime)
        bindings.append(organization.fiscalYearStartMonth)
        bindings.append(organization.retentionMonths)
        bindings.append(organization.limits.connectionsMax)
        bindings.append(organization.limits.eventsPerDayMax)
    }
}

struct SelectOrganization: PostgresStatement {
    static let sql = """
        SELECT o.id, o.slug, o.display_name, o.time_zone, o.reporting_currency, o.created_at,
            o.fiscal_year_start_month, o.retention_months, o.connections_max,
            o.events_per_day_max, s.calls_per_second_max, o.suspended_at, o.suspension_reason,
            s.delete_after, s.deleted_at IS NOT NULL, o.revision, s.usage_removed_before
        FROM (SELECT * FROM organizations WHERE id = $1) AS o
        LEFT JOIN LATERAL (
            SELECT * FROM organization_states WHERE org_id = o.id LIMIT 1) AS s ON true
        """

    let id: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> StoredOrganization {
        try StoredOrganization(row: row)
    }
}

/// An organization that the transaction has locked, as it is then: a row that it may change, and so,
/// by row security, of the organization that it acts for, though operators see others, too.
struct SelectLockedOrganization: PostgresStatement {
    static let sql = """
        SELECT o.id, o.slug, o.display_name, o.time_zone, o.reporting_currency, o.created_at,
            o.fiscal_year_start_month, o.retention_months, o.connections_max,
            o.events_per_day_max, s.calls_per_second_max, o.suspended_at, o.suspension_reason,
            s.delete_after, s.deleted_at IS NOT NULL, o.revision, s.usage_removed_before
        FROM (SELECT * FROM organizations WHERE id = $1 FOR NO KEY UPDATE) AS o
        LEFT JOIN LATERAL (
            SELECT * FROM organization_states WHERE org_id = o.id LIMIT 1) AS s ON true
        """

    let id: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> StoredOrganization {
        try StoredOrganization(row: row)
    }
}

/// Keeps others from changing an organization until the transaction ends, but not from adding what
/// belongs to it. What it is must be read
/// after that, by a statement of its own, which sees what others changed meanwhile.
struct LockOrganization: PostgresStatement {
    static let sql = "SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE"

    let id: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// A page of all organizations, or of those that are served, by slug; for operators, who see no more of
/// them. Those are most of them, so few are passed over.
struct SelectOrganizations: PostgresStatement {
    static let sql = """
        SELECT o.id, o.slug, o.display_name, o.time_zone, o.reporting_currency, o.created_at,
            o.fiscal_year_start_month, o.retention_months, o.connections_max,
            o.events_per_day_max, s.calls_per_second_max, o.suspended_at, o.suspension_reason,
            s.delete_after, s.deleted_at IS NOT NULL, o.revision, s.usage_removed_before
        FROM organizations AS o LEFT JOIN organization_states AS s ON s.org_id = o.id
        WHERE o.slug COLLATE "C" > $1
            AND ($3::boolean OR s.org_id IS NULL OR (NOT s.is_suspended AND s.delete_after IS NULL))
        ORDER BY o.slug COLLATE "C"
        LIMIT $2
        """

    /// The last slug known; empty for the first page.
    let after: String
    let limit: Int
    /// Whether those that are not served are listed, too.
    let isOfAll: Bool

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
        bindings.append(isOfAll)
    }

    static func decode(_ row: PostgresRow) throws -> StoredOrganization {
        try StoredOrganization(row: row)
    }
}

/// A page of the organizations that are suspended, by slug; for operators. It reads those alone, however
/// many others there are.
struct SelectSuspendedOrganizations: PostgresStatement {
    static let sql = """
        SELECT o.id, o.slug, o.display_name, o.time_zone, o.reporting_currency, o.created_at,
            o.fiscal_year_start_month, o.retention_months, o.connections_max,
            o.events_per_day_max, s.calls_per_second_max, o.suspended_at, o.suspension_reason,
            s.delete_after, s.deleted_at IS NOT NULL, o.revision, s.usage_removed_before
        FROM organization_states AS s JOIN organizations AS o ON o.id = s.org_id
        WHERE s.is_suspended AND s.delete_after IS NULL AND o.slug COLLATE "C" > $1
        ORDER BY o.slug COLLATE "C"
        LIMIT $2
        """

    /// The last slug known; empty for the first page.
    let after: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> StoredOrganization {
        try StoredOrganization(row: row)
    }
}

/// A page of the organizations that are to be erased, or whose erasure began and is not done, by slug;
/// for operators. It reads those alone, however many others there are.
struct SelectEndingOrganizations: PostgresStatement {
    static let sql = """
        SELECT o.id, o.slug, o.display_name, o.time_zone, o.reporting_currency, o.created_at,
            o.fiscal_year_start_month, o.retention_months, o.connections_max,
            o.events_per_day_max, s.calls_per_second_max, o.suspended_at, o.suspension_reason,
            s.delete_after, s.deleted_at IS NOT NULL, o.revision, s.usage_removed_before
        FROM organization_states AS s JOIN organizations AS o ON o.id = s.org_id
        WHERE s.delete_after IS NOT NULL AND s.erased_at IS NULL
            AND (s.deleted_at IS NOT NULL) = $3 AND o.slug COLLATE "C" > $1
        ORDER BY o.slug COLLATE "C"
        LIMIT $2
        """

    /// The last slug known; empty for the first page.
    let after: String
    let limit: Int
    /// Whether their erasure began.
    let isBegun: Bool

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
        bindings.append(isBegun)
    }

    static func decode(_ row: PostgresRow) throws -> StoredOrganization {
        try StoredOrganization(row: row)
    }
}

/// Writes what the organization itself may change.
struct UpdateOrganizationSettings: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE organizations
        SET display_name = $2, time_zone = $3, reporting_currency = $4,
            fiscal_year_start_month = $5, retention_months = $6, revision = $7
        WHERE organizations.id = $1
        """

    let organization: StoredOrganization

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.id.postgresUUID)
        bindings.append(organization.displayName)
        bindings.append(organization.zone)
        bindings.append(organization.reportingCurrency)
        bindings.append(organization.fiscalYearStartMonth)
        bindings.append(organization.retentionMonths)
        bindings.append(organization.revision)
    }
}

/// Writes what operators may change.
struct UpdateOrganizationPlan: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE organizations
        SET connections_max = $2, events_per_day_max = $3, suspended_at = $4,
            suspension_reason = $5, revision = $6
        WHERE organizations.id = $1
        """

    let organization: StoredOrganization

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.id.postgresUUID)
        bindings.append(organization.limits.connectionsMax)
        bindings.append(organization.limits.eventsPerDayMax)
        bindings.append(organization.suspension?.since)
        bindings.append(organization.suspension?.reason ?? "")
        bindings.append(organization.revision)
    }
}

extension StoredOrganization {
    init(row: PostgresRow) throws {
        let reason = try row.string(12)
        self.init(
            id: OrganizationID(try row.uuid(0)), slug: try row.string(1),
            displayName: try row.string(2), zone: try row.string(3),
            reportingCurrency: try row.string(4), createTime: try row.instant(5),
            fiscalYearStartMonth: try row.int(6), retentionMonths: try row.int(7),
            limits: Limits(
                connectionsMax: try row.optionalInt(8), eventsPerDayMax: try row.optionalInt64(9),
                callsPerSecondMax: try row.optionalInt(10)),
            suspension: try row.optionalInstant(11).map { Suspension(since: $0, reason: reason) },
            deleteAfter: try row.optionalInstant(13), isErased: try row.bool(14),
            usageRemovedBefore: try row.optionalInstant(16), revision: try row.int64(15))
    }
}
