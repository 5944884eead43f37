import API
import Core
import ServiceRuntime

/// What is to become of a member, checked as far as it can be without the member.
struct MemberChange: Sendable {
    /// Nil: stays as it is.
    let roles: CallerRoles?
    /// Nil: stay as they are.
    let unitCodes: [String]?

    /// Checks in order: `UPDATE_MASK_UNKNOWN_FIELD`; the roles, where they change.
    init(wire request: UpdateMemberRequest) throws(ServiceError) {
        let mask = Set(request.updateMask)
        if let unknown = mask.subtracting(["roles", "unit_codes"]).min() {
            throw ServiceError(
                .invalidArgument, "UPDATE_MASK_UNKNOWN_FIELD", field: "update_mask",
                "Of a member roles and unit_codes can be changed, not \(unknown.debugDescription).")
        }
        roles =
            mask.isEmpty || mask.contains("roles") ? try CallerRoles(wire: request.roles) : nil
        unitCodes = mask.isEmpty || mask.contains("unit_codes") ? request.unitCodes : nil
    }

    /// The member's grant after the change.
    func grant(from current: Grant) throws(ServiceError) -> Grant {
        try Grant(
            ofPerson: roles ?? current.roles, unitCodes: unitCodes ?? current.units.codes)
    }
}
