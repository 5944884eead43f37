import Domain
import Postgres
import ServiceRuntime

/// The organization's business units.
struct SelectBusinessUnits: PostgresStatement {
    static let sql = """
        SELECT code, display_name, parent_code
        FROM business_units
        WHERE org_id = $1
        ORDER BY code COLLATE "C"
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> UnitTree.Unit {
        UnitTree.Unit(
            code: try BusinessUnitCode(try row.string(0)), displayName: try row.string(1),
            parent: try row.optionalString(2).map { try BusinessUnitCode($0) })
    }
}
