/// What forecasts of the known past missed by, as spreads by distance and as quantiles of the
/// errors in units of those spreads.
struct PastErrors {
    private static let pastDayCountMax = 360
    /// Enough for quantiles; more would cost time and say little new, since errors overlap.
    private static let originCountMax = 90
    private static let historyDayCountMin = 21
    /// The four bounds as probabilities: low 95, low 80, high 80, high 95.
    private static let probabilities = [0.025, 0.1, 0.9, 0.975]
    /// Quantiles of the normal distribution for the same probabilities.
    private static let normal = [-1.96, -1.2816, 1.2816, 1.96]

    private let spreads: [Double]
    private let quantiles: [Double]
    private let totalSpread: Double
    private let totalQuantiles: [Double]

    init(of values: [Double], dayCount: Int) {
        let first = max(Self.historyDayCountMin, values.count - Self.pastDayCountMax)
        let level = Self.level(of: values[...])
        var byDay = [[Double]](repeating: [], count: dayCount)
        var sums = [[Double]](repeating: [], count: dayCount)
        if first < values.count {
            // Coprime to the week, so that origins fall on every weekday.
            let step =
                [1, 2, 3, 4].first { (values.count - first) / $0 <= Self.originCountMax } ?? 5
            for origin in stride(from: values.count - 1, through: first, by: -step) {
                let past = values[..<origin]
                let pastLevel = Self.level(of: past)
                // Errors grow with the level, but by less: large amounts are sums of many.
                let scale = pastLevel > 0 ? min(level / pastLevel, 9).squareRoot() : 1
                let reach = min(dayCount, values.count - origin)
                let expected = PointForecast.days(after: past, dayCount: reach)
                var sum = 0.0
                for ahead in 0..<reach {
                    let error = (values[origin + ahead] - expected[ahead]) * scale
                    sum += error
                    byDay[ahead].append(error)
                    sums[ahead].append(sum)
                }
            }
        }
        let guess = Self.guess(of: values)
        spreads = Self.spreads(byDay, guess: guess)
        quantiles = Self.quantiles(byDay, spreads)
        let totals = Self.totalSpreads(sums, spreads)
        totalSpread = totals.last ?? 0
        totalQuantiles = Self.quantiles(sums, totals)
    }

    /// The estimate of the day `ahead` (0 is the next) with its bounds.
    func day(_ ahead: Int, around mean: Double) -> IntervalEstimate {
        Self.estimate(mean, spreads[ahead], quantiles)
    }

    /// The estimate of the sum of all days with its bounds.
    func total(around mean: Double) -> IntervalEstimate {
        Self.estimate(mean, totalSpread, totalQuantiles)
    }

    private static func estimate(
        _ mean: Double, _ spread: Double, _ quantiles: [Double]
    ) -> IntervalEstimate {
        let bounds = quantiles.map { max(0, mean + $0 * spread) }
        return IntervalEstimate(
            mean: mean, low80: min(bounds[1], mean), high80: max(bounds[2], mean),
            low95: min(bounds[0], bounds[1], mean), high95: max(bounds[3], bounds[2], mean))
    }

    private static func level(of values: ArraySlice<Double>) -> Double {
        Statistics.mean(values.suffix(28))
    }

    /// The spread of a day where too little past is known to have been forecast: how the days
    /// differ from each other, and never less than a third of the level.
    private static func guess(of values: [Double]) -> Double {
        let recent = values.suffix(28)
        let mean = Statistics.mean(recent)
        return max(Statistics.rootMeanSquare(recent.map { $0 - mean }), mean / 3)
    }

    /// Root mean squares by distance, smoothed over neighbours and never falling with distance.
    private static func spreads(_ errors: [[Double]], guess: Double) -> [Double] {
        var spreads: [Double] = []
        for ahead in errors.indices {
            let near = errors[max(0, ahead - 3)...min(errors.count - 1, ahead + 3)].joined()
            let trust = Double(errors[ahead].count) / (Double(errors[ahead].count) + 4)
            let measured = Statistics.rootMeanSquare(Array(near))
            let spread = trust * measured + (1 - trust) * max(guess, spreads.last ?? 0)
            spreads.append(max(spread, spreads.last ?? 0))
        }
        return spreads
    }

    /// The same for sums of the first days; where few past sums are known, the days are taken as
    /// half dependent: between the root of the sum of squares and the plain sum.
    private static func totalSpreads(_ sums: [[Double]], _ spreads: [Double]) -> [Double] {
        var totals: [Double] = []
        var plain = 0.0
        var squares = 0.0
        for ahead in sums.indices {
            plain += spreads[ahead]
            squares += spreads[ahead] * spreads[ahead]
            let assumed = (plain * squares.squareRoot()).squareRoot()
            let trust = Double(sums[ahead].count) / (Double(sums[ahead].count) + 20)
            let measured = Statistics.rootMeanSquare(sums[ahead])
            totals.append(max(trust * measured + (1 - trust) * assumed, totals.last ?? 0))
        }
        return totals
    }

    /// Quantiles of the errors in units of their spread, mixed with the normal distribution's
    /// as far as there are few.
    private static func quantiles(_ errors: [[Double]], _ spreads: [Double]) -> [Double] {
        let standard = zip(errors, spreads).flatMap { errors, spread in
            spread > 0 ? errors.map { $0 / spread } : []
        }.sorted()
        // Errors of one origin, and of neighbours, are no independent observations.
        let trust = Double(standard.count) / (Double(standard.count) + 400)
        return zip(probabilities, normal).map { probability, normal in
            trust * Statistics.quantile(standard, probability) + (1 - trust) * normal
        }
    }
}
