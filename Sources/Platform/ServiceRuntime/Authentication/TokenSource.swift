package import Core
package import Domain

/// Where tokens, the slugs of organizations and their members stand: the database, or memory in a
/// benchmark.
package protocol TokenSource: Sendable {
    /// The token whose public part is `id`; nil for none.
    func token(id: String) async throws -> TokenRecord?

    /// Whether an organization has a slug. What others have it may not tell from what nobody has, by its time
    /// either.
    /// - Parameter slug: At most 63 bytes, none of them zero.
    func isSlug(_ slug: String, of organization: OrganizationID) async throws -> Bool

    /// What a member of an organization may do; nil for none.
    /// - Parameter email: Compared without case; none of its bytes is zero.
    func member(email: String, of organization: OrganizationID) async throws -> MemberRecord?
}

/// What is known of a token: never the token.
package struct TokenRecord: Sendable {
    /// Public part of the token.
    package let id: String
    /// Nil for operators, who belong to the platform.
    package let organizationID: OrganizationID?
    /// What holds of that organization.
    package let standing: OrganizationStanding
    /// `KeyedHash` of `TokenText.hashed`.
    package let keyedHash: [UInt8]
    package let roles: CallerRoles
    package let units: UnitScope
    /// Where it may be used from; empty: anywhere.
    package let sourceNetworks: [SourceNetwork]
    package let expiresAt: Instant?
    package let revokedAt: Instant?
    /// Nil: the server's own limit.
    package let callsPerSecondMax: Int?
    /// Nil: as many as the organization's plan allows.
    package let eventsPerDayMax: Int64?
    /// Which of its limits hold of what it makes for the members that it acts for, where it is a frontend's.
    package let handedOn: TokenLimits.Kinds

    package init(
        id: String, organizationID: OrganizationID?, standing: OrganizationStanding = .active,
        keyedHash: [UInt8], roles: CallerRoles, units: UnitScope = .wholeOrganization,
        sourceNetworks: [SourceNetwork] = [], expiresAt: Instant? = nil, revokedAt: Instant? = nil,
        callsPerSecondMax: Int? = nil, eventsPerDayMax: Int64? = nil,
        handedOn: TokenLimits.Kinds = []
    ) {
        self.id = id
        self.organizationID = organizationID
        self.standing = standing
        self.keyedHash = keyedHash
        self.roles = roles
        self.units = units
        self.sourceNetworks = sourceNetworks
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.callsPerSecondMax = callsPerSecondMax
        self.eventsPerDayMax = eventsPerDayMax
        self.handedOn = handedOn
    }
}

/// What a member of an organization may do.
package struct MemberRecord: Sendable {
    /// As the organization wrote it.
    package let email: String
    package let roles: CallerRoles
    package let units: UnitScope

    package init(email: String, roles: CallerRoles, units: UnitScope = .wholeOrganization) {
        self.email = email
        self.roles = roles
        self.units = units
    }
}
