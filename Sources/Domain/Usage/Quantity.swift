/// So many of one class.
package struct Quantity: Hashable, Sendable {
    package let quantityClass: QuantityClass
    /// Never negative in usage; corrections and reversals may be.
    package let amount: Int64

    package init(_ quantityClass: QuantityClass, _ amount: Int64) {
        self.quantityClass = quantityClass
        self.amount = amount
    }
}
