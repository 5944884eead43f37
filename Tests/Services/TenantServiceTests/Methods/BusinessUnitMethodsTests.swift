import API
import Core
import Testing

@testable import TenantService

@Suite struct BusinessUnitMethodsTests {
    @Test func unitsFormATree() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            try await platform.unit("company", as: owner)
            let made = try await platform.unit("team", below: "company", as: owner)
            #expect(made.parentCode == "company")
            let orphan = await reason {
                try await platform.unit("orphan", below: "nowhere", as: owner)
            }
            #expect(orphan == "PARENT_UNIT_NOT_FOUND parent_code")
            let twice = await reason { try await platform.unit("team", as: owner) }
            #expect(twice == "BUSINESS_UNIT_CODE_TAKEN code")
            // The way to a cycle: a unit made anew below its own child.
            let cycle = await reason {
                try await platform.unit("company", below: "team", as: owner)
            }
            #expect(cycle == "BUSINESS_UNIT_CODE_TAKEN code")
            let listed = try await platform.call(
                TenantServiceMethods.ListBusinessUnits.self, .init(), as: owner)
            #expect(listed.businessUnits.map(\.code) == ["company", "team"])
            #expect(listed.businessUnits.last == made)
            #expect(listed.nextPageToken.isEmpty)
        }
    }

    @Test func treesEndAtTheirDeepestLevel() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            var parent = ""
            for level in 1...64 {
                parent = try await platform.unit("u\(level)", below: parent, as: owner).code
            }
            let tooDeep = await reason {
                try await platform.unit("u65", below: parent, as: owner)
            }
            #expect(tooDeep == "UNIT_TREE_TOO_DEEP parent_code")
        }
    }

    @Test func organizationsSeeNothingOfEachOther() async throws {
        try await Platform.with { platform, operatorToken in
            let first = try await platform.organization("a", by: operatorToken).ownerToken
            let second = try await platform.organization("b", by: operatorToken).ownerToken
            // The same codes in both, and a parent that the second has not.
            let ofFirst = try await platform.unit("company", as: first)
            try await platform.unit("research", below: "company", as: first)
            let foreign = await reason {
                try await platform.unit("sales", below: "company", as: second)
            }
            #expect(foreign == "PARENT_UNIT_NOT_FOUND parent_code")
            let ofSecond = try await platform.unit("company", as: second)
            #expect(ofFirst.id != ofSecond.id)
            let seen = try await platform.call(
                TenantServiceMethods.ListBusinessUnits.self, .init(), as: second)
            #expect(seen.businessUnits == [ofSecond])
            let members = try await platform.call(
                TenantServiceMethods.ListMembers.self, .init(), as: second)
            #expect(members.members.map(\.email) == ["owner@b.example"])
            let tokens = try await platform.call(
                TenantServiceMethods.ListTokens.self, .init(), as: second)
            #expect(tokens.tokens.count == 1)
        }
    }

    @Test func pagesShowEachUnitOnce() async throws {
        try await Platform.with { platform, operatorToken in
            let owner = try await platform.organization("a", by: operatorToken).ownerToken
            let codes = ["a", "a-", "a0", "aa", "b", "z-9"]
            for code in codes.reversed() { try await platform.unit(code, as: owner) }
            for size in 1...7 as ClosedRange<Int32> {
                var seen: [String] = []
                var page = ""
                repeat {
                    let answer = try await platform.call(
                        TenantServiceMethods.ListBusinessUnits.self,
                        ListBusinessUnitsRequest(pageSize: size, pageToken: page), as: owner)
                    seen += answer.businessUnits.map(\.code)
                    page = answer.nextPageToken
                } while !page.isEmpty
                #expect(seen == codes, "pages of \(size)")
            }
        }
    }
}
