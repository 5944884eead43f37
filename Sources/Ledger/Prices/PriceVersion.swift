package import Core

/// A model's price during one span of time. Entries name the version that made them.
package struct PriceVersion: Hashable, Sendable {
    package let id: Int64
    package let price: ModelPrice
    /// First instant it holds; nil from the beginning of time.
    package let validFrom: Instant?
    /// First instant it no longer holds; nil while nothing follows it.
    package let validTo: Instant?

    package init(
        id: Int64, price: ModelPrice, validFrom: Instant? = nil, validTo: Instant? = nil
    ) {
        self.id = id
        self.price = price
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// Nobody said when the price began: it holds from the beginning of time, as an assumption.
    package var isAssumed: Bool { validFrom == nil }

    package func holds(at instant: Instant) -> Bool {
        (validFrom.map { $0 <= instant } ?? true) && (validTo.map { instant < $0 } ?? true)
    }
}
