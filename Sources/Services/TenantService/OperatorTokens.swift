package import API
package import Core
import Domain
package import Encryption
package import Postgres
package import ServiceRuntime

/// The tokens of the platform's operators: the first, which every other token descends from, those
/// beside it, and their end.
///
/// No method of the contract makes or ends one: whoever reaches the database and the hash key is past
/// every wall already, and a token that leaked must not make another one of its kind. All that
/// changes them waits for its turn, and stands in the operators' audit log.
package struct OperatorTokens: Sendable {
    private let pool: PostgresPool
    private let keyedHash: KeyedHash
    private let keys: DataKeyStore
    private let machineUser: String

    private static let options = TransactionOptions(role: "tally_operator")

    /// - Parameters:
    ///   - pool: its login is a member of `tally_operator`, or a superuser.
    ///   - keys: seal what the audit log says of people.
    ///   - machineUser: Whoever runs the command, for the audit log; as of `AuditActor`.
    package init(
        pool: PostgresPool, keyedHash: KeyedHash, keys: DataKeyStore, machineUser: String = ""
    ) {
        self.pool = pool
        self.keyedHash = keyedHash
        self.keys = keys
        self.machineUser = machineUser
    }

    /// A new operator token; nil where one was ever made, though it be revoked: who ended the last one did not mean
    /// the next `migrate` to make another, and `issue` does.
    ///
    /// Several processes at once make one token between them.
    /// - Parameter keep: puts the token where it will be found, before it counts. What it throws
    ///   undoes the token, so none is ever made that nobody has.
    /// - Throws: `TOKEN_HASH_KEY_MISMATCH`.
    package func firstToken(
        now: Instant, keep: @Sendable (Secret<String>) throws -> Void = { _ in }
    ) async throws -> Secret<String>? {
        let token = try NewToken(
            displayName: "First operator", rights: .operator, createTime: now, keyedHash: keyedHash)
        // Only before anything was sealed with it: a key that is not there later was lost.
        let isFirst = try await pool.transaction(Self.options) {
            try await $0.first(SelectPlatformLog()) == nil
        }
        let personalKeys =
            try await isFirst
            ? keys.makeKeys(of: AuditChainHead.platform)
            : keys.keysToSeal(of: AuditChainHead.platform)
        return try await pool.transaction(Self.options) { transaction in
            try await transaction.execute(LockOperatorTokens())
            guard try await transaction.first(SelectSomeOperatorToken()) == nil else { return nil }
            try await hashKey.mustBeOurs(in: transaction)
            try await AuditWriter.begin(AuditChainHead.platform, key: keyedHash, in: transaction)
            try await insert(
                token, by: "tally-server/migrate", personalKeys, keep: keep, in: transaction)
            return token.text.text
        }
    }

    /// A further token; those made before stay valid.
    /// - Parameters:
    ///   - displayName: for people, to know it by.
    ///   - expireTime: nil where it does not expire.
    ///   - keep: as of `firstToken`.
    /// - Returns: What was made, without the secret.
    /// - Throws: what `DisplayName` does, `EXPIRE_TIME_NOT_IN_FUTURE`, `OPERATOR_TOKEN_MISSING`,
    ///   `TOKEN_HASH_KEY_MISMATCH`.
    package func issue(
        displayName: String, expireTime: Instant?, now: Instant,
        keep: @Sendable (Secret<String>) throws -> Void
    ) async throws -> Token {
        let token = try NewToken(
            displayName: DisplayName(displayName).text, rights: .operator, createTime: now,
            expireTime: TokenRequest.expireTime(expireTime.map { Timestamp($0) }, now: now),
            keyedHash: keyedHash)
        // The operators' audit log begins with the first token, and only where that is made.
        guard try await !Self.list(pool).isEmpty else {
            throw ServiceError(
                .failedPrecondition, "OPERATOR_TOKEN_MISSING",
                "No operator's token was made yet. Run tally-server migrate, which makes the first."
            )
        }
        let personalKeys = try await keys.keysToSeal(of: AuditChainHead.platform)
        return try await pool.transaction(Self.options) { transaction in
            try await transaction.execute(LockOperatorTokens())
            try await hashKey.mustBeOurs(in: transaction)
            try await insert(
                token, by: "tally-server/operator-token-issue", personalKeys, keep: keep,
                in: transaction)
            return token.message
        }
    }

    /// Without their secrets, those that were revoked last, and of either the newest first; 1000 at most.
    /// - Parameter pool: as of `init`.
    package static func list(_ pool: PostgresPool) async throws -> [Token] {
        try await pool.transaction(options) { try await $0.run(SelectOperatorTokens()) }
            .map(\.message)
    }

    /// Ends a token on every server within a second; one that was revoked already stays as it is. One that has expired is
    /// revoked all the same: a server may go by another clock.
    ///
    /// It goes on while the database of data keys is away, as whatever takes rights away does.
    /// - Parameter evenTheLast: Whether it may be the last one that is valid. `issue` needs none.
    /// - Throws: `TOKEN_ID_MALFORMED`, `TOKEN_HASH_KEY_MISMATCH`, `TOKEN_NOT_FOUND`, `LAST_OPERATOR_TOKEN`.
    package func revoke(
        _ id: String, evenTheLast: Bool = false, now: Instant
    ) async throws -> Token {
        let id = try TokenID(id).text
        let personalKeys = try await keys.keysUnlessAway(of: AuditChainHead.platform)
        return try await pool.transaction(Self.options) { transaction in
            // Of two at once, the second sees what the first has left.
            try await transaction.execute(LockOperatorTokens())
            // What it writes in the audit log could not be sealed.
            try await hashKey.mustBeOurs(in: transaction)
            guard var token = try await transaction.first(SelectOperatorToken(id: id)) else {
                throw ServiceError(
                    .notFound, "TOKEN_NOT_FOUND", field: "id",
                    "No operator's token has this id; tally-server operator-token list shows all.")
            }
            guard token.revokeTime == nil else { return token.message }
            if !evenTheLast, !token.hasEnded(by: now) {
                try await requireOther(than: id, now: now, transaction)
            }
            let before = token.message
            token.revokeTime = now
            try await transaction.execute(RevokeOperatorToken(id: id, time: now))
            let change = try AuditChange(
                .token, id, before: before.json(), after: token.message.json())
            try await audit(
                change, by: "tally-server/operator-token-revoke", at: now, personalKeys,
                in: transaction)
            return token.message
        }
    }

    private func requireOther(
        than id: String, now: Instant, _ transaction: PostgresTransaction
    ) async throws {
        let other = SelectOtherOperatorToken(id: id, now: now)
        guard try await transaction.first(other) != nil else {
            throw ServiceError(
                .failedPrecondition, "LAST_OPERATOR_TOKEN", field: "id",
                "No other operator's token is valid. Make one first, with tally-server "
                    + "operator-token issue, and put it in the place of this one; or, where it leaked, "
                    + "revoke it at once with --even-the-last.")
        }
    }

    private var hashKey: TokenHashKey { TokenHashKey(pool: pool, keyedHash: keyedHash) }

    private func insert(
        _ token: NewToken, by command: String, _ personalKeys: OrganizationKeys,
        keep: @Sendable (Secret<String>) throws -> Void, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(InsertDirectoryToken(organization: nil, token: token))
        let change = try AuditChange(
            .token, token.text.id, before: nil, after: token.message.json())
        try await audit(change, by: command, at: token.createTime, personalKeys, in: transaction)
        try keep(token.text.text)
    }

    private func audit(
        _ change: AuditChange, by command: String, at time: Instant,
        _ personalKeys: OrganizationKeys, in transaction: PostgresTransaction
    ) async throws {
        let audit = AuditWriter(
            organization: AuditChainHead.platform,
            actor: AuditActor(command: command, machineUser: machineUser),
            clock: .fixed(time), key: keyedHash, personalKeys: personalKeys)
        try await audit.write([change], in: transaction)
    }
}
