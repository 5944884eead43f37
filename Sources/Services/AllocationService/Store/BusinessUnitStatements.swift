import Core
import Domain
import Postgres
import ServiceRuntime

/// Codes of the organization's business units, ended ones included.
struct SelectBusinessUnitCodes: PostgresStatement {
    static let sql = "SELECT code FROM business_units WHERE org_id = $1"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> BusinessUnitCode {
        try BusinessUnitCode(try row.string(0))
    }
}

/// Names and places of the organization's units up to a day.
struct SelectUnitPlaces: PostgresStatement {
    static let sql = """
        SELECT unit_code, effective_from - DATE '1970-01-01', display_name, parent_code, state = 1,
            successor_code
        FROM business_unit_versions
        WHERE org_id = $1 AND effective_from <= $2::text::date
        ORDER BY unit_code, effective_from
        """

    let organization: OrganizationID
    let through: CivilDate

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append("\(through)")
    }

    static func decode(
        _ row: PostgresRow
    ) throws -> (code: BusinessUnitCode, version: UnitVersion) {
        let code = { (column: Int) in
            try row.optionalString(column).map { try BusinessUnitCode($0) }
        }
        // Who took over matters here; whether by merging does not.
        let successor = try code(5)
        let details = UnitDetails(
            displayName: try row.string(2), parent: try code(3),
            status: try row.bool(4) ? .active : .retired(successor: successor))
        return (
            try BusinessUnitCode(try row.string(0)),
            UnitVersion(day: CivilDate(dayNumber: try row.int(1)), details: details)
        )
    }
}
