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
    private let uses: TokenUses?

    /// Longest name of a person an internal frontend acts for, in bytes.
    private static let onBehalfOfMax = 256

    /// - Parameter uses: is told which tokens are used.
    package init(
        directory: TokenDirectory, guesses: TokenGuessLimiter, keyedHash: KeyedHash,
        permissions: MethodPermissions, clock: WallClock, uses: TokenUses? = nil
    ) {
        self.uses = uses
        self.directory = directory
        self.guesses = guesses
        self.keyedHash = keyedHash
        self.permissions = permissions
        self.clock = clock
    }

    package func admit(_ context: inout RPCContext) throws -> RPCAdmission {
        let line = permissions.line(of: context.method)
        if let line, line.isOpen { return .proceed }
        guard let kept = keptCaller(of: context) else { return .wait }
        try permit(&context, kept, line)
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
        try permit(&context, verified, permissions.line(of: context.method))
        return try await next(context)
    }

    /// Makes the call one of its caller, who may call the method.
    private func permit(
        _ context: inout RPCContext, _ verified: VerifiedCaller,
        _ line: MethodPermissions.Line?
    ) throws(ServiceError) {
        context.notes.identity = verified
        context.attachments[VerifiedCaller.self] = verified
        // The router answers a method that it does not have.
        guard context.kind != nil else { return }
        let refusal = line.map { $0.refusal(of: verified.caller) } ?? .role
        if let refusal, !(refusal.isOfOrganization && Mutant.serveSuspended.isActive) {
            throw refusal.error(for: verified.caller)
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
            context.arrival < kept.until
        else { return nil }
        return kept
    }

    func authenticate(
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
        let found: RecentLookups<String, TokenRecord>.Kept? = try await guesses.guarding(
            token.id, field: "authorization", from: peer.address
        ) {
            guard let kept = try await directory.record(of: token.id) else {
                return .unknown
            }
            return try keyedHash.matches(kept.value.keyedHash, token.hashed)
                ? .right(kept) : .unproven
        }
        guard let kept = found else { throw Self.invalidToken }
        let record = kept.value
        // Only who holds the secret learns that a token has ended.
        guard record.revokedAt == nil else {
            throw Self.ended("TOKEN_REVOKED", "The token was revoked.", record)
        }
        if let expiry = record.expiresAt, expiry <= clock.now {
            throw Self.ended("TOKEN_EXPIRED", "The token has expired.", record)
        }
        guard record.sourceNetworks.admit(peer.address) || Mutant.skipSourceAddress.isActive else {
            throw ServiceError(
                .permissionDenied, "SOURCE_ADDRESS_NOT_ALLOWED", field: "authorization",
                "The token may not be used from \(peer.address). Use it from one of its networks, "
                    + "or have an owner make one for yours.")
        }
        try await checkOrganization(metadata, of: record, from: peer)
        let (caller, limits, end) = try await caller(metadata, of: record, from: peer)
        uses?.note(record.id, of: record.organizationID, at: clock.now)
        return VerifiedCaller(caller: caller, limits: limits, until: min(until(kept), end))
    }

    /// Who calls by a token: its bearer, or the member whom a frontend names; what limits the tokens
    /// that it makes; and until when that may be taken for granted, beside what holds of the token.
    private func caller(
        _ metadata: CallMetadata, of record: TokenRecord, from peer: RPCPeer
    ) async throws -> (Caller, TokenLimits, until: MonotonicInstant) {
        let person = try onBehalfOf(metadata)
        let limits = TokenLimits(
            sourceNetworks: record.sourceNetworks, expireTime: record.expiresAt,
            callsPerSecondMax: record.callsPerSecondMax,
            eventsPerDayMax: record.eventsPerDayMax)
        guard record.roles.contains(.frontend), let person,
            let organization = record.organizationID
        else {
            let caller = Caller(
                tokenID: record.id, roles: record.roles, units: record.units,
                organizationID: record.organizationID, onBehalfOf: person,
                standing: record.standing, callsPerSecondMax: record.callsPerSecondMax,
                eventsPerDayMax: record.eventsPerDayMax)
            return (caller, limits, MonotonicInstant(nanoseconds: .max))
        }
        // As a slug, before the token's rate is charged.
        let found = try await guesses.guarding(
            "\(record.id) \(person)", field: "tally-on-behalf-of", from: peer.address
        ) {
            try await directory.member(person, of: organization).map { .right($0) } ?? .unknown
        }
        guard let found else {
            throw ServiceError(
                .permissionDenied, "MEMBER_NOT_FOUND", field: "tally-on-behalf-of",
                "The organization has no member with this e-mail address. Name one that it has, or "
                    + "have an owner add this one.")
        }
        let member = found.value
        let caller = Caller(
            tokenID: record.id, roles: member.roles, units: member.units,
            organizationID: organization, onBehalfOf: member.email, standing: record.standing,
            callsPerSecondMax: record.callsPerSecondMax, eventsPerDayMax: record.eventsPerDayMax)
        return (caller, limits.ofFrontend(handingOn: record.handedOn), found.until)
    }

    /// A token that ends soon is not taken for granted beyond its end.
    private func until(_ kept: RecentLookups<String, TokenRecord>.Kept) -> MonotonicInstant {
        guard let expiry = kept.value.expiresAt else { return kept.until }
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

    private static func ended(
        _ reason: ServiceError.Reason, _ what: String, _ record: TokenRecord
    ) -> ServiceError {
        // Operators' tokens are nobody's of an organization.
        let remedy =
            record.organizationID == nil
            ? "Make another one with tally-server operator-token issue."
            : "Ask an owner of the organization for a new one."
        return ServiceError(
            .unauthenticated, reason, field: "authorization", "\(what) \(remedy)")
    }

    /// One answer for every token that is wrong, whatever is wrong with it.
    private static let invalidToken = ServiceError(
        .unauthenticated, "TOKEN_INVALID", field: "authorization",
        "The token is not valid. Check TALLY_TOKEN, or ask an owner for a new one.")
}
