import API
package import Core
import Domain
package import Encryption
package import Postgres
package import ServiceRuntime

/// Makes an owner's token for an organization that has none left, without its help.
///
/// No method of the contract does this: operators of the platform are kept out of organizations,
/// and whoever reaches the database and the hash key is past that wall already.
package struct OwnerTokenIssue: Sendable {
    private let pool: PostgresPool
    private let keyedHash: KeyedHash
    private let keys: DataKeyStore
    private let machineUser: String

    private static let role = "tally_operator"
    private static let command = "tally-server/issue-owner-token"

    /// - Parameters:
    ///   - pool: its login is a member of `tally_operator`, or a superuser.
    ///   - keys: seal what the audit logs say of people.
    ///   - machineUser: Whoever runs the command, for the operators' audit log; as of `AuditActor`.
    package init(
        pool: PostgresPool, keyedHash: KeyedHash, keys: DataKeyStore, machineUser: String = ""
    ) {
        self.pool = pool
        self.keyedHash = keyedHash
        self.keys = keys
        self.machineUser = machineUser
    }

    /// What was made, without the token.
    package struct Issued: Sendable {
        /// Public part of the token, which lists and logs show.
        package let tokenID: String
        package let ownerEmail: String
    }

    /// A new token for the organization's first owner. Tokens made before stay valid.
    ///
    /// The organization's audit log has the token; that of the operators, who did it, which is none of the organization's
    /// business.
    /// - Parameters:
    ///   - slug: the organization's.
    ///   - keep: puts the token where it will be found, before it counts. What it throws undoes the
    ///     token, so none is ever made that nobody has.
    /// - Throws: `ORGANIZATION_SLUG_MALFORMED`, `TOKEN_HASH_KEY_MISMATCH`, `ORGANIZATION_NOT_FOUND`,
    ///   `ORGANIZATION_HAS_NO_OWNER`.
    package func issue(
        slug: String, now: Instant, keep: @Sendable (Secret<String>) throws -> Void
    ) async throws -> Issued {
        let slug = try OrganizationSlug(slug)
        let token = try NewToken(
            displayName: "Owner, issued by an operator", rights: .owner, createTime: now,
            keyedHash: keyedHash)
        let hashKey = TokenHashKey(pool: pool, keyedHash: keyedHash)
        let organization = try await pool.transaction(TransactionOptions(role: Self.role)) {
            transaction in
            try await hashKey.mustBeOurs(in: transaction)
            return try await transaction.first(SelectOrganizationOfSlug(slug: slug))
        }
        guard let organization else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", field: "slug",
                "No organization has this slug; tally org list shows all.")
        }
        let personalKeys = try await keys.keysToSeal(of: organization)
        let platformKeys = try await keys.keysToSeal(of: AuditChainHead.platform)
        let options = TransactionOptions(role: Self.role, organization: organization.postgresUUID)
        return try await pool.transaction(options) { transaction in
            guard
                let owner = try await transaction.first(
                    SelectFirstOwner(organization: organization))
            else {
                throw ServiceError(
                    .failedPrecondition, "ORGANIZATION_HAS_NO_OWNER",
                    "No member of this organization is an owner.")
            }
            // The shared table first, as where an organization is made.
            try await transaction.execute(
                InsertDirectoryToken(organization: organization, token: token))
            try await transaction.execute(InsertToken(organization: organization, token: token))
            let audit = AuditWriter(
                organization: organization.postgresUUID, actor: AuditActor(command: Self.command),
                clock: .fixed(now), key: keyedHash, personalKeys: personalKeys)
            try await audit.write(
                [AuditChange(.token, token.text.id, before: nil, after: token.message.json())],
                in: transaction)
            try await report(token, of: organization, now: now, platformKeys, in: transaction)
            try keep(token.text.text)
            return Issued(
                tokenID: token.text.id, ownerEmail: try owner.opened(personalKeys).email)
        }
    }

    /// Says in the operators' audit log who made which token of whom, and no more of either.
    private func report(
        _ token: NewToken, of organization: OrganizationID, now: Instant,
        _ platformKeys: OrganizationKeys, in transaction: PostgresTransaction
    ) async throws {
        let platform = AuditChainHead.platform
        let audit = AuditWriter(
            organization: platform,
            actor: AuditActor(command: Self.command, machineUser: machineUser),
            clock: .fixed(now), key: keyedHash, personalKeys: platformKeys)
        let changes = [
            try AuditChange(.organization, organization.text, before: nil, after: nil),
            try AuditChange(.token, token.text.id, before: nil, after: nil),
        ]
        try await transaction.acting(for: platform, insteadOf: organization.postgresUUID) {
            _ = try await audit.write(changes, in: $0)
        }
    }
}
