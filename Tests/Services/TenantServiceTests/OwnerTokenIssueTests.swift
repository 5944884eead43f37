import API
import Core
import Encryption
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import TenantService

@Suite struct OwnerTokenIssueTests {
    private func issue(
        _ slug: String, _ platform: Platform, keep: @Sendable (Secret<String>) throws -> Void
    ) async throws -> OwnerTokenIssue.Issued {
        try await OwnerTokenIssue(
            pool: platform.pool, keyedHash: platform.keyedHash, keys: platform.keys,
            machineUser: "alice@db1"
        ).issue(slug: slug, now: platform.now, keep: keep)
    }

    @Test func anIssuedOwnerTokenOpensItsOrganizationAlone() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("a", by: operatorToken)
            _ = try await platform.organization("b", by: operatorToken)
            let kept = Mutex("")
            let issued = try await issue("a", platform) { token in
                kept.withLock { $0 = token.reveal() }
            }
            #expect(issued.ownerEmail == "owner@a.example")
            let token = kept.withLock { $0 }
            let organization = try await platform.call(
                TenantServiceMethods.GetOrganization.self, .init(), as: token)
            #expect(organization.id == made.organization?.id)
            let tokens = try await platform.call(
                TenantServiceMethods.ListTokens.self, .init(), as: token
            ).tokens
            #expect(tokens.count == 2)
            let own = try #require(tokens.first { $0.id == issued.tokenID })
            #expect(own.roles == [.owner])
            #expect(own.expireTime == nil)
            let audited = try await platform.call(
                TenantServiceMethods.ListAuditRecords.self, .init(), as: token
            ).records.first
            #expect(audited?.method == "tally-server/issue-owner-token")
            #expect(audited?.objectID == issued.tokenID)
            #expect(audited?.peerAddress == "local")
            // Who did it is the operators' business.
            #expect(audited?.peerSubject == "")
            let reported = try await platform.call(
                TenantServiceMethods.ListAuditRecords.self, .init(), as: operatorToken
            ).records.prefix(2)
            #expect(reported.map(\.objectType) == ["token", "organization"])
            #expect(reported.map(\.objectID) == [issued.tokenID, organization.id])
            #expect(
                reported.allSatisfy {
                    $0.method == "tally-server/issue-owner-token" && $0.peerSubject == "alice@db1"
                        && $0.afterJson.isEmpty
                })
            for text in [token, operatorToken] {
                let head = try await platform.call(
                    TenantServiceMethods.GetAuditHead.self, .init(), as: text)
                #expect(head.sealed)
            }
        }
    }

    /// Nobody would accept it, and both audit logs could not be sealed again.
    @Test func anotherKeyMakesNoOwnerToken() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let others = OwnerTokenIssue(
                pool: platform.pool, keyedHash: KeyedHash(key: try SecretKey.random()),
                keys: platform.keys)
            let found = await reason {
                try await others.issue(slug: "a", now: platform.now) { _ in
                    Issue.record("a token was made")
                }
            }
            #expect(found == "TOKEN_HASH_KEY_MISMATCH TALLY_TOKEN_HASH_KEY_FILE")
            let tokens = try await platform.call(
                TenantServiceMethods.ListTokens.self, .init(), as: owner
            ).tokens
            #expect(tokens.count == 1)
            for text in [owner, operatorToken] {
                let head = try await platform.call(
                    TenantServiceMethods.GetAuditHead.self, .init(), as: text)
                #expect(head.sealed)
            }
        }
    }

    @Test func anOwnerTokenThatNobodyHasDoesNotExist() async throws {
        struct DiskFull: Error {}
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            await #expect(throws: DiskFull.self) {
                _ = try await issue("a", platform) { _ in throw DiskFull() }
            }
            let tokens = try await platform.call(
                TenantServiceMethods.ListTokens.self, .init(), as: owner
            ).tokens
            #expect(tokens.count == 1)
            for (slug, reason) in [
                ("nobody", "ORGANIZATION_NOT_FOUND"), ("A b", "ORGANIZATION_SLUG_MALFORMED"),
            ] {
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await issue(slug, platform) { _ in Issue.record("a token was made") }
                }
                #expect(error?.reason.rawValue == reason)
            }
        }
    }
}
