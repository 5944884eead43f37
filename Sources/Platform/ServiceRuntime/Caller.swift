package import Domain
package import RPC

/// Who calls, as the token proved it.
package struct Caller: Sendable, Hashable {
    /// Public part of the token.
    package let tokenID: String
    package let role: CallerRole
    /// The organization that the token belongs to; nil for operators, who belong to the platform.
    package let organizationID: OrganizationID?
    /// The person whom an internal frontend acts for, as it names them; nil where it names none.
    package let onBehalfOf: String?

    package init(
        tokenID: String, role: CallerRole, organizationID: OrganizationID?,
        onBehalfOf: String? = nil
    ) {
        self.tokenID = tokenID
        self.role = role
        self.organizationID = organizationID
        self.onBehalfOf = onBehalfOf
    }
}

/// What a token may do; the numbers are those of `tally.v1.Role` and of the database.
package enum CallerRole: Int16, Sendable, Hashable, CaseIterable {
    case owner = 1
    case admin = 2
    case finance = 3
    case analyst = 4
    case ingest = 5
    case `operator` = 6
}

extension RPCContext {
    /// Who calls, as the authentication found; nil before it, and for a method that needs no token.
    package var caller: Caller? {
        get { attachments[VerifiedCaller.self]?.caller }
        set { attachments[VerifiedCaller.self] = newValue.map { VerifiedCaller(caller: $0) } }
    }
}
