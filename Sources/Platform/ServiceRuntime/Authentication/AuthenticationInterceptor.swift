package import Core
import Domain
package import Encryption
import Logging
package import RPC

/// Finds out who calls and whether they may: token, then method, then permission (rule 13).
package struct AuthenticationInterceptor: RPCInterceptor {
    private let directory: TokenDirectory
    private let guesses: TokenGuessLimiter
    private let keyedHash: KeyedHash
    private let permissions: MethodPermissions
    private let clock: WallClock

    /// Longest name of a person an internal frontend acts for, in bytes.
    private static let onBehalfOfMax = 256

    package init(
        directory: TokenDirectory, guesses: TokenGuessLimiter, keyedHash: KeyedHash,
        permissions: MethodPermissions, clock: WallClock
    ) {
        self.directory = directory
        self.guesses = guesses
        self.keyedHash = keyedHash
        self.permissions = permissions
        self.clock = clock
    }

    package func admit(_ context: inout RPCContext) throws -> RPCAdmission {
        let callers = permissions.callers(of: context.method)
        if let callers, callers.isEverybody { return .proceed }
        guard let kept = keptCaller(of: context) else { return .wait }
        try permit(&context, kept, callers)
        return .proceed
    }

    package func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        let verified = try await authenticate(context.metadata, from: context.peer)
        if isOfConnection(context.metadata) {
            context.connection[VerifiedCaller.self] = verified
        }
        var context = context
        try permit(&context, verified, permissions.callers(of: context.method))
        return try await next(context)
    }

    /// Makes the call one of its caller, who may call the method.
    private func permit(
        _ context: inout RPCContext, _ verified: VerifiedCaller,
        _ callers: MethodPermissions.Callers?
    ) throws(ServiceError) {
        context.notes.identity = verified
        context.attachments[VerifiedCaller.self] = verified
        // The router answers a method that it does not have.
        guard context.kind != nil else { return }
        guard let callers, callers.contains(verified.caller.role) else {
            throw ServiceError(
                .permissionDenied, "ROLE_NOT_ALLOWED",
                "A token of the role \(verified.caller.role) may not call this method. Use one "
                    + "whose role may; an owner can make it.")
        }
    }

    /// The keys that decide who calls.
    private static let keys = ["authorization", "tally-org", "tally-on-behalf-of"]

    private func isOfConnection(_ metadata: CallMetadata) -> Bool {
        Self.keys.allSatisfy(metadata.isFromConnection)
    }

    /// Hashing a token costs more than the rest of a small call, so where a connection's `Hello`
    /// says who calls, the answer is kept for as long as the directory's.
    private func keptCaller(of context: RPCContext) -> VerifiedCaller? {
        guard !context.hasOwnMetadata || isOfConnection(context.metadata),
            let kept = context.connection[VerifiedCaller.self],
            .now < kept.until
        else { return nil }
        return kept
    }

    private func authenticate(
        _ metadata: CallMetadata, from peer: RPCPeer
    ) async throws -> VerifiedCaller {
        guard let header = metadata.string("authorization") else {
            throw ServiceError(
                .unauthenticated, "TOKEN_MISSING", field: "authorization",
                "Send a token as `authorization: Bearer tly_…`.")
        }
        let prefix = "Bearer "
        guard header.hasPrefix(prefix),
            let token = TokenText(String(header.dropFirst(prefix.count)))
        else { throw Self.invalidToken }
        let found: TokenDirectory.Kept? = try await guesses.guarding(
            token.id, field: "authorization", from: peer.address
        ) {
            guard let kept = try await directory.record(of: token.id) else { return .unknown }
            return try keyedHash.matches(kept.record.keyedHash, token.hashed)
                ? .right(kept) : .unproven
        }
        guard let kept = found else { throw Self.invalidToken }
        let record = kept.record
        // Only who holds the secret learns that a token has ended.
        guard record.revokedAt == nil else {
            throw ServiceError(
                .unauthenticated, "TOKEN_REVOKED", field: "authorization",
                "The token was revoked. Ask an owner of the organization for a new one.")
        }
        if let expiry = record.expiresAt, expiry <= clock.now {
            throw ServiceError(
                .unauthenticated, "TOKEN_EXPIRED", field: "authorization",
                "The token has expired. Ask an owner of the organization for a new one.")
        }
        try await checkOrganization(metadata, of: record, from: peer)
        return VerifiedCaller(
            caller: Caller(
                tokenID: record.id, role: record.role, organizationID: record.organizationID,
                onBehalfOf: try onBehalfOf(metadata)),
            until: until(kept))
    }

    /// A token that ends soon is not taken for granted beyond its end.
    private func until(_ kept: TokenDirectory.Kept) -> MonotonicInstant {
        guard let expiry = kept.record.expiresAt else { return kept.until }
        let (left, isFar) = (expiry.microseconds - clock.now.microseconds)
            .multipliedReportingOverflow(by: 1000)
        return isFar ? kept.until : min(kept.until, .now.advanced(byNanoseconds: left))
    }

    /// A token acts for its own organization; naming another one is refused as if it did not exist.
    ///
    /// This comes before the token's rate is charged, so slugs are guarded as tokens are.
    private func checkOrganization(
        _ metadata: CallMetadata, of record: TokenRecord, from peer: RPCPeer
    ) async throws {
        guard let named = metadata["tally-org"].map({ String(decoding: $0, as: UTF8.self) }) else {
            return
        }
        if let own = record.organizationID, TokenDirectory.isPossibleSlug(named) {
            if named.lowercased() == own.text { return }
            let isOwn: Void? = try await guesses.guarding(
                "\(record.id) \(named)", field: "tally-org", from: peer.address
            ) {
                try await directory.isSlug(named, of: own) ? .right(()) : .unknown
            }
            if isOwn != nil { return }
        }
        throw ServiceError(
            .notFound, "ORGANIZATION_NOT_FOUND", field: "tally-org",
            "The token acts for no organization of that id or slug. Leave tally-org out: a "
                + "token acts for its own organization.")
    }

    private func onBehalfOf(_ metadata: CallMetadata) throws -> String? {
        guard metadata["tally-on-behalf-of"] != nil else { return nil }
        guard let person = metadata.string("tally-on-behalf-of"),
            person.utf8.count <= Self.onBehalfOfMax,
            person.unicodeScalars.allSatisfy({ !$0.properties.isDefaultIgnorableCodePoint }),
            person.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw ServiceError(
                .invalidArgument, "METADATA_INVALID", field: "tally-on-behalf-of",
                "Name the person in at most \(Self.onBehalfOfMax) bytes of plain text.")
        }
        return person
    }

    /// One answer for every token that is wrong, whatever is wrong with it.
    private static let invalidToken = ServiceError(
        .unauthenticated, "TOKEN_INVALID", field: "authorization",
        "The token is not valid. Check TALLY_TOKEN, or ask an owner for a new one.")
}
