/// What a row of usage costs, or why that is not known. Unknown is never zero.
package enum Cost: Hashable, Sendable {
    /// Picos of the price's currency, and the price version that made them.
    case known(picos: Int64, priceVersion: Int64)
    case unpriced(UnpricedReason)

    package enum UnpricedReason: Hashable, Sendable {
        /// The catalogue has no price of the model at that time.
        case modelUnknown
        /// A quantity above zero has no rate.
        case rateUnknown
        /// The provider reported no usage, or not yet.
        case usageMissing
    }

    package var picos: Int64? {
        if case .known(let picos, _) = self { return picos }
        return nil
    }

    package var priceVersion: Int64? {
        if case .known(_, let version) = self { return version }
        return nil
    }
}
