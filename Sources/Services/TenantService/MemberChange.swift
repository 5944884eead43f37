import API
import Core
import ServiceRuntime

/// What is to become of a member, checked as far as it can be without the member.
struct MemberChange: Sendable {
    /// Nil: stays as it is.
    let roles: CallerRoles?
    /// Nil: stay as they are.
    let unitCodes: [String]?

    private enum Field: String, CaseIterable {
        case roles = "roles"
        case unitCodes = "unit_codes"
    }

    /// Checks in order: the mask as `UpdateMask.fields`; the roles, where they change.
    init(wire request: UpdateMemberRequest) throws(ServiceError) {
        let fields: Set<Field> = try UpdateMask.fields(request.updateMask)
        roles = fields.contains(.roles) ? try CallerRoles(wire: request.roles) : nil
        unitCodes = fields.contains(.unitCodes) ? request.unitCodes : nil
    }

    /// The member's grant after the change.
    func grant(from current: Grant) throws(ServiceError) -> Grant {
        try Grant(
            ofPerson: roles ?? current.roles, unitCodes: unitCodes ?? current.units.codes)
    }
}
