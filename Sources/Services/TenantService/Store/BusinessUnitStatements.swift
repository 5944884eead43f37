import API
import Core
import Domain
import Postgres
import ServiceRuntime

struct InsertBusinessUnit: ConstrainedStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO business_units
            (org_id, id, code, display_name, parent_code, depth, owner_email, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    static let reasons = [
        "business_units_code_is_unique": ServiceError(
            .alreadyExists, "BUSINESS_UNIT_CODE_TAKEN", field: "code",
            "The organization has a business unit with this code already."),
        "business_units_parent_exists": NewBusinessUnit.parentNotFound,
    ]

    let organization: OrganizationID
    let id: BusinessUnitID
    let unit: NewBusinessUnit
    let depth: Int
    let createTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(unit.code.text)
        bindings.append(unit.displayName.text)
        bindings.append(unit.parent?.text)
        bindings.append(depth)
        bindings.append(unit.ownerEmail?.text ?? "")
        bindings.append(createTime)
    }
}

/// How far below the top a unit stands, 0 at the top.
struct SelectBusinessUnitDepth: PostgresStatement {
    static let sql = "SELECT depth FROM business_units WHERE org_id = $1 AND code = $2"

    let organization: OrganizationID
    let code: BusinessUnitCode

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(code.text)
    }

    static func decode(_ row: PostgresRow) throws -> Int {
        try row.int(0)
    }
}

/// A page of the organization's units, by code.
struct SelectBusinessUnits: PostgresStatement {
    static let sql = """
        SELECT id, code, display_name, parent_code, owner_email, created_at
        FROM business_units
        WHERE org_id = $1 AND code COLLATE "C" > $2
        ORDER BY code COLLATE "C"
        LIMIT $3
        """

    let organization: OrganizationID
    /// The last code known; empty for the first page.
    let after: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> BusinessUnit {
        BusinessUnit(
            id: BusinessUnitID(try row.uuid(0)).text, code: try row.string(1),
            displayName: try row.string(2), parentCode: try row.optionalString(3) ?? "",
            ownerEmail: try row.string(4), createTime: Timestamp(try row.instant(5)))
    }
}
