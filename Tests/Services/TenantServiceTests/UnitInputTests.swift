import API
import Domain
import ServiceRuntime
import Testing

@testable import TenantService

@Suite struct UnitInputTests {
    @Test(arguments: [
        (BusinessUnitRow(code: "a", displayName: "A"), ""),
        (BusinessUnitRow(code: "-", displayName: "A", parentCode: "-a"), ""),
        (BusinessUnitRow(displayName: "A"), "BUSINESS_UNIT_CODE_MALFORMED code"),
        (BusinessUnitRow(code: "A", displayName: "A"), "BUSINESS_UNIT_CODE_MALFORMED code"),
        (
            BusinessUnitRow(code: String(repeating: "a", count: 64), displayName: "A"),
            "BUSINESS_UNIT_CODE_MALFORMED code"
        ),
        (BusinessUnitRow(code: "a"), "DISPLAY_NAME_REQUIRED display_name"),
        (
            BusinessUnitRow(code: "a", displayName: "right\u{202E}left"),
            "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "zero\0"),
            "DISPLAY_NAME_HAS_CONTROL_CHARACTERS display_name"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", parentCode: "B"),
            "BUSINESS_UNIT_CODE_MALFORMED parent_code"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", parentCode: "a"),
            "UNIT_IS_ITS_OWN_PARENT parent_code"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", kind: .init(rawValue: 6)),
            "UNIT_KIND_UNKNOWN kind"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", costCenterCode: "4711\t"),
            "COST_CENTER_CODE_MALFORMED cost_center_code"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", costCenterCode: "KST 47-11/B_2.x:y"), ""
        ),
        (
            BusinessUnitRow(
                code: "a", displayName: "A", costCenterCode: String(repeating: "1", count: 65)),
            "COST_CENTER_CODE_MALFORMED cost_center_code"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", costCenterCode: " 1"),
            "COST_CENTER_CODE_MALFORMED cost_center_code"
        ),
        (
            BusinessUnitRow(code: "a", displayName: "A", ownerEmail: "someone"),
            "EMAIL_MALFORMED owner_email"
        ),
    ])
    func detailsAreChecked(_ row: BusinessUnitRow, _ expected: String) {
        #expect(reason { _ = try UnitInput(row, mask: Set(UnitField.allCases)) } == expected)
    }

    @Test func aMegabyteIsTooLongForAnything() {
        let megabyte = String(repeating: "é", count: 500_000)
        let mask = Set(UnitField.allCases)
        let outcomes = [
            BusinessUnitRow(code: megabyte, displayName: "A"),
            BusinessUnitRow(code: "a", displayName: megabyte),
            BusinessUnitRow(code: "a", displayName: "A", parentCode: megabyte),
            BusinessUnitRow(code: "a", displayName: "A", costCenterCode: megabyte),
            BusinessUnitRow(code: "a", displayName: "A", ownerEmail: "\(megabyte)@example.com"),
        ].map { row in reason { _ = try UnitInput(row, mask: mask) } }
        #expect(
            outcomes == [
                "BUSINESS_UNIT_CODE_MALFORMED code", "DISPLAY_NAME_TOO_LONG display_name",
                "BUSINESS_UNIT_CODE_MALFORMED parent_code",
                "COST_CENTER_CODE_MALFORMED cost_center_code", "EMAIL_TOO_LONG owner_email",
            ])
    }

    @Test func whatTheMaskLeavesOutIsNotLookedAt() throws {
        let row = BusinessUnitRow(
            code: "a", displayName: "\u{7}", parentCode: "B", kind: .team, ownerEmail: "?")
        let input = try UnitInput(row, mask: [.kind])
        #expect(input.change == UnitChange(kind: .team))
        #expect(
            reason { _ = try UpdateMask.fields([]) as Set<UnitField> }
                == "UPDATE_MASK_EMPTY update_mask")
        let unknown = reason { _ = try UpdateMask.fields(["kind", "id"]) as Set<UnitField> }
        #expect(unknown == "UPDATE_MASK_FIELD_UNKNOWN update_mask[1]")
    }

    @Test func kindsAreThoseOfTheContract() {
        #expect(UnitKind.allCases.map(BusinessUnit.Kind.init) == BusinessUnit.Kind.allCases)
    }
}
