import Core
import Domain
import Testing

struct ExactDecimalTests {
    @Test func equalValuesAreEqual() throws {
        #expect(try ExactDecimal("1.10") == ExactDecimal("1.1"))
        #expect(try ExactDecimal("1.1e-1").description == "0.11")
        #expect(try ExactDecimal("2.5e-08").description == "0.000000025")
        #expect(try ExactDecimal("-12").description == "-12")
        #expect(try ExactDecimal(coefficient: 1200, scale: 3) == ExactDecimal("1.2"))
    }

    @Test func refusesANineteenthPlace() {
        #expect(throws: ServiceError(.invalidArgument, "DECIMAL_TOO_PRECISE", "")) {
            try ExactDecimal("0.0000000000000000001")
        }
    }

    @Test(arguments: [
        ("0.2", "2", "4", "0.1"), ("0.075", "0.525", "0.3", "0.13125"),
        ("0.275", "2", "1.1", "0.5"), ("1", "1", "3", nil), ("0.5", "8", "4.4", nil),
        ("3", "0.1", "0.001", "300"), ("0", "1", "3", "0"), ("1", "1", "0", nil),
    ])
    func ratiosAreExactOrAbsent(value: String, top: String, bottom: String, expected: String?)
        throws
    {
        let result = try ExactDecimal(value).multiplied(
            by: ExactDecimal(top), dividedBy: ExactDecimal(bottom))
        #expect(result?.description == expected)
    }
}
