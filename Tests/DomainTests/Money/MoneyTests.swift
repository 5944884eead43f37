import Core
import Domain
import TestSupport
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

    /// Row 22: 10⁹ micro-amounts, which no binary fraction can hold, sum exactly, added as roll-ups add them: a
    /// million amounts to a sum, and a thousand such sums.
    @Test func microAmountsSumExactly() throws {
        var random = SeededRandom(seed: 20_261_123)
        let amounts = (0..<1_024).map { _ in
            UInt64.random(in: 1_000_001...2_000_000_000, using: &random)
        }
        let moneys = amounts.map { Money(picos: Int128($0), currency: .usd) }
        // Sums of their own, each of which comes as often: to draw 10⁹ amounts takes a debug build minutes.
        let (sumCount, repetitionCount) = (4, 250)
        var counts = [UInt64](repeating: 0, count: amounts.count)
        var sums: [Money] = []
        for _ in 0..<sumCount {
            var sum = Money.zero(.usd)
            for _ in 0..<1_000_000 {
                let index = Int(random.next() % 1_024)
                counts[index] += 1
                sum = try sum.adding(moneys[index])
            }
            sums.append(sum)
        }
        var total = Money.zero(.usd)
        for _ in 0..<repetitionCount {
            for sum in sums { total = try total.adding(sum) }
        }
        // Independently: how often each amount was drawn, times it, in 64 bits.
        let picos = zip(amounts, counts).reduce(0) { $0 + $1.0 * $1.1 } * UInt64(repetitionCount)
        #expect(counts.reduce(0, +) * UInt64(repetitionCount) == 1_000_000_000)
        // More than the integers that a binary float holds exactly.
        #expect(picos > 1 << 53)
        let (units, rest) = picos.quotientAndRemainder(dividingBy: 1_000_000_000_000)
        let places = String(repeating: "0", count: 12 - "\(rest)".count) + "\(rest)"
        #expect(total.decimalText == "\(units).\(places)", "seed \(random.seed)")
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
