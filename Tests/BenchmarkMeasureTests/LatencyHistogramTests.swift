import BenchmarkMeasure
import Testing

@Suite struct LatencyHistogramTests {
    @Test func nothingHasNoPercentile() {
        #expect(LatencyHistogram().percentile(0.5) == 0)
    }

    /// Every power of two, where buckets change their width, and the ends of the widest and the
    /// narrowest bucket for their values above it.
    @Test func oneValueReadsBackWithinTwoPercent() {
        for exponent in 0 as UInt64..<63 {
            let power: UInt64 = 1 << exponent
            for value in [power, power + power / 33, 2 * power - 1] {
                var latencies = LatencyHistogram()
                latencies.record(nanoseconds: value)
                let read = Double(latencies.percentile(0.5))
                #expect(abs(read - Double(value)) <= Double(value) * 0.02, "\(value) as \(read)")
            }
        }
    }

    @Test func percentilesFollowTheRank() {
        var latencies = LatencyHistogram()
        for value in 1...30 as ClosedRange<UInt64> {
            latencies.record(nanoseconds: value)
        }
        #expect(latencies.percentile(0) == 1)
        #expect(latencies.percentile(0.5) == 15)
        #expect(latencies.percentile(0.99) == 30)
        #expect(latencies.percentile(1) == 30)
    }

    @Test func mergedCountsAreThoseOfBoth() {
        var one = LatencyHistogram()
        var other = LatencyHistogram()
        one.record(nanoseconds: 1)
        other.record(nanoseconds: 1_000_000)
        other.record(nanoseconds: 2_000_000)
        one.merge(other)
        #expect(one.count == 3)
        #expect(one.percentile(0.3) == 1)
        #expect(one.percentile(1) > 1_900_000)
    }
}
