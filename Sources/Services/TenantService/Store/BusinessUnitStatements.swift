import Core
import Domain
import Postgres
import ServiceRuntime

/// Lets one transaction after another change the organization's tree: each locks this row first.
struct LockUnitTree: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO counters AS c (org_id, name, n) VALUES ($1, 'unit_tree_change', 1)
        ON CONFLICT (org_id, name) DO UPDATE SET n = c.n + excluded.n
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}

/// Who the organization's units are.
struct SelectBusinessUnits: PostgresStatement {
    static let sql = """
        SELECT code, id, created_at, revision FROM business_units WHERE org_id = $1
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(
        _ row: PostgresRow
    ) throws -> (code: BusinessUnitCode, identity: UnitRegister.Identity) {
        (try BusinessUnitCode(try row.string(0)), try UnitRegister.Identity(row, from: 1))
    }
}

/// Who one unit is.
struct SelectBusinessUnit: PostgresStatement {
    static let sql = """
        SELECT id, created_at, revision FROM business_units WHERE org_id = $1 AND code = $2
        """

    let organization: OrganizationID
    let code: BusinessUnitCode

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(code.text)
    }

    static func decode(_ row: PostgresRow) throws -> UnitRegister.Identity {
        try UnitRegister.Identity(row, from: 0)
    }
}

/// Adds units; what they are follows with their versions.
struct InsertBusinessUnits: ConstrainedStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO business_units (org_id, id, code, created_at)
        SELECT $1, u.id, u.code, $4
        FROM unnest($2::uuid[], $3::text[]) AS u (id, code)
        """

    static let codeTaken = ServiceError(
        .alreadyExists, "BUSINESS_UNIT_CODE_TAKEN", field: "code",
        "The organization has a business unit with this code already, or had one: codes are never "
            + "used again.")

    static let reasons = ["business_units_code_is_unique": codeTaken]

    let organization: OrganizationID
    let units: [(code: BusinessUnitCode, id: BusinessUnitID)]
    let createTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(units.map(\.id.postgresUUID))
        bindings.append(units.map(\.code.text))
        bindings.append(createTime)
    }
}

/// Counts a change of each of the units.
struct CountUnitRevisions: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE business_units SET revision = revision + 1 WHERE org_id = $1 AND code = ANY ($2)
        """

    let organization: OrganizationID
    let codes: [BusinessUnitCode]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(codes.map(\.text))
    }
}

/// The organization's time zone, which cuts its days.
struct SelectTimeZone: PostgresStatement {
    static let sql = "SELECT time_zone FROM organizations WHERE id = $1"

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationZone {
        try OrganizationZone(try row.string(0))
    }
}

/// The first day after the last month that is closed, counted from 1970-01-01.
struct SelectFirstOpenDay: PostgresStatement {
    static let sql = """
        SELECT (month + interval '1 month')::date - DATE '1970-01-01'
        FROM period_closures
        WHERE org_id = $1
        ORDER BY month DESC
        LIMIT 1
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> CivilDate {
        CivilDate(dayNumber: try row.int(0))
    }
}

extension UnitRegister.Identity {
    /// Reads id, created_at and revision from a column on.
    init(_ row: PostgresRow, from column: Int) throws {
        self.init(
            id: BusinessUnitID(try row.uuid(column)), createTime: try row.instant(column + 1),
            revision: try row.int64(column + 2))
    }
}

/// Those of some codes that are the organization's units'.
struct SelectKnownUnitCodes: PostgresStatement {
    static let sql = """
        SELECT code FROM business_units WHERE org_id = $1 AND code = ANY ($2::text[])
        """

    let organization: OrganizationID
    let codes: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(codes)
    }

    static func decode(_ row: PostgresRow) throws -> String {
        try row.string(0)
    }
}
