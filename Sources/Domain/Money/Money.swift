package import Core

/// An exact amount: a whole number of picos (10^-12 of the currency's unit) and its currency.
///
/// Currencies never mix: adding two of them is an error, not a conversion.
package struct Money: Hashable, Sendable {
    /// Places behind the point that a pico stands for.
    package static let places = 12
    package static let picosPerUnit: Int128 = 1_000_000_000_000

    package var picos: Int128
    package var currency: Currency

    package init(picos: Int128, currency: Currency) {
        self.picos = picos
        self.currency = currency
    }

    package static func zero(_ currency: Currency) -> Money {
        Money(picos: 0, currency: currency)
    }

    /// How text with more than 12 places is taken.
    package enum Rounding: Sendable {
        /// Refused.
        case refused
        /// Rounded half-even to the pico, once.
        case halfEven
    }

    /// Reads a decimal amount in units of the currency.
    ///
    /// `powerOfTen` moves the point: cents are read with -2.
    package init(
        _ text: some StringProtocol, currency: Currency, rounding: Rounding = .refused,
        powerOfTen: Int = 0
    ) throws(ServiceError) {
        let literal = try DecimalLiteral(text)
        let places = Self.places + powerOfTen
        let picos =
            switch rounding {
            case .refused: literal.exact(places: places)
            case .halfEven: literal.roundedHalfEven(places: places)
            }
        guard let picos else {
            throw ServiceError(
                .invalidArgument, "AMOUNT_OUT_OF_RANGE",
                "An amount has at most 12 places and 26 digits before the point.")
        }
        self.init(picos: picos, currency: currency)
    }

    /// The sum; `CURRENCY_MISMATCH` or `AMOUNT_OUT_OF_RANGE` where there is none.
    package func adding(_ other: Money) throws(ServiceError) -> Money {
        guard currency == other.currency else {
            throw ServiceError(
                .failedPrecondition, "CURRENCY_MISMATCH",
                "Amounts of two currencies are not added; convert one first.")
        }
        let (sum, overflow) = picos.addingReportingOverflow(other.picos)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "The sum is beyond 128 bits of picos.")
        }
        return Money(picos: sum, currency: currency)
    }

    /// For machines: all 12 places, such as `-1.250000000001`.
    package var decimalText: String {
        DecimalText.print(picos, places: Self.places, keeping: Self.places)
    }

    /// For people: zeros beyond the second place dropped, such as `2.875` or `14.00`.
    package var displayText: String {
        DecimalText.print(picos, places: Self.places, keeping: 2)
    }
}

extension Money: CustomStringConvertible {
    package var description: String { "\(displayText) \(currency.code)" }
}
