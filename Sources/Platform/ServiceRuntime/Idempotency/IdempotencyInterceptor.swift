import Core
import Domain
import Encryption
import Postgres
import RPC
import Wire

/// Makes a mutating call that carries an `idempotency-key` safe to repeat for 24 hours.
///
/// The key is claimed, the call carried out and its answer recorded in one transaction, so at any
/// instant both are there or neither is. Calls with the same key at the same time wait for the row
/// and then get what the first recorded; a call that fails records nothing and frees its key.
///
/// The key belongs to the organization (or to the operators). Methods without side effects, and
/// those whose requests have ids of their own, are safe to repeat without it, and it is ignored.
/// Stands inside of the authentication and the rate limit.
struct IdempotencyInterceptor: RPCInterceptor {
    let environment: CallEnvironment
    /// Methods whose requests have ids of their own.
    let selfRecorded: Set<String>
    /// Methods that are carried out while data keys cannot be had, when nothing can be recorded.
    let withoutKeys: Set<String>
    private let vault = AnswerVault()

    init(
        environment: CallEnvironment, selfRecorded: Set<String>, withoutKeys: Set<String> = []
    ) {
        self.environment = environment
        self.selfRecorded = selfRecorded
        self.withoutKeys = withoutKeys
    }

    func admit(_ context: inout RPCContext) -> RPCAdmission {
        // The key is taken on `Open` only.
        context.idempotency == .noSideEffects || !context.hasOwnMetadata
            || context.metadata[CallMetadata.idempotencyKey] == nil ? .proceed : .wait
    }

    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        // The router answers a method that it does not have.
        guard let kind = context.kind, context.idempotency != .noSideEffects,
            let bytes = context.metadata[CallMetadata.idempotencyKey],
            !selfRecorded.contains(context.method), !Mutant.ignoreIdempotencyKey.isActive,
            let caller = context.caller
        else { return try await next(context) }
        let key = try IdempotencyKey(bytes)
        guard kind == .unary else {
            throw ServiceError(
                .invalidArgument, "IDEMPOTENCY_KEY_NOT_TAKEN", field: CallMetadata.idempotencyKey,
                "A call that streams cannot be recorded, and was not carried out. Send it "
                    + "without the key.")
        }
        // The router answers a call that is malformed.
        guard context.request.isComplete else { return try await next(context) }
        let call = RecordedCall(owner: caller.recordOwner, key: key)
        let request = try vault.request(of: context, by: caller)
        let options = TransactionOptions(
            role: caller.isOperator ? "tally_operator" : "tally_service",
            organization: caller.recordOwner, statementTimeout: context.timeLeft())
        // Asked for now: the handler asks for them within the transaction, which holds a connection.
        let ownerKeys =
            try await withoutKeys.contains(context.method)
            ? environment.keys.keysUnlessAway(of: call.owner)
            : environment.keys.keysToSeal(of: call.owner)
        if ownerKeys.areAway { return try await next(context) }
        let outcome = try await withKeys(
            AnswerKeys(
                ofOwner: ownerKeys,
                areExtensible: context.request.byteCount < RPCRequest.largeByteCount)
        ) { keys in
            try await environment.pool.transaction(options) { transaction -> Outcome in
                guard try await transaction.first(ClaimCall(call)) != nil else {
                    return .recorded(try await recorded(call, in: transaction))
                }
                var context = context
                context.attachments[JoinedTransaction.self] = JoinedTransaction(transaction)
                context.attachments[AnswerKeys.self] = keys
                let response = try await next(context)
                try await transaction.execute(
                    try record(response, of: call, request: request, with: keys.keys))
                return .carriedOut(response)
            }
        }
        switch outcome {
        case .carriedOut(let response): return response
        case .recorded(let found): return try await open(found, of: call, request, ownerKeys)
        }
    }

    /// A call is about few organizations: its own, and one that an operator makes or changes.
    private static let otherKeysMax = 3

    /// Carries a call out, and again with the keys that it turned out to need, which are waited for while
    /// nothing is held.
    private func withKeys(
        _ keys: AnswerKeys, _ carryOut: (AnswerKeys) async throws -> Outcome
    ) async throws -> Outcome {
        var keys = keys
        for isLast in (0..<Self.otherKeysMax).map({ $0 + 1 == Self.otherKeysMax }) {
            do {
                return try await carryOut(keys)
            } catch let wanted as KeysWanted {
                keys = AnswerKeys(
                    keys, with: try await wanted.keys(from: environment.keys),
                    isMade: wanted.use == .toMake, isLast: isLast)
            }
        }
        return try await carryOut(keys)
    }

    private enum Outcome: Sendable {
        case carriedOut(RPCResponse)
        case recorded(SelectAnswer.Row)
    }

    private func record(
        _ response: RPCResponse, of call: RecordedCall, request: [UInt8],
        with keys: OrganizationKeys
    ) throws -> RecordAnswer {
        let hash = try vault.hash(ofRequest: request, call, with: keys)
        return RecordAnswer(
            call, requestHash: hash,
            answer: try vault.seal(response, of: call, requestHash: hash, with: keys),
            sealedFor: keys.organization)
    }

    /// What the call came to when it was carried out.
    private func recorded(
        _ call: RecordedCall, in transaction: PostgresTransaction
    ) async throws -> SelectAnswer.Row {
        guard let found = try await transaction.first(SelectAnswer(call)) else {
            throw ServiceError(
                .internal, "RECORDED_CALL_MISSING",
                "a claimed key has no row, though the claim holds its lock")
        }
        return found
    }

    private func open(
        _ found: SelectAnswer.Row, of call: RecordedCall, _ request: [UInt8],
        _ ownerKeys: OrganizationKeys
    ) async throws -> RPCResponse {
        var keys = ownerKeys
        if let other = found.sealedFor, other != keys.organization {
            // Whom the answer is about may be gone.
            keys = try await environment.keys.keysToSeal(of: other)
        }
        let hash = try vault.hash(ofRequest: request, call, with: keys)
        guard constantTimeEqual(hash, found.requestHash) else {
            throw ServiceError(
                .failedPrecondition, "IDEMPOTENCY_KEY_REUSED", field: CallMetadata.idempotencyKey,
                "Another request was sent with this key within the last 24 hours. Give each "
                    + "request a key of its own.")
        }
        return try vault.open(found.answer, of: call, requestHash: hash, with: keys)
    }
}

extension Caller {
    /// Whose the caller's recorded calls are: its organization's, or, all zero, the operators'.
    var recordOwner: PostgresUUID {
        organizationID?.postgresUUID ?? PostgresUUID(high: 0, low: 0)
    }
}
