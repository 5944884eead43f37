package import Core
package import Domain

/// Where tokens and the slugs of organizations stand: the database, or memory in a benchmark.
package protocol TokenSource: Sendable {
    /// The token whose public part is `id`; nil for none.
    func token(id: String) async throws -> TokenRecord?

    /// The organization that has a slug; nil for none.
    /// - Parameter slug: At most 63 bytes, none of them zero.
    func organization(slug: String) async throws -> OrganizationID?
}

/// What is known of a token: never the token.
package struct TokenRecord: Sendable {
    /// Public part of the token.
    package let id: String
    /// Nil for operators, who belong to the platform.
    package let organizationID: OrganizationID?
    /// `KeyedHash` of `TokenText.hashed`.
    package let keyedHash: [UInt8]
    package let role: CallerRole
    package let expiresAt: Instant?
    package let revokedAt: Instant?

    package init(
        id: String, organizationID: OrganizationID?, keyedHash: [UInt8], role: CallerRole,
        expiresAt: Instant? = nil, revokedAt: Instant? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.keyedHash = keyedHash
        self.role = role
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }
}
