/// Marks the days of a daily series that lie far from what their weekday and the days before
/// them let expect.
///
/// Causal: the mark of a day depends on that day and earlier ones alone, so what was once shown
/// never changes. Robust: medians, so that a marked day does not hide the next one. A lasting
/// change is marked until it has been the usual for about half of the weeks looked at.
/// Binary floating point: a statistic, not an amount.
package struct UnusualDays: Sendable {
    /// Spreads from the expected amount at which a day is marked.
    package let threshold: Double

    private static let weekCount = 6
    private static let dayCountMin = 14
    private static let spreadDayCount = 56
    /// Of the expected amount: smaller deviations are never news, however steady the series.
    private static let spreadShareMin = 0.05
    /// The median absolute deviation times this is the standard deviation of normal noise.
    private static let normalSpread = 1.4826

    package init(threshold: Double = 4) {
        self.threshold = threshold
    }

    /// The marks of `values`, oldest first and one a day; nil where a day is not unusual, or where
    /// there is too little before it to say.
    package func marks(of values: [Double]) -> [UnusualDay?] {
        var deviations: [Double] = []
        var ratios: [Double] = []
        return values.indices.map { day in
            guard day >= Self.dayCountMin else { return nil }
            let usual = Self.usual(values, day)
            let trend = ratios.isEmpty ? 1 : min(max(Self.median(ratios.suffix(7)), 0.5), 2)
            let expected = usual * trend
            let deviation = values[day] - expected
            let spread = max(
                Self.normalSpread * Self.median(deviations.suffix(Self.spreadDayCount)),
                Self.spreadShareMin * abs(expected))
            let known = deviations.count >= 7
            deviations.append(abs(deviation))
            if usual > 0 { ratios.append(values[day] / usual) }
            guard known, spread > 0 else { return nil }
            let score = deviation / spread
            guard abs(score) >= threshold else { return nil }
            return UnusualDay(
                kind: score > 0 ? .spike : .drop, score: score, expected: expected)
        }
    }

    /// The median of the same weekday in the weeks before.
    private static func usual(_ values: [Double], _ day: Int) -> Double {
        let sameDays = stride(from: day - 7, through: 0, by: -7).prefix(weekCount)
        return median(sameDays.map { values[$0] })
    }

    private static func median(_ values: some Collection<Double>) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Why a day is marked.
package struct UnusualDay: Hashable, Sendable {
    /// Far above, or far below, what was to be expected.
    package enum Kind: Hashable, Sendable {
        case spike
        case drop
    }

    package let kind: Kind
    /// Distance from the expected amount in spreads; negative below it.
    package let score: Double
    /// What was to be expected.
    package let expected: Double
}
