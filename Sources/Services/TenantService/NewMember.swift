import API
import Core
import Domain
import ServiceRuntime

/// A member to add, checked as far as it can be without the organization's units.
struct NewMember: Sendable {
    let email: EmailAddress
    let grant: Grant

    /// Checks the fields in their order, then that `caller` may hand out what is asked for.
    init(wire request: CreateMemberRequest, caller: Grant) throws(ServiceError) {
        email = try ServiceError.naming("email") { () throws(ServiceError) in
            try EmailAddress(request.email)
        }
        grant = try Grant(
            ofPerson: CallerRoles(wire: request.roles), unitCodes: request.unitCodes)
        try caller.mustCover(grant)
    }
}

extension Grant {
    /// As of a token, but `ROLE_IS_FOR_PROGRAMS` first for what people do not have.
    init(ofPerson roles: CallerRoles, unitCodes: [String]) throws(ServiceError) {
        guard roles.isDisjoint(with: .ofPrograms) else {
            throw ServiceError(
                .invalidArgument, "ROLE_IS_FOR_PROGRAMS", field: "roles",
                "People do not have the role \(roles.intersection(.ofPrograms)); make a token for "
                    + "the program.")
        }
        try self.init(roles: roles, unitCodes: unitCodes)
    }
}
