import API
import Testing

@testable import TenantService

@Suite struct NewBusinessUnitTests {
    @Test(arguments: [
        (CreateBusinessUnitRequest(code: "a", displayName: "A"), ""),
        (CreateBusinessUnitRequest(code: "-", displayName: "A", parentCode: "-a"), ""),
        (CreateBusinessUnitRequest(displayName: "A"), "BUSINESS_UNIT_CODE_MALFORMED code"),
        (
            CreateBusinessUnitRequest(code: "A", displayName: "A"),
            "BUSINESS_UNIT_CODE_MALFORMED code"
        ),
        (
            CreateBusinessUnitRequest(code: String(repeating: "a", count: 64), displayName: "A"),
            "BUSINESS_UNIT_CODE_MALFORMED code"
        ),
        (CreateBusinessUnitRequest(code: "a"), "DISPLAY_NAME_REQUIRED display_name"),
        (
            CreateBusinessUnitRequest(code: "a", displayName: "A", parentCode: "B"),
            "BUSINESS_UNIT_CODE_MALFORMED parent_code"
        ),
        (
            CreateBusinessUnitRequest(code: "a", displayName: "A", parentCode: "a"),
            "UNIT_IS_ITS_OWN_PARENT parent_code"
        ),
        (
            CreateBusinessUnitRequest(code: "a", displayName: "A", ownerEmail: "someone"),
            "EMAIL_MALFORMED owner_email"
        ),
    ])
    func unitsAreChecked(_ request: CreateBusinessUnitRequest, _ expected: String) {
        #expect(reason { _ = try NewBusinessUnit(wire: request) } == expected)
    }

    @Test func depthFollowsTheParent() throws {
        let top = try NewBusinessUnit(wire: .init(code: "a", displayName: "A"))
        let below = try NewBusinessUnit(wire: .init(code: "b", displayName: "B", parentCode: "a"))
        #expect(try top.depth(parentDepth: nil) == 0)
        #expect(try below.depth(parentDepth: 0) == 1)
        #expect(try below.depth(parentDepth: 30) == 31)
        let tooDeep = reason { _ = try below.depth(parentDepth: 31) }
        #expect(tooDeep == "UNIT_TREE_TOO_DEEP parent_code")
        let orphan = reason { _ = try below.depth(parentDepth: nil) }
        #expect(orphan == "PARENT_UNIT_NOT_FOUND parent_code")
    }
}
