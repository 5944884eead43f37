import API
import Core
import ServiceRuntime

extension CallerRoles {
    /// For programs: people do not have them.
    static let ofPrograms: CallerRoles = [.ingest, .gateway, .frontend]

    /// Reads roles of an organization; any order, and again what was there, are the same.
    ///
    /// Checks in order: `ROLE_REQUIRED`, then of each `ROLE_UNSPECIFIED`,
    /// `ROLE_BELONGS_TO_THE_PLATFORM`, `ROLE_UNKNOWN`.
    init(wire roles: [Role]) throws(ServiceError) {
        guard !roles.isEmpty else {
            throw Self.error("ROLE_REQUIRED", "Give one role or more.")
        }
        self = []
        for role in roles { formUnion(CallerRoles(try CallerRole(wire: role))) }
    }

    /// By number.
    var wire: [Role] { roles.map { Role(rawValue: Int32($0.rawValue)) } }

    fileprivate static func error(
        _ reason: ServiceError.Reason, _ message: String
    ) -> ServiceError {
        ServiceError(.invalidArgument, reason, field: "roles", message)
    }
}

extension CallerRole {
    fileprivate init(wire role: Role) throws(ServiceError) {
        guard role != .unspecified else {
            throw CallerRoles.error("ROLE_UNSPECIFIED", "ROLE_UNSPECIFIED is no role.")
        }
        guard role != .operator else {
            throw CallerRoles.error(
                "ROLE_BELONGS_TO_THE_PLATFORM", "ROLE_OPERATOR is no role of an organization.")
        }
        guard let number = Int16(exactly: role.rawValue), let known = CallerRole(rawValue: number)
        else {
            throw CallerRoles.error(
                "ROLE_UNKNOWN", "There is no role with the number \(role.rawValue).")
        }
        self = known
    }
}
