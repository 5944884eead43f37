import Core
import Domain
import Testing

struct IdentifierTests {
    @Test func textGoesRound() throws {
        let text = "01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11"
        #expect(try OrganizationID(text).text == text)
        #expect(try OrganizationID(text.uppercased()).text == text)
        for wrong in ["", "x", String(text.dropLast()), text + "0", "{\(text)}"] {
            #expect(throws: ServiceError(.invalidArgument, "ID_MALFORMED", "")) {
                try OrganizationID(wrong)
            }
        }
    }

    @Test func versionSevenBeginsWithItsTime() {
        let early = UUIDv7.make(.fixed(Instant(seconds: 1_000_000)))
        let late = UUIDv7.make(.fixed(Instant(seconds: 1_000_001)))
        #expect(early < late)
        #expect(early.text < late.text)
        let version = early.text.dropFirst(14).first
        #expect(version == "7")
        #expect(early.bytes.low >> 62 == 0b10)
        #expect(early.bytes.high >> 16 == 1_000_000_000)
    }

    @Test func codesAreShortAndPlain() throws {
        #expect(try BusinessUnitCode("team-7").text == "team-7")
        #expect(try BusinessUnitCode("a-b") < BusinessUnitCode("a0"))
        for wrong in ["", "A", "a_b", "ä", String(repeating: "a", count: 64)] {
            #expect(throws: ServiceError(.invalidArgument, "BUSINESS_UNIT_CODE_MALFORMED", "")) {
                try BusinessUnitCode(wrong)
            }
        }
    }
}
