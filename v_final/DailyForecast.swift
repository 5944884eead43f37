/// What the next days and their sum will come to, from the history of the same daily amounts.
///
/// The best estimate is `PointForecast`'s. The intervals come from forecasting the known past the
/// same way: what those forecasts missed by, relative to the level of their time, is what this one
/// may miss by. Deterministic; no value is negative. An estimate, in binary floating point.
package struct DailyForecast: Sendable {
    /// The days after the history, in order.
    package let days: [IntervalEstimate]
    /// Their sum. Its bounds are not the sums of the days' bounds, because days err apart.
    package let total: IntervalEstimate
    /// Days of history it rests on.
    package let historyDayCount: Int

    /// Older days are not looked at.
    package static let historyDayCountMax = 800
    package static let dayCountMax = 366

    /// Forecasts `dayCount` days after `history`, oldest first, one value a day without gaps.
    /// nil where there is no history: nothing can be said then. Values below zero count as zero.
    package init?(history: [Double], dayCount: Int) {
        precondition((0...Self.dayCountMax).contains(dayCount), "A forecast is for 0 to 366 days.")
        let values = history.suffix(Self.historyDayCountMax).map { max($0, 0) }
        guard !values.isEmpty else { return nil }
        let means = PointForecast.days(after: values[...], dayCount: dayCount)
        let errors = PastErrors(of: values, dayCount: dayCount)
        days = means.indices.map { errors.day($0, around: means[$0]) }
        total = errors.total(around: means.reduce(0, +))
        historyDayCount = values.count
    }
}
