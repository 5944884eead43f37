import Signals
import Testing

@Suite struct UnusualDaysTests {
    /// Weeks of five busy and two quiet days with a little deterministic noise.
    private func weeks(_ count: Int, growth: Double = 0) -> [Double] {
        (0..<(count * 7)).map { day in
            let noise = Double(day * 37 % 11) - 5
            let level = day % 7 < 5 ? 100.0 : 20.0
            return (level + noise) * (1 + growth * Double(day))
        }
    }

    private func kinds(_ values: [Double]) -> [Int: UnusualDay.Kind] {
        let marks = UnusualDays().marks(of: values)
        #expect(marks.count == values.count)
        return Dictionary(
            uniqueKeysWithValues: marks.enumerated().compactMap { day, mark in
                mark.map { (day, $0.kind) }
            })
    }

    @Test func weekendsAreUsual() {
        #expect(kinds(weeks(12)).isEmpty)
    }

    @Test func growthIsUsual() {
        #expect(kinds(weeks(12, growth: 0.02)).isEmpty)
    }

    @Test func spikesAndDropsAreMarked() {
        var values = weeks(12)
        values[50] *= 4
        values[64] = 0
        #expect(kinds(values) == [50: .spike, 64: .drop])
    }

    @Test func oneSpikeDoesNotHideTheNext() {
        var values = weeks(12)
        for day in [42, 43, 49, 50] { values[day] *= 4 }
        #expect(kinds(values) == [42: .spike, 43: .spike, 49: .spike, 50: .spike])
    }

    @Test func marksDoNotDependOnLaterDays() {
        var values = weeks(10)
        values[40] *= 3
        values[55] = 0
        let all = UnusualDays().marks(of: values)
        for count in 0...values.count {
            #expect(
                UnusualDays().marks(of: Array(values.prefix(count))) == Array(all.prefix(count)))
        }
    }

    @Test func shortAndEmptySeriesHaveNoMarks() {
        #expect(UnusualDays().marks(of: []).isEmpty)
        #expect(kinds([0, 1000, 0, 5]).isEmpty)
        #expect(kinds([Double](repeating: 0, count: 60)).isEmpty)
    }

    @Test func firstSpendAfterNothingHasNoScore() {
        var values = [Double](repeating: 0, count: 40)
        values[30] = 5
        #expect(kinds(values).isEmpty, "without any spread before, a score would be infinite")
    }
}
