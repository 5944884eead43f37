/// An exact amount of US dollars, counted in 10^-16 dollars: four digits finer than the product's
/// own unit, as the providers' bills may be.
struct Amount: Equatable, Sendable {
    static let unitsPerDollar: Int128 = 10_000_000_000_000_000
    static let zero = Amount(units: 0)

    var units: Int128

    static func dollars(_ whole: Int64) -> Amount {
        Amount(units: Int128(whole) * unitsPerDollar)
    }

    static func cents(_ whole: Int64) -> Amount {
        Amount(units: Int128(whole) * (unitsPerDollar / 100))
    }

    static func + (left: Amount, right: Amount) -> Amount {
        Amount(units: left.units + right.units)
    }

    static func += (left: inout Amount, right: Amount) {
        left = left + right
    }

    /// Dollars with 16 decimals, as OpenAI's numeric strings have them: `0.8958740000000000`.
    var dollarsText: String {
        text(unit: Self.unitsPerDollar, decimalsMin: 16)
    }

    /// Cents with 5 to 14 decimals, as Anthropic's cost report has them: `123.78912`.
    var centsText: String {
        text(unit: Self.unitsPerDollar / 100, decimalsMin: 5)
    }

    /// Dollars as a JSON number the way common encoders write one: shortest form, and an exponent
    /// below 0.0001 (`5e-07`).
    var numberText: String {
        let magnitude = units.magnitude
        guard magnitude != 0, magnitude < UInt128(Self.unitsPerDollar) / 10_000 else {
            return text(unit: Self.unitsPerDollar, decimalsMin: 0)
        }
        var digits = String(magnitude)
        let exponent = 17 - digits.utf8.count
        while digits.hasSuffix("0") { digits.removeLast() }
        let mantissa =
            digits.utf8.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
        return (units < 0 ? "-" : "") + mantissa + (exponent < 10 ? "e-0" : "e-") + "\(exponent)"
    }

    /// The amount in `unit`s: trailing zeros dropped down to `decimalsMin` decimals.
    private func text(unit: Int128, decimalsMin: Int) -> String {
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: unit.magnitude)
        let width = String(unit).utf8.count - 1
        var decimals = String(rest)
        decimals = String(repeating: "0", count: width - decimals.utf8.count) + decimals
        while decimals.utf8.count > decimalsMin, decimals.hasSuffix("0") { decimals.removeLast() }
        return (units < 0 ? "-" : "") + "\(whole)" + (decimals.isEmpty ? "" : ".\(decimals)")
    }
}
