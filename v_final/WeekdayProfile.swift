/// How the seven days of the week share a week's amount: seven factors whose mean is 1.
///
/// Factors are medians over recent weeks of the day's share of the seven days around it, drawn
/// towards 1 where there are few weeks, so that one outlier or holiday does not bend them.
struct WeekdayProfile {
    private static let weekCountMax = 12

    /// Of the days whose index leaves this rest after division by 7.
    let factors: [Double]

    /// The profile of `values`, oldest first; flat where there are fewer than two weeks.
    init(of values: ArraySlice<Double>) {
        var shares = [[Double]](repeating: [], count: 7)
        let first = max(values.startIndex + 3, values.endIndex - 3 - 7 * Self.weekCountMax)
        if values.count >= 14 {
            var sum = values[(first - 3)...(first + 3)].reduce(0, +)
            for day in first..<(values.endIndex - 3) {
                if day > first { sum += values[day + 3] - values[day - 4] }
                if sum > 0 { shares[day % 7].append(7 * max(values[day], 0) / sum) }
            }
        }
        let medians = shares.map { share in
            guard !share.isEmpty else { return 1.0 }
            let weight = Double(share.count) / (Double(share.count) + 0.5)
            return weight * Statistics.median(share) + (1 - weight)
        }
        let mean = medians.reduce(0, +) / 7
        factors = mean > 0 ? medians.map { $0 / mean } : [Double](repeating: 1, count: 7)
    }

    /// The factor of the day with this index.
    subscript(day: Int) -> Double { factors[day % 7] }
}
