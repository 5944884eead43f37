import Core
import Domain
import ServiceRuntime

/// What a member or a token is given: roles, and the units that they are limited to.
struct Grant: Sendable, Hashable {
    let roles: CallerRoles
    let units: UnitScope

    /// Everything: what the first owner gets.
    static let owner = Grant(stored: .owner, .wholeOrganization)

    /// What is stored already, and so was checked.
    init(stored roles: CallerRoles, _ units: UnitScope) {
        self.roles = roles
        self.units = units
    }

    /// What a caller has itself.
    init(of caller: Caller) {
        self.init(stored: caller.roles, caller.units)
    }

    /// Checks in order: `FRONTEND_STANDS_ALONE`; `TOO_MANY_UNITS`; `BUSINESS_UNIT_CODE_MALFORMED`;
    /// `UNIT_REQUIRED` for owners of units; `ROLE_HAS_NO_UNITS` for owners, who are not limited, and
    /// for programs, whom no method would serve. Whether the units exist only the database can tell.
    init(roles: CallerRoles, unitCodes: [String]) throws(ServiceError) {
        guard !roles.contains(.frontend) || roles == .frontend else {
            throw ServiceError(
                .invalidArgument, "FRONTEND_STANDS_ALONE", field: "roles",
                "A frontend may do what the member may whom it acts for, so it has no other role.")
        }
        guard unitCodes.count <= UnitScope.unitCountMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_UNITS", field: "unit_codes",
                "There are \(unitCodes.count) units; \(UnitScope.unitCountMax) are allowed. Name a "
                    + "unit above them.")
        }
        var codes: [BusinessUnitCode] = []
        for code in unitCodes {
            codes.append(
                try ServiceError.naming("unit_codes") { () throws(ServiceError) in
                    try BusinessUnitCode(code)
                })
        }
        guard !roles.contains(.unitOwner) || !codes.isEmpty else {
            throw ServiceError(
                .invalidArgument, "UNIT_REQUIRED", field: "unit_codes",
                "Name the units that ROLE_UNIT_OWNER is about.")
        }
        let unlimited = CallerRoles.ofPrograms.union(.owner).intersection(roles)
        guard unlimited.isEmpty || codes.isEmpty else {
            throw ServiceError(
                .invalidArgument, "ROLE_HAS_NO_UNITS", field: "unit_codes",
                "The role \(unlimited) is not limited to units. Leave the units out, or give "
                    + "another role.")
        }
        self.init(stored: roles, UnitScope(codes))
    }

    /// Roles that may do nothing which `role` may not: what it may hand to others.
    ///
    /// Ingest is not below finance or analyst: it sends events, which they do not. A frontend acts
    /// for owners too, so owners alone may make one.
    static func grantable(by role: CallerRole) -> CallerRoles {
        switch role {
        case .owner: CallerRoles.all.subtracting(.operator)
        case .admin:
            [.admin, .finance, .analyst, .ingest, .unitOwner, .auditor, .gateway]
        case .finance: [.finance, .analyst, .unitOwner]
        case .auditor: [.auditor, .analyst, .unitOwner]
        case .analyst: [.analyst, .unitOwner]
        case .unitOwner: .unitOwner
        case .gateway: [.gateway, .ingest]
        case .ingest: .ingest
        case .operator, .frontend: []
        }
    }

    /// Whoever has this grant may hand out `other`, change it and end it only where it has as much.
    ///
    /// Checks in order: `ROLE_ABOVE_CALLER`; `UNITS_BEYOND_CALLER` where this is limited to units
    /// that are not all of the other's. A unit below one of them does not count: it may be moved.
    func mustCover(_ other: Grant) throws(ServiceError) {
        let grantable = roles.roles.reduce(into: CallerRoles()) {
            $0.formUnion(Self.grantable(by: $1))
        }
        let above = other.roles.subtracting(grantable)
        guard above.isEmpty else {
            throw ServiceError(
                .permissionDenied, "ROLE_ABOVE_CALLER", field: "roles",
                "Who has the role \(roles) may not do this for the role \(above). Ask an owner.")
        }
        guard
            units.isWholeOrganization
                || !other.units.isWholeOrganization
                    && Set(other.units.units).isSubset(of: units.units)
        else {
            throw ServiceError(
                .permissionDenied, "UNITS_BEYOND_CALLER", field: "unit_codes",
                "You are limited to some units, and may do this for those only. Ask an owner.")
        }
    }
}
