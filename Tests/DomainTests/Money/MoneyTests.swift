import Core
import Domain
import Testing

struct MoneyTests {
    @Test func printsForMachinesAndForPeople() throws {
        let money = try Money("-1.250000000001", currency: .usd)
        #expect(money.picos == -1_250_000_000_001)
        #expect(money.decimalText == "-1.250000000001")
        #expect(try Money("2.875", currency: .usd).decimalText == "2.875000000000")
        #expect(try Money("2.875", currency: .usd).displayText == "2.875")
        #expect(Money.zero(.eur).displayText == "0.00")
        #expect(try Money("14", currency: .usd).description == "14.00 USD")
        #expect(Money(picos: -1, currency: .usd).decimalText == "-0.000000000001")
    }

    @Test func centsMoveThePoint() throws {
        #expect(try Money("123.78912", currency: .usd, powerOfTen: -2).displayText == "1.2378912")
        let fine = try Money(
            "0.00000000005", currency: .usd, rounding: .halfEven, powerOfTen: -2)
        #expect(fine.picos == 0)
        #expect(throws: ServiceError(.invalidArgument, "AMOUNT_OUT_OF_RANGE", "")) {
            try Money("0.00000000005", currency: .usd, powerOfTen: -2)
        }
    }

    @Test func currenciesDoNotMix() {
        #expect(throws: ServiceError(.failedPrecondition, "CURRENCY_MISMATCH", "")) {
            try Money.zero(.usd).adding(.zero(.eur))
        }
    }

    @Test func sumsBeyond128BitsAreRefused() {
        #expect(throws: ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", "")) {
            try Money(picos: .max, currency: .usd).adding(Money(picos: 1, currency: .usd))
        }
    }

    /// Row 22: amounts no binary fraction can hold sum exactly.
    @Test func microAmountsSumExactly() throws {
        let micro = try Money("0.000001000001", currency: .usd)
        var sum = Money.zero(.usd)
        for _ in 0..<1_000_000 { sum = try sum.adding(micro) }
        #expect(sum.decimalText == "1.000001000000")
    }

    @Test func currencyIsThreeLetters() throws {
        #expect(try Currency("usd") == .usd)
        for text in ["US", "USDT", "U5D", "ÜSD", ""] {
            #expect(throws: ServiceError(.invalidArgument, "CURRENCY_MALFORMED", "")) {
                try Currency(text)
            }
        }
    }
}
