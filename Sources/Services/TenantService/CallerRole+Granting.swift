import API
import Core
import ServiceRuntime

extension CallerRole {
    /// Roles that may do nothing this one may not: what it may hand to others.
    ///
    /// Ingest is not below finance or analyst: it sends events, which they do not.
    var grantable: Set<CallerRole> {
        switch self {
        case .owner: [.owner, .admin, .finance, .analyst, .ingest]
        case .admin: [.admin, .finance, .analyst, .ingest]
        case .finance: [.finance, .analyst]
        case .analyst: [.analyst]
        case .ingest: [.ingest]
        case .operator: []
        }
    }

    /// `ROLE_ABOVE_CALLER` where this role may not hand out `role`, or end what has it.
    func mustCover(_ role: CallerRole) throws(ServiceError) {
        guard grantable.contains(role) else {
            throw ServiceError(
                .permissionDenied, "ROLE_ABOVE_CALLER", field: "role",
                "A token of the role \(self) may not do this for the role \(role). Ask an owner.")
        }
    }

    /// Reads a role of an organization.
    ///
    /// Checks in order: `ROLE_REQUIRED`, `ROLE_BELONGS_TO_THE_PLATFORM`, `ROLE_UNKNOWN`.
    init(wire role: Role) throws(ServiceError) {
        guard role != .unspecified else {
            throw ServiceError(.invalidArgument, "ROLE_REQUIRED", field: "role", "Give a role.")
        }
        guard role != .operator else {
            throw ServiceError(
                .invalidArgument, "ROLE_BELONGS_TO_THE_PLATFORM", field: "role",
                "ROLE_OPERATOR is no role of an organization.")
        }
        guard let number = Int16(exactly: role.rawValue), let known = CallerRole(rawValue: number)
        else {
            throw ServiceError(
                .invalidArgument, "ROLE_UNKNOWN", field: "role",
                "There is no role with the number \(role.rawValue).")
        }
        self = known
    }
}

extension Role {
    init(_ role: CallerRole) {
        self.init(rawValue: Int32(role.rawValue))
    }
}
