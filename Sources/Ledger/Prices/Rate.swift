package import Domain

/// What one unit of a quantity costs, in units of the price's currency.
package struct Rate: Hashable, Sendable {
    /// What the value is the price of.
    package enum Per: Hashable, Sendable {
        /// A million tokens.
        case million
        /// One counted thing.
        case each
    }

    package let value: ExactDecimal
    package let per: Per

    package init(_ value: ExactDecimal, per: Per) {
        self.value = value
        self.per = per
    }

    /// Power of ten that turns quantity × value into picos: 12, less 6 for a price per million.
    var picosExponent: Int { per == .million ? 6 : 12 }
}
