package import Domain

/// One line of a provider's bill for one UTC day.
package struct NormalizedCharge: Hashable, Sendable {
    /// Names the line in its account, whatever its amount.
    package let naturalKey: String
    package let bucket: ReportWindow
    package let dimensions: ReportDimensions
    /// Rounded half-even to the pico, once; negative for credits.
    package let amount: Money
    /// The amount as the provider wrote it, every digit, in the provider's unit.
    package let reportedAmount: String
    /// What the bill says was used, in `quantityUnit`, as it wrote it; nil where it does not say.
    package let quantity: String?
    package let quantityUnit: String?
    /// The class the line stands for; nil where it stands for none we know and stays opaque.
    ///
    /// `output_unsplit` stands for all visible output and reasoning together, `cache_write` for
    /// cache writes of every lifetime.
    package let quantityClass: QuantityClass?

    package init(
        naturalKey: String, bucket: ReportWindow, dimensions: ReportDimensions,
        amount: Money, reportedAmount: String, quantity: String?, quantityUnit: String?,
        quantityClass: QuantityClass?
    ) {
        self.naturalKey = naturalKey
        self.bucket = bucket
        self.dimensions = dimensions
        self.amount = amount
        self.reportedAmount = reportedAmount
        self.quantity = quantity
        self.quantityUnit = quantityUnit
        self.quantityClass = quantityClass
    }
}
