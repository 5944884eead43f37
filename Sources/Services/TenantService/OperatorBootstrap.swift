import API
package import Core
package import Encryption
package import Postgres
package import ServiceRuntime

/// Makes the platform's first operator token, which every other token descends from.
package struct OperatorBootstrap: Sendable {
    private let pool: PostgresPool
    private let keyedHash: KeyedHash
    private let keys: DataKeyStore

    /// - Parameters:
    ///   - pool: its login is a member of `tally_operator`, or a superuser.
    ///   - keys: seal what the audit log says of people.
    package init(pool: PostgresPool, keyedHash: KeyedHash, keys: DataKeyStore) {
        self.pool = pool
        self.keyedHash = keyedHash
        self.keys = keys
    }

    /// A new operator token; nil where one exists that was not revoked.
    ///
    /// Several processes at once make one token between them.
    /// - Parameter keep: puts the token where it will be found, before it counts. What it throws
    ///   undoes the token, so none is ever made that nobody has.
    package func firstToken(
        now: Instant, keep: @Sendable (Secret<String>) throws -> Void = { _ in }
    ) async throws -> Secret<String>? {
        let token = try NewToken(
            displayName: "First operator",
            rights: TokenRights(
                grant: Grant(stored: .operator, .wholeOrganization), sourceNetworks: []),
            createTime: now, keyedHash: keyedHash)
        // Only before anything was sealed with it: a key that is not there later was lost.
        let isFirst = try await pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await $0.first(SelectPlatformLog()) == nil
        }
        let personalKeys =
            try await isFirst
            ? keys.makeKeys(of: AuditChainHead.platform)
            : keys.keysToSeal(of: AuditChainHead.platform)
        return try await pool.transaction(TransactionOptions(role: "tally_operator")) {
            transaction in
            try await transaction.execute(LockOperatorBootstrap())
            guard try await transaction.first(SelectOperatorToken()) == nil else { return nil }
            try await transaction.execute(InsertDirectoryToken(organization: nil, token: token))
            let audit = AuditWriter(
                organization: AuditChainHead.platform,
                actor: AuditActor(command: "tally-server/migrate"), clock: .fixed(now),
                key: keyedHash, personalKeys: personalKeys)
            try await AuditWriter.begin(AuditChainHead.platform, key: keyedHash, in: transaction)
            try await audit.write(
                [AuditChange(.token, token.text.id, before: nil, after: token.message.json())],
                in: transaction)
            try keep(token.text.text)
            return token.text.text
        }
    }
}
