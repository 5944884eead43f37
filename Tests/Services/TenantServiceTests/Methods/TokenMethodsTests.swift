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
            #expect(above == "ROLE_ABOVE_CALLER roles")
            let foreign = await reason { try await Self.revoke(ownerID, platform, other) }
            #expect(foreign == "TOKEN_NOT_FOUND id")
            let unknown = await reason {
                try await Self.revoke("aaaaaaaaaaaaaaaa", platform, owner)
            }
            #expect(unknown == "TOKEN_NOT_FOUND id")
            let made = await reason { try await platform.token(.owner, by: admin.secret) }
            #expect(made == "ROLE_ABOVE_CALLER roles")
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

    @Test func tokensKeepWhatTheyWereGiven() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            try await platform.unit("sales", as: owner)
            let made = try await platform.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(
                    displayName: "T", roles: [.unitOwner, .analyst, .unitOwner],
                    unitCodes: ["sales", "sales"], sourceAddresses: ["2001:DB8::/32"]), as: owner
            ).token
            #expect(made?.roles == [.analyst, .unitOwner])
            #expect(made?.unitCodes == ["sales"])
            #expect(made?.sourceAddresses == ["2001:db8::/32"])
            let read = try await platform.call(
                TenantServiceMethods.GetToken.self, GetTokenRequest(id: made?.id ?? ""), as: owner)
            #expect(read == made)
            let other = try await platform.organization("b", by: operatorToken).ownerToken
            let foreign = await reason {
                try await platform.call(
                    TenantServiceMethods.GetToken.self, GetTokenRequest(id: read.id), as: other)
            }
            #expect(foreign == "TOKEN_NOT_FOUND id")
        }
    }

    @Test func rotatedTokensWorkBesideTheirSuccessorForAWhile() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            try await platform.unit("sales", as: owner)
            let old = try await platform.token(
                .unitOwner, units: ["sales"], expireTime: platform.now.advanced(bySeconds: 9000),
                callsPerSecond: 7, by: owner)
            platform.advance(seconds: 1000)
            let rotated = try await Self.rotate(
                RotateTokenRequest(id: old.token?.id ?? "", overlap: .overlapSeconds(60)),
                platform, owner)
            #expect(rotated.token?.roles == old.token?.roles)
            #expect(rotated.token?.unitCodes == ["sales"])
            #expect(rotated.token?.displayName == old.token?.displayName)
            #expect(old.token?.callsPerSecondMax == 7)
            #expect(rotated.token?.callsPerSecondMax == 7)
            // As long a life as the old one was to have.
            #expect(
                rotated.token?.expireTime == Timestamp(platform.now.advanced(bySeconds: 9000)))
            #expect(
                rotated.previous?.expireTime == Timestamp(platform.now.advanced(bySeconds: 60)))
            #expect(rotated.token?.id != old.token?.id)
            let call = { (secret: String) in
                platform.restart()
                return await reason {
                    try await platform.call(
                        TenantServiceMethods.GetOrganization.self, .init(), as: secret)
                }
            }
            #expect(await call(old.secret) == "")
            #expect(await call(rotated.secret) == "")
            platform.advance(seconds: 59)
            #expect(await call(old.secret) == "")
            platform.advance(seconds: 1)
            #expect(await call(old.secret) == "TOKEN_EXPIRED authorization")
            #expect(await call(rotated.secret) == "")
            let again = await reason {
                try await Self.rotate(
                    RotateTokenRequest(id: old.token?.id ?? ""), platform, owner)
            }
            #expect(again == "TOKEN_HAS_ENDED id")
        }
    }

    /// Whoever stole a token cannot make itself a second successor, by the token or by an owner's.
    @Test func tokensHaveOneSuccessor() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let old = try await platform.token(.admin, by: owner)
            let request = RotateTokenRequest(id: old.token?.id ?? "")
            let next = try await Self.rotate(request, platform, old.secret)
            #expect(next.previous?.successorID == next.token?.id)
            for token in [old.secret, next.secret, owner] {
                let again = await reason { try await Self.rotate(request, platform, token) }
                #expect(again == "TOKEN_ALREADY_ROTATED id")
            }
            let read = try await platform.call(
                TenantServiceMethods.GetToken.self, GetTokenRequest(id: request.id), as: owner)
            #expect(read == next.previous)
            let third = try await Self.rotate(
                RotateTokenRequest(id: next.token?.id ?? ""), platform, owner)
            #expect(third.previous?.id == next.token?.id)
        }
    }

    /// What a token makes works nowhere, and at no time, that the token does not.
    @Test func limitsArePassedOn() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let end = Timestamp(platform.now.advanced(bySeconds: 1000))
            let later = Timestamp(platform.now.advanced(bySeconds: 1001))
            let make = { (token: String, networks: [String], end: Timestamp?) in
                try await platform.call(
                    TenantServiceMethods.CreateToken.self,
                    CreateTokenRequest(
                        displayName: "T", roles: [.admin], expireTime: end,
                        sourceAddresses: networks), as: token)
            }
            let wide = try await make(owner, ["10.0.0.0/8", "2001:db8::/32", "127.0.0.0/8"], end)
            for (networks, expiry, expected) in [
                (["10.1.0.0/16", "2001:db8:1::/48"], end, ""),
                (["10.0.0.0/8"], Timestamp(platform.now.advanced(bySeconds: 1)), ""),
                ([], end, "SOURCE_ADDRESSES_BEYOND_CALLER source_addresses"),
                (["10.0.0.0/7"], end, "SOURCE_ADDRESSES_BEYOND_CALLER source_addresses"),
                (
                    ["10.1.0.0/16", "192.0.2.1"], end,
                    "SOURCE_ADDRESSES_BEYOND_CALLER source_addresses"
                ),
                (["10.1.0.0/16"], later, "EXPIRE_TIME_BEYOND_CALLER expire_time"),
                (["10.1.0.0/16"], nil, "EXPIRE_TIME_BEYOND_CALLER expire_time"),
            ] as [([String], Timestamp?, String)] {
                let refused = await reason { try await make(wide.secret, networks, expiry) }
                #expect(refused == expected, "\(networks)")
            }
            // It makes no wider token its own way either, nor renews itself.
            let free = try await platform.token(.analyst, by: owner).token?.id ?? ""
            let other = await reason {
                try await Self.rotate(RotateTokenRequest(id: free), platform, wide.secret)
            }
            #expect(other == "SOURCE_ADDRESSES_BEYOND_CALLER source_addresses")
            platform.advance(seconds: 400)
            let own = wide.token?.id ?? ""
            let beyond = await reason {
                try await Self.rotate(
                    RotateTokenRequest(id: own, expireTime: later), platform, wide.secret)
            }
            #expect(beyond == "EXPIRE_TIME_BEYOND_CALLER expire_time")
            let renewed = try await Self.rotate(
                RotateTokenRequest(id: own), platform, wide.secret)
            #expect(renewed.token?.expireTime == end)
            #expect(renewed.token?.sourceAddresses == wide.token?.sourceAddresses)
        }
    }

    /// Nor by a frontend's token, which acts for an owner without limits; one that was made by such an owner
    /// keeps its own limits to itself.
    @Test func limitsArePassedOnByFrontends() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let end = platform.now.advanced(bySeconds: 1000)
            let all = FrontendLimits(networks: ["127.0.0.0/8"], end: end, rate: 50)
            let limited = try await platform.token(
                .owner, from: all.networks, expireTime: end, callsPerSecond: 50, by: owner
            ).secret
            let ofLimited = try await Self.frontend(all, platform, limited)
            let ofOwner = try await Self.frontend(all, platform, owner)
            for (limits, expected) in [
                (all, ""),
                (
                    FrontendLimits(networks: [], end: end, rate: 50),
                    "SOURCE_ADDRESSES_BEYOND_CALLER source_addresses"
                ),
                (
                    FrontendLimits(networks: all.networks, end: nil, rate: 50),
                    "EXPIRE_TIME_BEYOND_CALLER expire_time"
                ),
                (
                    FrontendLimits(networks: all.networks, end: end, rate: 0),
                    "CALLS_PER_SECOND_BEYOND_CALLER calls_per_second_max"
                ),
            ] {
                let refused = await Self.refusal(limits, platform, ofLimited.secret)
                #expect(refused == expected)
                let free = await Self.refusal(limits, platform, ofOwner.secret)
                #expect(free == "")
            }
            // Nor does it help to make another frontend, or to be renewed, or to renew one.
            let second = try await Self.frontend(
                all, platform, ofLimited.secret, for: "owner@a.example")
            let renewed = try await Self.rotate(
                RotateTokenRequest(id: ofLimited.token?.id ?? ""), platform, owner)
            let taken = try await Self.rotate(
                RotateTokenRequest(id: ofOwner.token?.id ?? ""), platform, limited)
            let limits: [TokenLimit] = [.sourceAddresses, .expireTime, .callsPerSecond]
            for (secret, token) in [
                (second.secret, second.token), (renewed.secret, renewed.token),
                (taken.secret, taken.token),
            ] {
                let refused = await Self.refusal(
                    FrontendLimits(networks: [], end: end, rate: 50), platform, secret)
                #expect(refused == "SOURCE_ADDRESSES_BEYOND_CALLER source_addresses")
                #expect(token?.handedOn == limits)
            }
            #expect(ofLimited.token?.handedOn == limits)
            #expect(ofOwner.token?.handedOn == [])
            // Of a maker that is limited in one thing, that alone is handed on.
            let brief = try await platform.token(.owner, expireTime: end, by: owner)
            let ofBrief = try await Self.frontend(all, platform, brief.secret)
            let elsewhere = await Self.refusal(
                FrontendLimits(networks: [], end: end, rate: 0), platform, ofBrief.secret)
            #expect(elsewhere == "")
            let longer = await Self.refusal(
                FrontendLimits(networks: [], end: nil, rate: 0), platform, ofBrief.secret)
            #expect(longer == "EXPIRE_TIME_BEYOND_CALLER expire_time")
            #expect(ofBrief.token?.handedOn == [.expireTime])
            // No frontend's: all of its limits hold of what it makes.
            #expect(brief.token?.handedOn == [])
        }
    }

    /// What a frontend hands on is read as it was answered, its quota with it.
    @Test func whatFrontendsHandOnIsShown() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let maker = try await platform.token(.owner, from: ["127.0.0.0/8"], by: owner).secret
            let made = try await platform.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(
                    displayName: "Portal", roles: [.frontend], sourceAddresses: ["127.0.0.1"],
                    callsPerSecondMax: 5, eventsPerDayMax: 100), as: maker
            ).token
            #expect(made?.handedOn == [.sourceAddresses, .eventsPerDay])
            let read = try await platform.call(
                TenantServiceMethods.GetToken.self, GetTokenRequest(id: made?.id ?? ""), as: owner)
            #expect(read == made)
            let list = try await platform.call(
                TenantServiceMethods.ListTokens.self, .init(), as: owner)
            #expect(list.tokens.first { $0.id == made?.id } == made)
            #expect(list.tokens.count { !$0.handedOn.isEmpty } == 1)
        }
    }

    private struct FrontendLimits {
        let networks: [String]
        let end: Instant?
        let rate: Int32
    }

    private static func frontend(
        _ limits: FrontendLimits, _ platform: Platform, _ token: String, for person: String? = nil
    ) async throws -> CreateTokenResponse {
        try await platform.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(
                displayName: "Portal", roles: [.frontend],
                expireTime: limits.end.map { Timestamp($0) }, sourceAddresses: limits.networks,
                callsPerSecondMax: limits.rate), as: token, for: person)
    }

    /// Why a frontend makes no such token for the owner; empty where it does.
    private static func refusal(
        _ limits: FrontendLimits, _ platform: Platform, _ token: String
    ) async -> String {
        await reason { try await frontend(limits, platform, token, for: "owner@a.example") }
    }

    @Test func rotationWithoutOverlapEndsTheTokenAtOnce() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let id = try #require(TokenText(owner)).id
            // A token may rotate itself: its successor is in the answer.
            let rotated = try await Self.rotate(
                RotateTokenRequest(id: id, overlap: .overlapSeconds(0)), platform, owner)
            #expect(rotated.previous?.revokeTime == Timestamp(platform.now))
            #expect(rotated.token?.expireTime == nil)
            platform.restart()
            let refused = await reason {
                try await platform.call(
                    TenantServiceMethods.GetOrganization.self, .init(), as: owner)
            }
            #expect(refused == "TOKEN_REVOKED authorization")
            _ = try await platform.call(
                TenantServiceMethods.GetOrganization.self, .init(), as: rotated.secret)
        }
    }

    @Test func rotationIsBoundedAndForThoseAbove() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let other = try await platform.organization("b", by: operatorToken).ownerToken
            let admin = try await platform.token(.admin, by: owner)
            let id = admin.token?.id ?? ""
            let frontend = try await platform.token(.frontend, by: owner).token?.id ?? ""
            for (request, token, expected) in [
                (
                    RotateTokenRequest(id: id, overlap: .overlapSeconds(-1)), owner,
                    "OVERLAP_OUT_OF_RANGE overlap_seconds"
                ),
                (
                    RotateTokenRequest(id: id, overlap: .overlapSeconds(2_592_001)), owner,
                    "OVERLAP_OUT_OF_RANGE overlap_seconds"
                ),
                (
                    RotateTokenRequest(id: id, expireTime: Timestamp(platform.now)), owner,
                    "EXPIRE_TIME_NOT_IN_FUTURE expire_time"
                ),
                (RotateTokenRequest(id: "x"), owner, "TOKEN_ID_MALFORMED id"),
                (RotateTokenRequest(id: id), other, "TOKEN_NOT_FOUND id"),
                (RotateTokenRequest(id: frontend), admin.secret, "ROLE_ABOVE_CALLER roles"),
                (RotateTokenRequest(id: id, overlap: .overlapSeconds(2_592_000)), owner, ""),
            ] {
                let refused = await reason { try await Self.rotate(request, platform, token) }
                #expect(refused == expected)
            }
        }
    }

    /// What a token that is limited to some units is shown of them.
    @Test func unitOwnersSeeTheirUnitsAndThoseBelow() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            for (code, parent) in [
                ("acme", ""), ("sales", "acme"), ("east", "sales"), ("north", "east"),
                ("engineering", "acme"),
            ] {
                try await platform.unit(code, below: parent, as: owner)
            }
            let limited = try await platform.token(
                .unitOwner, units: ["east", "sales"], by: owner
            ).secret
            let units = try await platform.call(
                TenantServiceMethods.ListBusinessUnits.self, .init(), as: limited
            ).businessUnits
            #expect(units.map(\.code) == ["east", "north", "sales"])
            #expect(units.map(\.parentCode) == ["sales", "east", ""])
        }
    }

    private static func rotate(
        _ request: RotateTokenRequest, _ platform: Platform, _ token: String
    ) async throws -> RotateTokenResponse {
        try await platform.call(TenantServiceMethods.RotateToken.self, request, as: token)
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
