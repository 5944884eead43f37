import API
import Core
import Domain
import Testing

@Suite struct DomainConversionTests {
    @Test(arguments: [0, 1, -1, 999_999, 1_000_000, -999_999, -1_000_000, 1_763_697_600_123_456])
    func instantsSurviveTheWire(microseconds: Int64) throws {
        let instant = Instant(microseconds: microseconds)
        let wire = Timestamp(instant)
        #expect((0...999_999_999).contains(wire.nanos))
        #expect(try wire.instant() == instant)
    }

    @Test(arguments: [
        Timestamp(seconds: 0, nanos: -1), Timestamp(seconds: 0, nanos: 1_000_000_000),
        Timestamp(seconds: 253_402_300_800), Timestamp(seconds: -62_135_596_801),
        Timestamp(seconds: .max, nanos: 0),
    ])
    func timestampsOutOfRangeAreRefused(timestamp: Timestamp) {
        let error = #expect(throws: ServiceError.self) { try timestamp.instant() }
        #expect(error?.reason == "TIMESTAMP_OUT_OF_RANGE")
    }

    @Test(arguments: ["0", "1.25", "-1.250000000001", "123456789012345678901234.000000000001"])
    func moneySurvivesTheWire(text: String) throws {
        let money = try Domain.Money(wire: API.Money(amount: text, currencyCode: "USD"))
        #expect(try Domain.Money(wire: API.Money(money)) == money)
    }

    @Test(arguments: [
        (API.Money(amount: "1", currencyCode: ""), "CURRENCY_MALFORMED", "currency_code"),
        (API.Money(amount: "", currencyCode: "USD"), "DECIMAL_MALFORMED", "amount"),
        (API.Money(amount: "one", currencyCode: "USD"), "DECIMAL_MALFORMED", "amount"),
        (
            API.Money(amount: "0.0000000000001", currencyCode: "USD"), "AMOUNT_OUT_OF_RANGE",
            "amount"
        ),
    ])
    func otherMoneyIsRefused(money: API.Money, reason: String, field: String) {
        let error = #expect(throws: ServiceError.self) { try Domain.Money(wire: money) }
        #expect(error?.reason.rawValue == reason)
        #expect(error?.field == field)
    }

    @Test func basesAndMonthsAreRead() throws {
        #expect(try Domain.Basis(wire: .unspecified) == .effective)
        for basis in Domain.Basis.allCases {
            #expect(try Domain.Basis(wire: API.Basis(basis)) == basis)
        }
        #expect(throws: ServiceError.self) { try Domain.Basis(wire: .init(rawValue: 9)) }
        let month = try CivilMonth(year: 2026, month: 2)
        #expect(try CivilMonth(wire: Month(month)) == month)
        #expect(throws: ServiceError.self) { try CivilMonth(wire: Month(year: 2026, month: 13)) }
        #expect(throws: ServiceError.self) { try CivilMonth(wire: Month()) }
    }
}
