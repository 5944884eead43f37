/// The best estimate of the next days: day by day the median of four simple methods, which errs
/// less than any of them because they fail in different ways: last week again (it counts twice),
/// the median of the last four same weekdays, and the smoothed level with and without a trend.
enum PointForecast {
    private static let smoothings = [0.03, 0.06, 0.12, 0.2, 0.3, 0.45, 0.6, 0.8]
    private static let trendSmoothings = [0.02, 0.06, 0.15]
    private static let damping = 0.95
    /// Older days tell nothing about the level any more.
    private static let smoothedDayCountMax = 90

    /// Estimates of the `dayCount` days after `values`, oldest first; none is negative.
    static func days(after values: ArraySlice<Double>, dayCount: Int) -> [Double] {
        guard values.count >= 14 else { return earlyDays(after: values, dayCount: dayCount) }
        let profile = WeekdayProfile(of: values)
        let level = smoothed(values, profile, trends: [0])
        let trended = smoothed(values, profile, trends: trendSmoothings)
        let medians = (0..<7).map { ahead in
            let sameDays = stride(
                from: values.endIndex - 7 + ahead, through: values.startIndex, by: -7)
            return Statistics.median(sameDays.prefix(4).map { values[$0] })
        }
        var trendSum = 0.0
        var damped = 1.0
        return (0..<dayCount).map { ahead in
            let factor = profile[values.endIndex + ahead]
            damped *= damping
            trendSum += damped * trended.trend
            let lastWeek = values[values.endIndex - 7 + ahead % 7]
            let estimates = [
                lastWeek, lastWeek, medians[ahead % 7],
                level.level * factor, (trended.level + trendSum) * factor,
            ]
            return max(0, Statistics.median(estimates))
        }
    }

    /// Less than two weeks: the days' mean, drawn towards the same weekday once a week is known.
    private static func earlyDays(after values: ArraySlice<Double>, dayCount: Int) -> [Double] {
        let mean = Statistics.mean(values.suffix(7))
        return (0..<dayCount).map { ahead in
            guard values.count >= 7 else { return max(0, mean) }
            return max(0, (values[values.endIndex - 7 + ahead % 7] + mean) / 2)
        }
    }

    /// Exponential smoothing of the level, with a damped trend where a trend smoothing is not 0.
    /// The smoothing whose forecasts of the next day erred least is taken.
    private static func smoothed(
        _ values: ArraySlice<Double>, _ profile: WeekdayProfile, trends: [Double]
    ) -> (level: Double, trend: Double) {
        let days = values.suffix(smoothedDayCountMax)
        let start = Statistics.mean(days.prefix(14))
        let power = Statistics.mean(profile.factors.map { $0 * $0 })
        var best = (level: start, trend: 0.0)
        var bestLoss = Double.infinity
        for smoothing in smoothings {
            for trendSmoothing in trends {
                var level = start
                var trend = 0.0
                var loss = 0.0
                for day in days.indices {
                    let factor = profile[day]
                    let expected = level + damping * trend
                    let error = days[day] - expected * factor
                    loss += abs(error)
                    // Dividing by the mean square instead of the factor keeps days that are
                    // nearly always zero from throwing the level about.
                    let step = smoothing * factor * error / power
                    level = expected + step
                    trend = damping * trend + trendSmoothing * step
                }
                if loss < bestLoss {
                    bestLoss = loss
                    best = (level, trend)
                }
            }
        }
        return best
    }
}
