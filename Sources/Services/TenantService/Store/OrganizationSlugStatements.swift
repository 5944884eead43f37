import Core
import Domain
import Postgres
import ServiceRuntime

/// The organization that a slug names.
struct SelectOrganizationOfSlug: PostgresStatement {
    static let sql = "SELECT org_id FROM organization_slugs WHERE slug = $1"

    let slug: OrganizationSlug

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(slug.text)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// Takes a slug for an organization, once on the whole platform.
struct InsertOrganizationSlug: ConstrainedStatement {
    typealias Row = Void

    static let sql = "INSERT INTO organization_slugs (slug, org_id) VALUES ($1, $2)"

    static let taken = ServiceError(
        .alreadyExists, "ORGANIZATION_SLUG_TAKEN", field: "slug",
        "Another organization has this slug; choose another one.")
    static let reasons = ["organization_slugs_name_one_organization": taken]

    let slug: OrganizationSlug
    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(slug.text)
        bindings.append(organization.postgresUUID)
    }
}
