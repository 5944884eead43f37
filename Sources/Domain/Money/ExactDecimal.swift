package import Core

/// An exact decimal of up to 18 places: a rate, a multiplier or a share.
///
/// Always in lowest form (no trailing zero behind the point), so equal values are equal.
package struct ExactDecimal: Hashable, Sendable {
    package static let placesMax = 18

    /// Value = coefficient / 10^scale.
    package let coefficient: Int128
    /// 0 to 18.
    package let scale: Int

    package static let zero = ExactDecimal(reducing: 0, scale: 0)
    package static let one = ExactDecimal(reducing: 1, scale: 0)

    /// Throws `DECIMAL_TOO_PRECISE` for more than 18 places that are not zeros.
    package init(coefficient: Int128, scale: Int) throws(ServiceError) {
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        guard (0...Self.placesMax).contains(scale) else {
            throw ServiceError(
                .invalidArgument, "DECIMAL_TOO_PRECISE", "A decimal has at most 18 places.")
        }
        self.init(reducing: coefficient, scale: scale)
    }

    /// Reads the literal text of a number, exponent form included, without any rounding.
    package init(_ text: some StringProtocol) throws(ServiceError) {
        let literal = try DecimalLiteral(text)
        guard let coefficient = literal.exact(places: Self.placesMax) else {
            throw ServiceError(
                .invalidArgument, "DECIMAL_TOO_PRECISE",
                "A decimal has at most 18 places and 20 digits before the point.")
        }
        self.init(reducing: coefficient, scale: Self.placesMax)
    }

    package init(_ whole: Int64) {
        self.init(reducing: Int128(whole), scale: 0)
    }

    private init(reducing coefficient: Int128, scale: Int) {
        var coefficient = coefficient
        var scale = scale
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        self.coefficient = coefficient
        self.scale = scale
    }

    package var isZero: Bool { coefficient == 0 }
    package var isNegative: Bool { coefficient < 0 }

    /// The exact product; nil where it has more than 18 places or is beyond 128 bits.
    package func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        guard !overflow else { return nil }
        let reduced = ExactDecimal(reducing: product, scale: scale + other.scale)
        return reduced.scale <= Self.placesMax ? reduced : nil
    }

    /// `self × numerator ÷ denominator` where that is a decimal of up to 18 places, else nil.
    package func multiplied(
        by numerator: ExactDecimal, dividedBy denominator: ExactDecimal
    ) -> ExactDecimal? {
        guard denominator.coefficient > 0, numerator.coefficient >= 0, coefficient >= 0 else {
            return nil
        }
        let (product, overflow) = coefficient.multipliedReportingOverflow(
            by: numerator.coefficient)
        guard !overflow else { return nil }
        // product / 10^(scale + n.scale) ÷ (d / 10^d.scale): a fraction over one power of ten.
        let shared = Self.greatestCommonDivisor(product, denominator.coefficient)
        var top = product / shared
        var bottom = denominator.coefficient / shared
        var places = scale + numerator.scale - denominator.scale
        while bottom % 10 == 0 { (bottom, places) = (bottom / 10, places + 1) }
        for (factor, complement) in [(Int128(2), Int128(5)), (5, 2)] {
            while bottom % factor == 0 {
                let (next, tooLarge) = top.multipliedReportingOverflow(by: complement)
                guard !tooLarge else { return nil }
                (top, bottom, places) = (next, bottom / factor, places + 1)
            }
        }
        guard bottom == 1 else { return nil }
        while places < 0 {
            let (next, tooLarge) = top.multipliedReportingOverflow(by: 10)
            guard !tooLarge else { return nil }
            (top, places) = (next, places + 1)
        }
        let reduced = ExactDecimal(reducing: top, scale: places)
        return reduced.scale <= Self.placesMax ? reduced : nil
    }

    private static func greatestCommonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// Plain decimal text in lowest form, such as `0.0375`.
    package var description: String {
        DecimalText.print(coefficient, places: scale, keeping: 0)
    }
}
