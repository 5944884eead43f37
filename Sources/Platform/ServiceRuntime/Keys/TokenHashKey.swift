package import Core
package import Encryption
package import Postgres

/// The key of the token hashes and of the seals of audit logs, of which an installation has one.
///
/// With another no server takes a token that is made, and an audit log that is written to is never sealed again. So
/// the main database keeps a check value of the key, and whoever is about to use the key compares first.
package struct TokenHashKey: Sendable {
    private let pool: PostgresPool
    private let keyedHash: KeyedHash

    /// What is hashed for the check value. It begins unlike anything else that is hashed under the key.
    private static let checked = Array("tally token hash key 1".utf8)
    private static let owner = TransactionOptions(role: "tally_owner")
    private static let operators = TransactionOptions(role: "tally_operator")
    /// Longest time that one statement may take of a server that starts.
    private static let timeout = Duration.seconds(5)

    /// - Parameter pool: Of the main database.
    package init(pool: PostgresPool, keyedHash: KeyedHash) {
        self.pool = pool
        self.keyedHash = keyedHash
    }

    /// Refuses another key before anything is written with it, in a transaction of `tally_operator`.
    ///
    /// A database without a check value proves the key by the seal of the operators' audit log; one without that log
    /// has nothing that was made with another.
    /// - Throws: `TOKEN_HASH_KEY_MISMATCH`.
    package func mustBeOurs(in transaction: PostgresTransaction) async throws {
        if let check = try await transaction.first(SelectTokenHashCheck()) {
            return try requireMatch(check)
        }
        let log = SelectAuditChain(organization: AuditChainHead.platform)
        guard let (head, seal) = try await transaction.first(log) else { return }
        guard try head.isSealed(by: seal, keyedHash) else { throw Self.notProven }
    }

    /// Refuses to begin with another key, for servers: all tokens would be strangers'.
    ///
    /// Nothing is refused where the database is away, or has no check value yet.
    /// - Parameter role: One that the login may take, and that may read the installation's number.
    /// - Throws: `TOKEN_HASH_KEY_MISMATCH`.
    package func refuseAnother(as role: String) async throws {
        let options = TransactionOptions(
            role: role, isReadOnly: true, statementTimeout: Self.timeout)
        let check: [UInt8]?
        do {
            check = try await pool.transaction(options) {
                try await $0.first(SelectTokenHashCheck())
            }
        } catch is PostgresError {
            return
        }
        if let check { try requireMatch(check) }
    }

    /// Keeps the check value where there is none, for who migrates, behind `Installation.bind`.
    /// - Throws: `TOKEN_HASH_KEY_MISMATCH`.
    package func bind() async throws {
        try await pool.transaction(Self.operators) { try await mustBeOurs(in: $0) }
        try await keep(replaces: false)
    }

    /// Takes this key for the installation's from now on, for one whose key is lost.
    ///
    /// Tokens of before are refused from then on. Each audit log says from its next row on that it is not sealed; that of
    /// the operators begins with this.
    /// - Parameters:
    ///   - actor: Stands in the operators' audit log.
    ///   - keys: seal what it says of people.
    /// - Returns: Whether it was another; if not, nothing changes.
    package func replace(
        by actor: AuditActor, now: Instant, keys: DataKeyStore
    ) async throws -> Bool {
        let isOurs: Bool
        do {
            try await bind()
            isOurs = true
        } catch let error as ServiceError where error.reason == Self.mismatch {
            isOurs = false
        }
        guard !isOurs else { return false }
        let platform = AuditChainHead.platform
        let audit = AuditWriter(
            organization: platform, actor: actor, clock: .fixed(now), key: keyedHash,
            personalKeys: try await keys.keysToSeal(of: platform))
        let change = try AuditChange(.tokenHashKey, "", before: nil, after: nil)
        // First, so that none is replaced without a row that says so.
        try await pool.transaction(Self.operators) { try await audit.write([change], in: $0) }
        try await keep(replaces: true)
        return true
    }

    private func keep(replaces: Bool) async throws {
        let check = try keyedHash.hash(Self.checked)
        try await pool.transaction(Self.owner) { transaction in
            try await transaction.execute(KeepTokenHashCheck(check: check, replaces: replaces))
            // Of two who keep theirs at once, the second finds that of the first.
            if let kept = try await transaction.first(SelectTokenHashCheck()) {
                try requireMatch(kept)
            }
        }
    }

    private func requireMatch(_ check: [UInt8]) throws {
        guard try keyedHash.matches(check, Self.checked) else { throw Self.another }
    }

    private static let mismatch: ServiceError.Reason = "TOKEN_HASH_KEY_MISMATCH"

    private static var another: ServiceError {
        ServiceError(
            .failedPrecondition, mismatch, field: "TALLY_TOKEN_HASH_KEY_FILE",
            "This key of the token hashes is not the installation's: servers would know none of its "
                + "tokens, and no audit log could be sealed again. Nothing was changed. Correct "
                + "TALLY_TOKEN_HASH_KEY_FILE or --token-hash-key-file, or the database's address. Where "
                + "the key is lost, see tally-server migrate --replace-token-hash-key.")
    }

    private static var notProven: ServiceError {
        ServiceError(
            .failedPrecondition, mismatch, field: "TALLY_TOKEN_HASH_KEY_FILE",
            "The operators' audit log is not sealed by this key of the token hashes: it is another "
                + "installation's, or somebody changed the log. Nothing was changed. Correct "
                + "TALLY_TOKEN_HASH_KEY_FILE or --token-hash-key-file, or the database's address. Where it "
                + "is certainly the servers' key, run tally-server migrate --replace-token-hash-key once."
        )
    }
}

extension AuditedObject {
    static let tokenHashKey = Self("token_hash_key")
}
