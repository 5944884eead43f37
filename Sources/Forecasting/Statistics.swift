/// The few order statistics that forecasts need.
enum Statistics {
    /// The middle value, or the mean of the two; 0 of none.
    static func median(_ values: [Double]) -> Double {
        quantile(values.sorted(), 0.5)
    }

    /// The quantile of `sorted` by linear interpolation; 0 of none.
    static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
        guard let last = sorted.last else { return 0 }
        let position = probability * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }

    static func mean(_ values: some Collection<Double>) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    static func rootMeanSquare(_ values: some Collection<Double>) -> Double {
        values.isEmpty
            ? 0 : (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
}
