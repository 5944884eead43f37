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
        if permissions.isOpen(context.method) { return .proceed }
        guard let kept = keptCaller(of: context) else { return .wait }
        context = try permitted(context, kept)
        return .proceed
    }

    package func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        let verified = try await authenticate(context.metadata, from: context.peer)
        if isOfConnection(context.metadata) {
            context.connection[VerifiedKey.self] = verified
        }
        return try await next(try permitted(context, verified))
    }

    /// The call as one of its caller, who may call the method.
    private func permitted(
        _ context: RPCContext, _ verified: Verified
    ) throws(ServiceError) -> RPCContext {
        let caller = verified.caller
        context.notes.identity = caller
        var context = context
        context.attachments = verified.attachments
        // The router answers a method that it does not have.
        guard context.kind != nil else { return context }
        guard permissions.allows(caller.role, context.method) else {
            throw ServiceError(
                .permissionDenied, "ROLE_NOT_ALLOWED",
                "A token of the role \(caller.role) may not call this method. Use one whose role "
                    + "may; an owner can make it.")
        }
        return context
    }

    /// A caller whose token was verified, and until when that may be taken for granted.
    private final class Verified: Sendable {
        let caller: Caller
        let until: ContinuousClock.Instant
        /// What handlers find of it, put together once.
        let attachments: RPCAttachments

        init(caller: Caller, until: ContinuousClock.Instant) {
            self.caller = caller
            self.until = until
            var attachments = RPCAttachments()
            attachments[CallerKey.self] = caller
            self.attachments = attachments
        }
    }

    private enum VerifiedKey: RPCAttachmentKey {
        typealias Value = Verified
    }

    /// The keys that decide who calls.
    private static let keys = ["authorization", "tally-org", "tally-on-behalf-of"]

    private func isOfConnection(_ metadata: CallMetadata) -> Bool {
        Self.keys.allSatisfy(metadata.isFromConnection)
    }

    /// Hashing a token costs more than the rest of a small call, so where a connection's `Hello`
    /// says who calls, the answer is kept for as long as the directory's.
    private func keptCaller(of context: RPCContext) -> Verified? {
        guard isOfConnection(context.metadata), let kept = context.connection[VerifiedKey.self],
            .now < kept.until
        else { return nil }
        return kept
    }

    private func authenticate(
        _ metadata: CallMetadata, from peer: RPCPeer
    ) async throws -> Verified {
        guard let header = metadata.string("authorization") else {
            throw ServiceError(
                .unauthenticated, "TOKEN_MISSING", field: "authorization",
                "Send a token as `authorization: Bearer tly_…`.")
        }
        let prefix = "Bearer "
        guard header.hasPrefix(prefix),
            let token = TokenText(String(header.dropFirst(prefix.count)))
        else { throw Self.invalidToken }
        let found = try await guesses.guarding(token.id, from: peer.address) {
            let kept = try await directory.record(of: token.id)
            let isValid = try kept.map {
                try keyedHash.matches($0.record.keyedHash, token.hashed)
            }
            return isValid == true ? kept : nil
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
        try await checkOrganization(metadata, of: record)
        return Verified(
            caller: Caller(
                tokenID: record.id, role: record.role, organizationID: record.organizationID,
                onBehalfOf: try onBehalfOf(metadata)),
            until: until(kept))
    }

    /// A token that ends soon is not taken for granted beyond its end.
    private func until(_ kept: TokenDirectory.Kept) -> ContinuousClock.Instant {
        guard let expiry = kept.record.expiresAt else { return kept.until }
        let left = expiry.microseconds - clock.now.microseconds
        return min(kept.until, .now + .microseconds(left))
    }

    /// A token acts for its own organization; naming another one is refused as if it did not exist.
    private func checkOrganization(
        _ metadata: CallMetadata, of record: TokenRecord
    ) async throws {
        guard let named = metadata["tally-org"].map({ String(decoding: $0, as: UTF8.self) }) else {
            return
        }
        if let own = record.organizationID {
            if named.lowercased() == own.text { return }
            if try await directory.organization(ofSlug: named) == own { return }
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
