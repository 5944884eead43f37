import Forecasting
import TestSupport
import Testing

@Suite struct DailyForecastTests {
    /// Random histories of several shapes with their continuation, from a seed.
    private struct Generator {
        private var random: SeededRandom

        init(state: UInt64) {
            random = SeededRandom(seed: state)
        }

        mutating func uniform() -> Double {
            Double(random.next() >> 11) / Double(1 << 53)
        }

        /// Nearly normal: the sum of twelve uniform numbers.
        mutating func normal() -> Double {
            (0..<12).reduce(-6) { sum, _ in sum + uniform() }
        }

        mutating func series(_ dayCount: Int) -> [Double] {
            let growth = uniform() * 0.004
            let weekend = uniform()
            let noise = 0.03 + uniform() * 0.2
            var level = 100.0
            return (0..<dayCount).map { day in
                level *= 1 + growth + 0.01 * normal()
                return max(0, level * (day % 7 < 5 ? 1 : weekend) * (1 + noise * normal()))
            }
        }
    }

    private func forecast(_ history: [Double], _ dayCount: Int) throws -> DailyForecast {
        try #require(DailyForecast(history: history, dayCount: dayCount))
    }

    @Test(arguments: [14, 15, 20, 27, 28, 70, 365])
    func steadyWeeksGoOn(dayCount: Int) throws {
        let week = [10.0, 11, 12, 13, 14, 2, 0]
        let history = (0..<dayCount).map { week[$0 % 7] }
        let result = try forecast(history, 10)
        for (ahead, day) in result.days.enumerated() {
            #expect(abs(day.mean - week[(dayCount + ahead) % 7]) < 0.001)
        }
        let expected = (0..<10).reduce(0) { $0 + week[(dayCount + $1) % 7] }
        #expect(abs(result.total.mean - expected) < 0.01)
        #expect(result.historyDayCount == dayCount)
    }

    @Test func shortHistoriesAreForecast() throws {
        #expect(DailyForecast(history: [], dayCount: 5) == nil)
        for dayCount in 1...13 {
            let result = try forecast([Double](repeating: 8, count: dayCount), 20)
            #expect(abs(result.total.mean - 160) < 0.001)
            #expect(result.total.low95 < 160 && result.total.high95 > 160)
            #expect(result.total.low80 > 0, "a steady start is some news")
        }
        let week = try forecast([7, 7, 7, 7, 7, 0, 0], 7)
        #expect(week.days[0].mean > week.days[6].mean)
    }

    @Test func nothingSpentMeansNothingToCome() throws {
        let result = try forecast([Double](repeating: 0, count: 90), 31)
        #expect(result.total == .init(mean: 0, low80: 0, high80: 0, low95: 0, high95: 0))
    }

    @Test func noDaysAheadSumToNothing() throws {
        let result = try forecast([3, 4, 5], 0)
        #expect(result.days.isEmpty)
        #expect(result.total == .init(mean: 0, low80: 0, high80: 0, low95: 0, high95: 0))
    }

    @Test(arguments: 0..<40)
    func estimatesAreOrderedAndNeverNegative(seed: Int) throws {
        var generator = Generator(state: UInt64(seed))
        var history = generator.series(1 + Int(generator.uniform() * 150))
        for day in history.indices where generator.uniform() < 0.1 {
            history[day] = [-5, 0, 1000, .nan, .infinity][Int(generator.uniform() * 5)]
        }
        let result = try forecast(history, Int(generator.uniform() * 40))
        for estimate in result.days + [result.total] {
            #expect(0 <= estimate.low95)
            #expect(estimate.low95 <= estimate.low80)
            #expect(estimate.low80 <= estimate.mean)
            #expect(estimate.mean <= estimate.high80)
            #expect(estimate.high80 <= estimate.high95)
            #expect(estimate.high95.isFinite)
        }
        let sum = result.days.reduce(0) { $0 + $1.mean }
        #expect(abs(result.total.mean - sum) <= 1e-9 * max(1, sum))
    }

    @Test func forecastsAreDeterministic() throws {
        var generator = Generator(state: 7)
        let history = generator.series(200)
        let first = try forecast(history, 31)
        let second = try forecast(history, 31)
        #expect(first.days == second.days)
        #expect(first.total == second.total)
    }

    @Test func scalingTheHistoryScalesTheForecast() throws {
        var generator = Generator(state: 8)
        let history = generator.series(120)
        let once = try forecast(history, 14)
        let thousandfold = try forecast(history.map { $0 * 1024 }, 14)
        #expect(abs(thousandfold.total.mean / once.total.mean - 1024) < 1e-6)
        #expect(abs(thousandfold.total.high95 / once.total.high95 - 1024) < 1e-6)
    }

    @Test func intervalsHoldWhatTheyPromise() throws {
        var generator = Generator(state: 20_260_101)
        var inside80 = 0
        var inside95 = 0
        let count = 80
        for _ in 0..<count {
            let series = generator.series(120 + 15)
            let result = try forecast(Array(series.prefix(120)), 15)
            let truth = series.suffix(15).reduce(0, +)
            inside80 += result.total.low80...result.total.high80 ~= truth ? 1 : 0
            inside95 += result.total.low95...result.total.high95 ~= truth ? 1 : 0
        }
        #expect(Double(inside80) / Double(count) > 0.65)
        #expect(Double(inside95) / Double(count) > 0.85)
        #expect(inside80 < count, "bounds that never fail are too wide to be of use")
    }

    @Test func errsLessThanTheLastWeekAgain() throws {
        var generator = Generator(state: 20_260_102)
        var ours = 0.0
        var naive = 0.0
        for _ in 0..<40 {
            let series = generator.series(110)
            let result = try forecast(Array(series.prefix(90)), 20)
            for ahead in 0..<20 {
                ours += abs(result.days[ahead].mean - series[90 + ahead])
                naive += abs(series[83 + ahead % 7] - series[90 + ahead])
            }
        }
        #expect(ours < 0.9 * naive)
    }
}
