import API
import Core
import Testing

@testable import TenantService

@Suite struct MemberMethodsTests {
    @Test func addressesAreOneWithoutRegardToCase() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let other = try await platform.organization("b", by: operatorToken).ownerToken
            let member = try await Self.member("Ann@Example.com", .finance, platform, owner)
            #expect(member.email == "Ann@Example.com")
            let twice = await reason {
                try await Self.member("aNN@example.COM", .analyst, platform, owner)
            }
            #expect(twice == "MEMBER_EMAIL_TAKEN email")
            _ = try await Self.member("ann@example.com", .analyst, platform, other)
            let wrong = await reason { try await Self.member("ann", .analyst, platform, owner) }
            #expect(wrong == "EMAIL_MALFORMED email")
        }
    }

    @Test func onlyOwnersAddOwners() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let admin = try await platform.token(.admin, by: owner).secret
            _ = try await Self.member("o@example.com", .owner, platform, owner)
            _ = try await Self.member("a@example.com", .admin, platform, admin)
            let above = await reason {
                try await Self.member("p@example.com", .owner, platform, admin)
            }
            #expect(above == "ROLE_ABOVE_CALLER role")
        }
    }

    @Test func pagesShowMembersByAddress() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("m", by: operatorToken).ownerToken
            for email in ["Zoe@example.com", "adam@example.com", "Bea@example.com"] {
                _ = try await Self.member(email, .analyst, platform, owner)
            }
            var seen: [String] = []
            var page = ""
            repeat {
                let answer = try await platform.call(
                    TenantServiceMethods.ListMembers.self,
                    ListMembersRequest(pageSize: 1, pageToken: page), as: owner)
                seen += answer.members.map(\.email)
                page = answer.nextPageToken
            } while !page.isEmpty
            #expect(
                seen == [
                    "adam@example.com", "Bea@example.com", "owner@m.example", "Zoe@example.com",
                ])
        }
    }

    private static func member(
        _ email: String, _ role: Role, _ platform: Platform, _ token: String
    ) async throws -> Member {
        try await platform.call(
            TenantServiceMethods.CreateMember.self, CreateMemberRequest(email: email, role: role),
            as: token)
    }
}
