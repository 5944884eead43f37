import Core
import Domain
import Testing

struct DecimalLiteralTests {
    @Test(
        arguments: [
            ("0", 0), ("-0.00", 0), ("1", 1_000_000), ("-1.5", -1_500_000), ("1.25e-06", 1),
            ("2.5e-6", 2), ("3.5e-6", 4), ("-2.5e-6", -2), ("-3.5e-6", -4), ("2.50000001e-6", 3),
            ("0.0000004999", 0), ("0.0000005", 0), ("0.00000050000000001", 1),
            ("1E3", 1_000_000_000),
            ("+7", 7_000_000), (".5", 500_000), ("0.00000000000000000000000000000000000000001", 0),
        ] as [(String, Int128)])
    func roundsHalfEvenToSixPlaces(text: String, expected: Int128) throws {
        #expect(try DecimalLiteral(text).roundedHalfEven(places: 6) == expected)
    }

    @Test(arguments: [
        "", "-", ".", "1.", "1e", "1e+", "0x10", "1,5", " 1", "1 ", "--1", "NaN", "inf", "1e99999",
        "١",
    ])
    func refusesWhatIsNoNumber(text: String) {
        #expect(throws: ServiceError(.invalidArgument, "DECIMAL_MALFORMED", "")) {
            try DecimalLiteral(text)
        }
    }

    @Test func exactLosesNoDigit() throws {
        #expect(try DecimalLiteral("1.000001").exact(places: 6) == 1_000_001)
        #expect(try DecimalLiteral("1.0000010000").exact(places: 6) == 1_000_001)
        #expect(try DecimalLiteral("1.0000001").exact(places: 6) == nil)
        #expect(try DecimalLiteral("1e40").exact(places: 6) == nil)
    }
}
