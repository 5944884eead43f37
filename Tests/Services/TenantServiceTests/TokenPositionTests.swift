import Core
import Testing

@testable import TenantService

@Suite struct TokenPositionTests {
    /// Page tokens can be made up, so any number may stand there, also one beyond the calendar.
    @Test(arguments: [
        "", " ", "1", "a b", "1 a b", "9223372036854775808 a", "9223372036854775807 a",
        "-9223372036854775808 a", "-62135596800000001 a", "253402300800000000 a",
    ])
    func otherKeysAreRefused(_ key: String) {
        #expect(reason { _ = try TokenPosition(key: key) } == "PAGE_TOKEN_INVALID page_token")
    }

    @Test(arguments: [-62_135_596_800_000_000, -5, 0, 253_402_300_799_999_999])
    func positionsReadBack(_ microseconds: Int64) throws {
        let position = TokenPosition(createTime: Instant(microseconds: microseconds), id: "abc")
        #expect(try TokenPosition(key: position.key) == position)
    }
}
