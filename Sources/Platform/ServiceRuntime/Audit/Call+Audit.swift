package import Encryption
package import Postgres

extension Call {
    /// The organization whose audit log the caller may read; all zero for operators, whose log is the
    /// platform's.
    package var auditedOrganization: PostgresUUID {
        caller.organizationID?.postgresUUID ?? AuditChainHead.platform
    }

    /// Opens what that log says of people. Ask before `auditSnapshot`, not within.
    /// - Throws: as `DataKeyStore.keys`.
    package func auditKeys() async throws -> OrganizationKeys {
        try await auditKeys(of: auditedOrganization)
    }

    /// Reads that log as it is at one instant.
    package func auditSnapshot<R: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        guard caller.organizationID == nil else { return try await snapshot(body) }
        return try await operatorSnapshot(body)
    }

    /// Where that log ends, and whether the end is the one that was sealed.
    package func auditChainHead(
        sealedWith key: KeyedHash, in transaction: PostgresTransaction
    ) async throws -> (head: AuditChainHead, isSealed: Bool) {
        let organization = auditedOrganization
        guard
            let (head, seal) = try await transaction.first(
                SelectAuditChain(organization: organization))
        else { return (AuditChainHead(organization: organization), false) }
        return (head, try head.isSealed(by: seal, key))
    }
}
