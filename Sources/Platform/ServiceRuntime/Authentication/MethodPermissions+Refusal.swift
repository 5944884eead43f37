import Core

extension MethodPermissions.Refusal {
    /// Whether it is the organization that is not served, not the caller.
    var isOfOrganization: Bool {
        switch self {
        case .suspension, .deletion, .erasure: true
        case .role, .unitScope: false
        }
    }

    /// What the caller is told.
    func error(for caller: Caller) -> ServiceError {
        switch self {
        case .suspension:
            ServiceError(
                .failedPrecondition, "ORGANIZATION_SUSPENDED",
                "The organization is suspended; GetOrganization says why. Ask who runs this "
                    + "platform to resume it.")
        case .deletion:
            ServiceError(
                .failedPrecondition, "ORGANIZATION_DELETED",
                "The organization is being deleted; GetOrganization says until when an owner can "
                    + "take it back by RestoreOrganization.")
        case .erasure:
            ServiceError(
                .failedPrecondition, "ORGANIZATION_DELETED",
                "The organization was deleted, and nothing brings it back.")
        case .role:
            ServiceError(
                .permissionDenied, "ROLE_NOT_ALLOWED",
                "Who has the role \(caller.roles) may not call this method. Use a token "
                    + "whose role may; an owner can make it.")
        case .unitScope:
            ServiceError(
                .permissionDenied, "UNIT_SCOPE_NOT_SERVED",
                "This method is about the whole organization, and the token, or the member, is "
                    + "limited to some of its units. Use one that is not; an owner can make it.")
        }
    }
}
