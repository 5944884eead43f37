import Domain
import Postgres

/// Every business unit that there is on a day, ended ones included, with the one above it.
struct SelectUnitParents: PostgresStatement {
    static let sql = """
        SELECT DISTINCT ON (unit_code) unit_code, parent_code
        FROM business_unit_versions
        WHERE org_id = $1 AND effective_from <= $2::text::date
        ORDER BY unit_code, effective_from DESC
        """

    let organization: OrganizationID
    let day: CivilDate

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append("\(day)")
    }

    static func decode(
        _ row: PostgresRow
    ) throws -> (unit: BusinessUnitCode, parent: BusinessUnitCode?) {
        (
            unit: try BusinessUnitCode(try row.string(0)),
            parent: try row.optionalString(1).map { try BusinessUnitCode($0) }
        )
    }
}
