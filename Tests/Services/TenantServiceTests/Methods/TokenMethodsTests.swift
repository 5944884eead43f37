import API
import Core
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import TenantService

@Suite struct TokenMethodsTests {
    @Test func tokensWorkAndStandNowhereInClear() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let made = try await platform.token(.analyst, by: owner).secret
            let seen = try await platform.call(
                TenantServiceMethods.GetOrganization.self, .init(), as: made)
            #expect(seen.slug == "a")
            let session = try await platform.database.session()
            let tables = try await session.texts(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            #expect(tables.count > 10)
            var stored = ""
            for table in tables.compactMap({ $0.first.flatMap(\.self) }) {
                let rows = try await session.texts("SELECT t::text FROM \(table) AS t")
                stored += rows.compactMap { $0.first.flatMap(\.self) }.joined(separator: "\n")
            }
            await session.close()
            for token in [operatorToken, owner, made] {
                let text = try #require(TokenText(token))
                let secret = text.secret.reveal()
                #expect(stored.contains(text.id))
                #expect(!stored.contains(secret))
                #expect(!stored.contains(Self.hexadecimal(secret)))
            }
        }
    }

    @Test func revokedTokensEndAndStayEnded() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let made = try await platform.token(.finance, by: owner)
            let id = made.token?.id ?? ""
            let revoked = try await Self.revoke(id, platform, owner)
            #expect(revoked.revokeTime == Timestamp(platform.now))
            platform.restart()
            let refused = await reason {
                try await platform.call(
                    TenantServiceMethods.GetOrganization.self, .init(), as: made.secret)
            }
            #expect(refused == "TOKEN_REVOKED authorization")
            platform.advance(seconds: 60)
            #expect(try await Self.revoke(id, platform, owner) == revoked)
        }
    }

    @Test func expiredTokensEnd() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let expiry = platform.now.advanced(bySeconds: 60)
            let made = try await platform.token(.analyst, expireTime: expiry, by: owner)
            #expect(made.token?.expireTime == Timestamp(expiry))
            let call = {
                try await platform.call(
                    TenantServiceMethods.GetOrganization.self, .init(), as: made.secret)
            }
            platform.advance(seconds: 59)
            #expect(await reason(call) == "")
            platform.advance(seconds: 1)
            #expect(await reason(call) == "TOKEN_EXPIRED authorization")
            let ended = try await Self.revoke(made.token?.id ?? "", platform, owner)
            #expect(ended.revokeTime == nil)
        }
    }

    @Test func tokensAreRevokedByThoseAboveThemOnly() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let other = try await platform.organization("b", by: operatorToken).ownerToken
            let ownerID = try #require(TokenText(owner)).id
            let admin = try await platform.token(.admin, by: owner)
            let inUse = await reason { try await Self.revoke(ownerID, platform, owner) }
            #expect(inUse == "TOKEN_IN_USE id")
            let above = await reason { try await Self.revoke(ownerID, platform, admin.secret) }
            #expect(above == "ROLE_ABOVE_CALLER role")
            let foreign = await reason { try await Self.revoke(ownerID, platform, other) }
            #expect(foreign == "TOKEN_NOT_FOUND id")
            let unknown = await reason {
                try await Self.revoke("aaaaaaaaaaaaaaaa", platform, owner)
            }
            #expect(unknown == "TOKEN_NOT_FOUND id")
            let made = await reason { try await platform.token(.owner, by: admin.secret) }
            #expect(made == "ROLE_ABOVE_CALLER role")
            platform.restart()
            let alive = await reason {
                try await platform.call(
                    TenantServiceMethods.GetOrganization.self, .init(), as: owner)
            }
            #expect(alive == "")
        }
    }

    @Test func pagesShowTokensNewestFirst() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            // Two of each instant: then the id decides.
            for second in 0..<6 {
                platform.advance(seconds: Int64(second % 2))
                _ = try await platform.token(.ingest, by: owner)
            }
            let all = try await platform.call(
                TenantServiceMethods.ListTokens.self, .init(), as: owner
            ).tokens
            #expect(all.count == 7)
            let order = all.map { (-($0.createTime?.seconds ?? 0), $0.id) }
            #expect(order.elementsEqual(order.sorted { $0 < $1 }, by: ==))
            for size in [1, 2, 3, 7] as [Int32] {
                var seen: [Token] = []
                var page = ""
                repeat {
                    let answer = try await platform.call(
                        TenantServiceMethods.ListTokens.self,
                        ListTokensRequest(pageSize: size, pageToken: page), as: owner)
                    seen += answer.tokens
                    page = answer.nextPageToken
                } while !page.isEmpty
                #expect(seen == all, "pages of \(size)")
            }
        }
    }

    /// Page tokens can be made up; the server refuses what no page of its own could name.
    @Test func forgedPlacesAreRefused() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            for key in ["\(Int64.min) a", "\(Int64.max) a", "0 a\u{0}"] {
                let page = PageToken(.tokens, after: key).text
                let refused = await reason {
                    try await platform.call(
                        TenantServiceMethods.ListTokens.self, ListTokensRequest(pageToken: page),
                        as: owner)
                }
                #expect(refused == "PAGE_TOKEN_INVALID page_token", "\(key)")
            }
        }
    }

    private static func revoke(
        _ id: String, _ platform: Platform, _ token: String
    ) async throws -> Token {
        try await platform.call(
            TenantServiceMethods.RevokeToken.self, RevokeTokenRequest(id: id), as: token)
    }

    private static func hexadecimal(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
