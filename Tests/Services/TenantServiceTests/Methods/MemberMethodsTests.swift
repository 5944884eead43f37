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
            #expect(above == "ROLE_ABOVE_CALLER roles")
        }
    }

    @Test func pagesShowMembersAsTheyWereAdded() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("m", by: operatorToken).ownerToken
            for email in ["Zoe@example.com", "adam@example.com", "Bea@example.com"] {
                platform.advance(seconds: 1)
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
                    "owner@m.example", "Zoe@example.com", "adam@example.com", "Bea@example.com",
                ])
        }
    }

    @Test func aMemberIsFoundByAddress() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("m", by: operatorToken).ownerToken
            let other = try await platform.organization("n", by: operatorToken).ownerToken
            for email in ["ann@example.com", "Bea@example.com"] {
                _ = try await Self.member(email, .analyst, platform, owner)
            }
            func found(_ email: String, _ token: String) async throws -> [String] {
                try await platform.call(
                    TenantServiceMethods.ListMembers.self, ListMembersRequest(email: email),
                    as: token
                ).members.map(\.email)
            }
            #expect(try await found("BEA@EXAMPLE.com", owner) == ["Bea@example.com"])
            #expect(try await found("nobody@example.com", owner) == [])
            #expect(try await found("bea@example.com", other) == [])
            #expect(try await found("", owner).count == 3)
            let wrong = await reason { try await found("bea", owner) }
            #expect(wrong == "EMAIL_MALFORMED email")
        }
    }

    @Test func membersAreChangedAsTheyWereRead() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            try await platform.unit("sales", as: owner)
            let made = try await Self.member("ann@example.com", .analyst, platform, owner)
            let update = { (request: UpdateMemberRequest) in
                try await platform.call(
                    TenantServiceMethods.UpdateMember.self, request, as: owner)
            }
            let changed = try await update(
                UpdateMemberRequest(
                    id: made.id, roles: [.unitOwner, .finance], unitCodes: ["sales"],
                    updateMask: ["roles", "unit_codes"], etag: made.etag))
            #expect(changed.roles == [.finance, .unitOwner])
            #expect(changed.unitCodes == ["sales"])
            #expect(changed.etag != made.etag)
            let stale = await reason {
                try await update(
                    UpdateMemberRequest(
                        id: made.id, roles: [.analyst], updateMask: ["roles"], etag: made.etag))
            }
            #expect(stale == "ETAG_MISMATCH etag")
            // What the mask does not name stays, and must fit what it does.
            let part = try await update(
                UpdateMemberRequest(id: made.id, roles: [.unitOwner], updateMask: ["roles"]))
            #expect(part.roles == [.unitOwner] && part.unitCodes == ["sales"])
            for (request, expected) in [
                (
                    UpdateMemberRequest(id: made.id, updateMask: ["unit_codes"]),
                    "UNIT_REQUIRED unit_codes"
                ),
                (
                    UpdateMemberRequest(id: made.id, updateMask: ["email"]),
                    "UPDATE_MASK_FIELD_UNKNOWN update_mask[0]"
                ),
                (
                    UpdateMemberRequest(
                        id: made.id, unitCodes: ["nowhere"], updateMask: ["unit_codes"]),
                    "BUSINESS_UNIT_NOT_FOUND unit_codes"
                ),
                (
                    UpdateMemberRequest(id: made.id, updateMask: ["roles"]), "ROLE_REQUIRED roles"
                ),
                (
                    UpdateMemberRequest(id: made.id, roles: [.analyst]),
                    "UPDATE_MASK_EMPTY update_mask"
                ),
                (UpdateMemberRequest(id: "x", updateMask: ["roles"]), "ID_MALFORMED id"),
            ] {
                #expect(await reason { try await update(request) } == expected)
            }
            let read = try await platform.call(
                TenantServiceMethods.GetMember.self, GetMemberRequest(id: made.id), as: owner)
            #expect(read == part)
        }
    }

    @Test func anotherOrganizationsMembersAndUnitsAreNotFound() async throws {
        try await Platform.with { platform, operatorToken in
            let ours = try await platform.organization("ours", by: operatorToken).ownerToken
            let theirs = try await platform.organization("theirs", by: operatorToken)
            try await platform.unit("secret", as: theirs.ownerToken)
            let id = theirs.owner?.id ?? ""
            let got = await reason {
                try await platform.call(
                    TenantServiceMethods.GetMember.self, GetMemberRequest(id: id), as: ours)
            }
            #expect(got == "MEMBER_NOT_FOUND id")
            let updated = await reason {
                try await platform.call(
                    TenantServiceMethods.UpdateMember.self,
                    UpdateMemberRequest(id: id, roles: [.analyst], updateMask: ["roles"]), as: ours)
            }
            #expect(updated == "MEMBER_NOT_FOUND id")
            let removed = await reason {
                try await platform.call(
                    TenantServiceMethods.RemoveMember.self, RemoveMemberRequest(id: id), as: ours)
            }
            #expect(removed == "MEMBER_NOT_FOUND id")
            let limited = await reason {
                try await platform.token(.unitOwner, units: ["secret"], by: ours)
            }
            #expect(limited == "BUSINESS_UNIT_NOT_FOUND unit_codes")
        }
    }

    @Test func theLastOwnerStays() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("a", by: operatorToken)
            let owner = made.ownerToken
            let first = made.owner?.id ?? ""
            let demote = { (id: String) in
                try await platform.call(
                    TenantServiceMethods.UpdateMember.self,
                    UpdateMemberRequest(id: id, roles: [.admin], updateMask: ["roles"]), as: owner)
            }
            let remove = { (id: String) in
                try await platform.call(
                    TenantServiceMethods.RemoveMember.self, RemoveMemberRequest(id: id), as: owner)
            }
            #expect(await reason { try await demote(first) } == "LAST_OWNER id")
            #expect(await reason { try await remove(first) } == "LAST_OWNER id")
            // More roles beside it are no demotion.
            let more = try await platform.call(
                TenantServiceMethods.UpdateMember.self,
                UpdateMemberRequest(id: first, roles: [.owner, .auditor], updateMask: ["roles"]),
                as: owner)
            #expect(more.roles == [.owner, .auditor])
            let second = try await Self.member("b@example.com", .owner, platform, owner)
            _ = try await demote(first)
            #expect(await reason { try await remove(second.id) } == "LAST_OWNER id")
            _ = try await remove(first)
            let left = try await platform.call(
                TenantServiceMethods.ListMembers.self, .init(), as: owner
            ).members
            #expect(left.map(\.id) == [second.id])
        }
    }

    /// However many owners go at the same time, one stays.
    @Test func ofOwnersWhoGoTogetherOneStays() async throws {
        try await Platform.with { platform, operatorToken in
            for round in 0..<4 {
                let made = try await platform.organization("a\(round)", by: operatorToken)
                let owner = made.ownerToken
                var ids = [made.owner?.id ?? ""]
                for number in 0..<4 {
                    ids.append(
                        try await Self.member("\(number)@example.com", .owner, platform, owner).id)
                }
                let refusals = await withTaskGroup(of: String.self) { tasks in
                    for (number, id) in ids.shuffled().enumerated() {
                        tasks.addTask {
                            await reason {
                                if number.isMultiple(of: 2) {
                                    _ = try await platform.call(
                                        TenantServiceMethods.RemoveMember.self,
                                        RemoveMemberRequest(id: id), as: owner)
                                } else {
                                    _ = try await platform.call(
                                        TenantServiceMethods.UpdateMember.self,
                                        UpdateMemberRequest(
                                            id: id, roles: [.analyst], updateMask: ["roles"]),
                                        as: owner)
                                }
                            }
                        }
                    }
                    return await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(refusals.filter { $0 == "LAST_OWNER id" }.count == 1, "\(refusals)")
                #expect(refusals.filter(\.isEmpty).count == 4, "\(refusals)")
            }
        }
    }

    @Test func whoIsAboveIsChangedByThoseAboveOnly() async throws {
        try await Platform.with { platform, operatorToken in
            let made = try await platform.organization("a", by: operatorToken)
            let admin = try await platform.token(.admin, by: made.ownerToken).secret
            let second = try await Self.member("b@example.com", .owner, platform, made.ownerToken)
            let analyst = try await Self.member("c@example.com", .analyst, platform, admin)
            for (id, roles) in [(second.id, [Role.analyst]), (analyst.id, [.owner])] {
                let refused = await reason {
                    try await platform.call(
                        TenantServiceMethods.UpdateMember.self,
                        UpdateMemberRequest(id: id, roles: roles, updateMask: ["roles"]), as: admin)
                }
                #expect(refused == "ROLE_ABOVE_CALLER roles")
            }
            let removed = await reason {
                try await platform.call(
                    TenantServiceMethods.RemoveMember.self, RemoveMemberRequest(id: second.id),
                    as: admin)
            }
            #expect(removed == "ROLE_ABOVE_CALLER roles")
        }
    }

    private static func member(
        _ email: String, _ role: Role, _ platform: Platform, _ token: String
    ) async throws -> Member {
        try await platform.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: email, roles: [role]),
            as: token)
    }
}
