package import Domain
package import RPC

/// Who calls, as the token proved it.
package struct Caller: Sendable, Hashable {
    /// Public part of the token.
    package let tokenID: String
    /// What it may do: the token's roles, or, of a frontend, those of the member it acts for.
    package let roles: CallerRoles
    /// The part of the organization that the roles are limited to.
    package let units: UnitScope
    /// The organization that the token belongs to; nil for operators, who belong to the platform.
    package let organizationID: OrganizationID?
    /// The person whom an internal frontend acts for: a member of the organization where the token
    /// is a frontend's, else as the caller names them. Nil where it names none.
    package let onBehalfOf: String?
    /// What holds of the organization.
    package let standing: OrganizationStanding
    /// Calls of the token in a second; nil: the server's own limit.
    package let callsPerSecondMax: Int?
    /// New events that come by the token in a day of UTC; nil: as many as the organization's plan allows.
    package let eventsPerDayMax: Int64?

    package init(
        tokenID: String, roles: CallerRoles, units: UnitScope = .wholeOrganization,
        organizationID: OrganizationID?, onBehalfOf: String? = nil,
        standing: OrganizationStanding = .active, callsPerSecondMax: Int? = nil,
        eventsPerDayMax: Int64? = nil
    ) {
        self.tokenID = tokenID
        self.roles = roles
        self.units = units
        self.organizationID = organizationID
        self.onBehalfOf = onBehalfOf
        self.standing = standing
        self.callsPerSecondMax = callsPerSecondMax
        self.eventsPerDayMax = eventsPerDayMax
    }

    /// Whether it manages organizations, and belongs to none.
    package var isOperator: Bool { roles.contains(.operator) }
}

extension RPCContext {
    /// Who calls, as the authentication found; nil before it, and for a method that needs no token.
    package var caller: Caller? {
        get { attachments[VerifiedCaller.self]?.caller }
        set { attachments[VerifiedCaller.self] = newValue.map { VerifiedCaller(caller: $0) } }
    }
}
