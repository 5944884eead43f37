/// An estimate with the intervals that should hold the truth eight times in ten and nineteen
/// times in twenty. Binary floating point: never for accounting.
package struct IntervalEstimate: Hashable, Sendable {
    package let mean: Double
    package let low80: Double
    package let high80: Double
    package let low95: Double
    package let high95: Double

    package init(mean: Double, low80: Double, high80: Double, low95: Double, high95: Double) {
        self.mean = mean
        self.low80 = low80
        self.high80 = high80
        self.low95 = low95
        self.high95 = high95
    }

    /// The same uncertainty about an amount that lies higher by a known `amount`.
    package func shifted(by amount: Double) -> IntervalEstimate {
        IntervalEstimate(
            mean: mean + amount, low80: low80 + amount, high80: high80 + amount,
            low95: low95 + amount, high95: high95 + amount)
    }
}
