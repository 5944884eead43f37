package import Core
package import Domain
import Encryption
import Logging
package import Postgres
package import RPC

/// What every call shares with all others of the process.
package struct CallEnvironment: Sendable {
    package let pool: PostgresPool
    package let clock: WallClock
    /// What seals the organizations' secrets and personal fields.
    package let keys: DataKeyStore

    package init(pool: PostgresPool, clock: WallClock, keys: DataKeyStore = .absent) {
        self.pool = pool
        self.clock = clock
        self.keys = keys
    }
}

/// One authenticated call: who, for which organization, until when; and the only door to the
/// database.
///
/// Where the call carries an idempotency key, its transactions are parts of one that is committed
/// with the recorded answer, after the handler has returned; reads then see what is committed as
/// they go, snapshot or not.
package struct Call: Sendable {
    package var caller: Caller { verified.caller }
    /// What holds of every token that this call makes.
    package var tokenLimits: TokenLimits { verified.limits }
    package let context: RPCContext
    private let verified: VerifiedCaller
    private let setting: Setting
    /// Nil for calls that leave no row in the audit log.
    private let auditTrail: AuditTrail?

    /// What is the same for all calls of a method; a class, so that each of them holds one reference.
    final class Setting: Sendable {
        let environment: CallEnvironment
        /// Seals the audit log; nil for calls that leave no row in it.
        let auditKey: KeyedHash?
        /// Whether they are carried out while data keys cannot be had.
        let needsNoKeys: Bool

        init(
            environment: CallEnvironment, auditKey: KeyedHash? = nil, needsNoKeys: Bool = false
        ) {
            self.environment = environment
            self.auditKey = auditKey
            self.needsNoKeys = needsNoKeys
        }
    }

    init(context: RPCContext, setting: Setting) throws {
        guard let verified = context.attachments[VerifiedCaller.self] else {
            throw ServiceError(
                .unauthenticated, "TOKEN_MISSING", field: "authorization",
                "Send a token as `authorization: Bearer tly_…`.")
        }
        self.init(verified, context: context, setting: setting)
    }

    /// A call that leaves no row in the audit log.
    package init(caller: Caller, context: RPCContext, environment: CallEnvironment) {
        self.init(
            VerifiedCaller(caller: caller), context: context,
            setting: Setting(environment: environment))
    }

    private init(_ verified: VerifiedCaller, context: RPCContext, setting: Setting) {
        self.verified = verified
        self.context = context
        self.setting = setting
        auditTrail = setting.auditKey.map { AuditTrail(key: $0, logger: context.logger) }
    }

    private var environment: CallEnvironment { setting.environment }
    private var needsNoKeys: Bool { setting.needsNoKeys }

    package var clock: WallClock { environment.clock }

    /// The caller's organization.
    /// - Throws: `ORGANIZATION_REQUIRED` for operators, who have none.
    package var organizationID: OrganizationID {
        get throws(ServiceError) {
            guard let id = caller.organizationID else {
                throw ServiceError(
                    .permissionDenied, "ORGANIZATION_REQUIRED",
                    "Operators manage organizations and read no figures. Use a token of the "
                        + "organization.")
            }
            return id
        }
    }

    /// Opens what the caller's organization sealed. Ask before a transaction, not within one: the
    /// keys stand in another database.
    /// - Throws: as `organizationID` and `DataKeyStore.keys`.
    package func keys() async throws -> OrganizationKeys {
        let organization = try organizationID.postgresUUID
        if let held = context.attachments[AnswerKeys.self]?.held(organization) { return held }
        if needsNoKeys { return try await environment.keys.keysUnlessAway(of: organization) }
        return try await environment.keys.keys(of: organization)
    }

    /// As `keys()`, for calls that go on without: what they open meanwhile reads as away, and what they
    /// would have to seal is refused.
    /// - Throws: as `organizationID`.
    package func keysUnlessAway() async throws -> OrganizationKeys {
        let organization = try organizationID.postgresUUID
        if let held = context.attachments[AnswerKeys.self]?.held(organization) { return held }
        return try await environment.keys.keysUnlessAway(of: organization, mustBeHeld: false)
    }

    /// Opens what an audit log says of people; all zero for the platform's.
    func auditKeys(of organization: PostgresUUID) async throws -> OrganizationKeys {
        try await environment.keys.keys(of: organization)
    }

    /// Seals what the caller's organization is about to store, and opens what it has; asked for as
    /// `keys()`.
    /// - Throws: as `organizationID` and `DataKeyStore.keysToSeal`.
    package func keysToSeal() async throws -> OrganizationKeys {
        try await keysToSeal(of: try organizationID.postgresUUID)
    }

    /// Makes an identifier and the key of an organization that an operator makes, before its transaction.
    /// What the call answers is recorded under that key, so that it ends with the organization.
    /// - Throws: `OPERATOR_REQUIRED`; as `DataKeyStore.makeKeys`.
    package func makeOrganizationKeys() async throws -> (OrganizationID, OrganizationKeys) {
        try mustBeOperator()
        let recorded = context.attachments[AnswerKeys.self]
        let keys =
            if let made = recorded?.made { made } else {
                try await keys(
                    of: OrganizationID.make(clock).postgresUUID, .toMake, unlessHeldBy: recorded)
            }
        recorded?.answer(isSealedWith: keys)
        return (OrganizationID(keys.organization), keys)
    }

    private func keysToSeal(of organization: PostgresUUID) async throws -> OrganizationKeys {
        try await keys(
            of: organization, needsNoKeys ? .toSealUnlessAway : .toSeal,
            unlessHeldBy: context.attachments[AnswerKeys.self])
    }

    private func keys(
        of organization: PostgresUUID, _ use: KeysWanted.Use, unlessHeldBy recorded: AnswerKeys?
    ) async throws -> OrganizationKeys {
        if let held = recorded?.held(organization) { return held }
        let wanted = KeysWanted(organization: organization, use: use)
        // Within the transaction of the whole call nobody waits for another database.
        if recorded?.areExtensible == true { throw wanted }
        return try await wanted.keys(from: environment.keys)
    }

    /// Reads and writes rows of the caller's organization; committed when `body` returns.
    ///
    /// `body` runs again where the transaction lost against others (`40001`, `40P01`), so it must
    /// do nothing but database work.
    /// - Parameter isReported: Whether what it changes is also written to the platform's audit log,
    ///   which outlives the organization's.
    package func transaction<R: Sendable>(
        isReported: Bool = false,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await run(
            TransactionOptions(
                role: "tally_service", organization: try organizationID.postgresUUID),
            isReported: isReported, body)
    }

    /// Transactions of the caller's organization that do not end with the call, for work that calls of it
    /// share. Not for calls that take an idempotency key: nothing of theirs is part of it.
    package var sharedTransactions: OrganizationTransactions {
        get throws(ServiceError) {
            OrganizationTransactions(
                organization: try organizationID.postgresUUID, pool: environment.pool,
                keys: environment.keys)
        }
    }

    /// Reads rows of the caller's organization as they are at one instant; writes are refused.
    package func snapshot<R: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await run(
            TransactionOptions(
                role: "tally_service", organization: try organizationID.postgresUUID,
                isolation: .repeatableRead, isReadOnly: true), body)
    }

    /// Works as an operator, who sees organizations but no figures.
    /// - Parameters:
    ///   - organization: whose rows may be written, for making a new one.
    ///   - isReported: as of `transaction`.
    package func operatorTransaction<R: Sendable>(
        organization: OrganizationID? = nil, isReported: Bool = false,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try mustBeOperator()
        return try await run(
            TransactionOptions(role: "tally_operator", organization: organization?.postgresUUID),
            isReported: isReported, body)
    }

    /// Reads as an operator, as it is at one instant.
    package func operatorSnapshot<R: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try mustBeOperator()
        return try await run(
            TransactionOptions(
                role: "tally_operator", isolation: .repeatableRead, isReadOnly: true), body)
    }

    /// `OPERATOR_REQUIRED` for everyone else.
    package func mustBeOperator() throws(ServiceError) {
        guard caller.isOperator else {
            throw ServiceError(
                .permissionDenied, "OPERATOR_REQUIRED", "Only operators manage organizations.")
        }
    }

    private func run<R: Sendable>(
        _ options: TransactionOptions, isReported: Bool = false,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        guard let auditTrail, !options.isReadOnly else { return try await attempt(options, body) }
        let platform = AuditChainHead.platform
        let organization = options.organization ?? platform
        let writer = try await auditWriter(of: organization, auditTrail)
        // Under a key that is never destroyed, and so without a person.
        let reporter =
            isReported
            ? try await auditWriter(of: platform, auditTrail, withPerson: false) : nil
        let value = try await attempt(options) { transaction in
            auditTrail.transactionBegan()
            let value = try await body(transaction)
            try await auditTrail.write(by: writer, in: transaction)
            if let reporter {
                try await transaction.acting(for: platform, insteadOf: organization) {
                    try await auditTrail.report(by: reporter, in: $0)
                }
            }
            return value
        }
        auditTrail.committed()
        return value
    }

    private func auditWriter(
        of organization: PostgresUUID, _ auditTrail: AuditTrail, withPerson: Bool = true
    ) async throws -> AuditWriter {
        let personalKeys = try await keysToSeal(of: organization)
        if let reason = personalKeys.whyAway {
            context.logger.warning(
                "Without the data key, the audit log does not say for whom and from where.",
                metadata: ["reason": "\(reason)"])
        }
        return AuditWriter(
            organization: organization,
            actor: AuditActor(caller, context, withPerson: withPerson), clock: clock,
            key: auditTrail.key, personalKeys: personalKeys)
    }

    /// Begins the audit log of an organization that a transaction makes.
    package func beginAuditLog(
        of organization: OrganizationID, in transaction: PostgresTransaction
    ) async throws {
        guard let auditTrail else { return }
        try await AuditWriter.begin(
            organization.postgresUUID, key: auditTrail.key, in: transaction)
    }

    /// Says, within a transaction, what it changes, for the audit log.
    /// - Parameters:
    ///   - id: The object's identifier within the organization.
    ///   - before: JSON of the object's message, without secrets; nil where there was none.
    ///   - after: Nil where there is none any more.
    package func changed(
        _ object: AuditedObject, _ id: String, from before: String? = nil, to after: String?
    ) throws {
        auditTrail?.note(try AuditChange(object, id, before: before, after: after))
    }

    private func attempt<R: Sendable>(
        _ options: TransactionOptions,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await TransactionAttempts.run { isAgain in
            if isAgain {
                context.logger.debug("A transaction lost against others; it is tried again.")
            }
            var options = options
            options.statementTimeout = context.timeLeft()
            if let joined = context.attachments[JoinedTransaction.self] {
                return try await joined.run(options, body)
            }
            return try await environment.pool.transaction(options, body)
        }
    }
}

extension TypedID {
    /// The identifier as a `uuid` column holds it.
    package var postgresUUID: PostgresUUID {
        PostgresUUID(high: uuid.bytes.high, low: uuid.bytes.low)
    }

    /// The identifier that a `uuid` column holds.
    package init(_ uuid: PostgresUUID) {
        self.init(UUIDv7(high: uuid.high, low: uuid.low))
    }
}
