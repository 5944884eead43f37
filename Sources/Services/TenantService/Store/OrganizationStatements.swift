import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertOrganization: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organizations
            (id, slug, display_name, time_zone, reporting_currency, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
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
    }
}

struct SelectOrganization: PostgresStatement {
    static let sql = """
        SELECT id, slug, display_name, time_zone, reporting_currency, created_at
        FROM organizations
        WHERE id = $1
        """

    let id: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Organization {
        try Organization(row: row)
    }
}

/// A page of all organizations, by slug; for operators, who see no more of them.
struct SelectOrganizations: PostgresStatement {
    static let sql = """
        SELECT id, slug, display_name, time_zone, reporting_currency, created_at
        FROM organizations
        WHERE slug COLLATE "C" > $1
        ORDER BY slug COLLATE "C"
        LIMIT $2
        """

    /// The last slug known; empty for the first page.
    let after: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Organization {
        try Organization(row: row)
    }
}

extension Organization {
    init(row: PostgresRow) throws {
        self.init(
            id: OrganizationID(try row.uuid(0)).text, slug: try row.string(1),
            displayName: try row.string(2), timeZone: try row.string(3),
            reportingCurrency: try row.string(4), createTime: Timestamp(try row.instant(5)))
    }
}
