import API
import Core
import Domain
import Postgres
import ServiceRuntime

/// A version whose owner's address is not open yet.
struct SealedUnitVersion: Sendable {
    let code: BusinessUnitCode
    /// Without the owner.
    private let version: UnitVersion
    private let sealedOwner: [UInt8]

    /// Reads unit_code, effective_from as a number, display_name, parent_code, sealed_owner_email,
    /// kind, cost_center_code, state and successor_code.
    init(_ row: PostgresRow) throws {
        code = try BusinessUnitCode(try row.string(0))
        version = UnitVersion(
            day: CivilDate(dayNumber: try row.int(1)), details: try UnitDetails(row, from: 2))
        sealedOwner = try row.bytes(4)
    }

    /// - Parameter keys: The organization's.
    func opened(_ keys: OrganizationKeys) throws -> (code: BusinessUnitCode, version: UnitVersion) {
        var details = version.details
        details.ownerEmail = try keys.ownerEmail(sealedOwner, of: code, from: version.day)
        return (code, UnitVersion(day: version.day, details: details))
    }
}

/// All versions of all units of the organization, in the order of their days.
struct SelectUnitVersions: PostgresStatement {
    static let sql = """
        SELECT unit_code, effective_from - DATE '1970-01-01', display_name, parent_code,
            sealed_owner_email, kind, cost_center_code, state, successor_code
        FROM business_unit_versions
        WHERE org_id = $1
        ORDER BY unit_code, effective_from
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> SealedUnitVersion {
        try SealedUnitVersion(row)
    }
}

/// All versions of one unit.
struct SelectVersionsOfUnit: PostgresStatement {
    static let sql = """
        SELECT unit_code, effective_from - DATE '1970-01-01', display_name, parent_code,
            sealed_owner_email, kind, cost_center_code, state, successor_code
        FROM business_unit_versions
        WHERE org_id = $1 AND unit_code = $2
        ORDER BY effective_from
        """

    let organization: OrganizationID
    let code: BusinessUnitCode

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(code.text)
    }

    static func decode(_ row: PostgresRow) throws -> SealedUnitVersion {
        try SealedUnitVersion(row)
    }
}

/// A page of the units as they are on a day, by code: of each unit the version that no other has
/// followed by then. Reads little more than the page, for rows come in the order of the key; the key
/// of `business_units` has another collation, which the join must name to use it.
struct SelectUnitsOnDay: PostgresStatement {
    static let sql = """
        SELECT v.unit_code, v.effective_from - DATE '1970-01-01', v.display_name, v.parent_code,
            v.sealed_owner_email, v.kind, v.cost_center_code, v.state, v.successor_code,
            u.id, u.created_at, u.revision, following.day - DATE '1970-01-01'
        FROM business_unit_versions AS v
        CROSS JOIN LATERAL (
            SELECT min(n.effective_from) AS day
            FROM business_unit_versions AS n
            WHERE n.org_id = $1 AND n.unit_code = v.unit_code
                AND n.effective_from > v.effective_from
        ) AS following
        JOIN business_units AS u
            ON u.org_id = $1 AND u.code = v.unit_code COLLATE "default"
        WHERE v.org_id = $1 AND v.unit_code > $2 AND v.effective_from <= $3::text::date
            AND (following.day IS NULL OR following.day > $3::text::date)
            AND (v.state = 1 OR $4) AND ($6 OR v.unit_code = ANY ($7::text[]))
        ORDER BY v.unit_code
        LIMIT $5
        """

    let organization: OrganizationID
    /// The last code known; empty for the first page.
    let after: String
    let day: CivilDate
    let showsRetired: Bool
    let limit: Int
    /// Those to show; nil: all.
    let codes: [String]?

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after)
        bindings.append("\(day)")
        bindings.append(showsRetired)
        bindings.append(limit)
        bindings.append(codes == nil)
        bindings.append(codes ?? [])
    }

    struct Row: Sendable {
        let identity: UnitRegister.Identity
        let version: SealedUnitVersion
        let end: CivilDate?

        /// - Parameter keys: The organization's.
        func message(_ keys: OrganizationKeys) throws -> BusinessUnit {
            let (code, version) = try version.opened(keys)
            return BusinessUnit(code, identity, version, end: end)
        }
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            identity: try UnitRegister.Identity(row, from: 9),
            version: try SealedUnitVersion(row),
            end: try row.optionalInt(12).map { CivilDate(dayNumber: $0) })
    }
}

/// Stores versions; one of the same unit and day is replaced.
struct UpsertUnitVersions: ConstrainedStatement {
    typealias Row = Void

    /// What the table's own guard says: the register checks the same before.
    static let reasons = [
        "PERIOD_CLOSED": UnitRegister.periodClosed(
            firstOpenDay: "Read which days are open")
    ]

    static let sql = """
        INSERT INTO business_unit_versions
            (org_id, unit_code, effective_from, display_name, parent_code, sealed_owner_email, kind,
             cost_center_code, state, successor_code)
        SELECT $1, v.unit_code, DATE '1970-01-01' + v.day, v.display_name, v.parent_code,
            v.sealed_owner_email, v.kind, v.cost_center_code, v.state, v.successor_code
        FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::bytea[], $7::int[],
                $8::text[], $9::int[], $10::text[])
            AS v (unit_code, day, display_name, parent_code, sealed_owner_email, kind,
                cost_center_code, state, successor_code)
        ON CONFLICT (org_id, unit_code, effective_from) DO UPDATE
        SET display_name = excluded.display_name,
            parent_code = excluded.parent_code,
            sealed_owner_email = excluded.sealed_owner_email,
            kind = excluded.kind,
            cost_center_code = excluded.cost_center_code,
            state = excluded.state,
            successor_code = excluded.successor_code
        """

    let organization: OrganizationID
    let versions: [(code: BusinessUnitCode, version: UnitVersion)]
    private let sealedOwners: [[UInt8]]

    /// - Parameter keys: The organization's.
    init(
        organization: OrganizationID, versions: [(code: BusinessUnitCode, version: UnitVersion)],
        keys: OrganizationKeys
    ) throws {
        self.organization = organization
        self.versions = versions
        sealedOwners = try versions.map { code, version in
            try keys.seal(ownerEmail: version.details.ownerEmail, of: code, from: version.day)
        }
    }

    func bind(into bindings: inout PostgresBindings) {
        let details = versions.map(\.version.details)
        bindings.append(organization.postgresUUID)
        bindings.append(versions.map(\.code.text))
        bindings.append(versions.map { Int32($0.version.day.dayNumber) })
        bindings.append(details.map(\.displayName))
        bindings.append(details.map { $0.parent?.text })
        bindings.append(sealedOwners)
        bindings.append(details.map(\.kind.rawValue))
        bindings.append(details.map(\.costCenterCode))
        bindings.append(details.map(\.status.number))
        bindings.append(details.map { $0.status.successor?.text })
    }
}

extension UnitDetails {
    /// Reads display_name, parent_code, kind, cost_center_code, state and successor_code from a column
    /// on, and leaves out the third, which is sealed.
    init(_ row: PostgresRow, from column: Int) throws {
        let code = { (column: Int) in
            try row.optionalString(column).map { try BusinessUnitCode($0) }
        }
        guard let kind = UnitKind(rawValue: try row.int32(column + 3)),
            let status = UnitStatus(
                number: try row.int32(column + 5), successor: try code(column + 6))
        else {
            throw PostgresError(
                .unexpectedValue, message: "a unit of unknown kind or state")
        }
        self.init(
            displayName: try row.string(column), parent: try code(column + 1),
            kind: kind, costCenterCode: try row.string(column + 4), status: status)
    }
}

extension UnitStatus {
    /// As the column `state` has it.
    var number: Int32 {
        switch self {
        case .active: 1
        case .retired: 2
        case .merged: 3
        }
    }

    init?(number: Int32, successor: BusinessUnitCode?) {
        switch (number, successor) {
        case (1, nil): self = .active
        case (2, _): self = .retired(successor: successor)
        case (3, .some(let target)): self = .merged(into: target)
        default: return nil
        }
    }
}
