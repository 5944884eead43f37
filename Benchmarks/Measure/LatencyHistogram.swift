/// Counts latencies in buckets that are 1/32 as wide as their value, so that recording one costs
/// nanoseconds and a percentile is within 2 % of the truth.
package struct LatencyHistogram: Sendable {
    private static let subBucketBits = 5
    private static let subBucketCount = 1 << subBucketBits

    private var counts = [UInt64](repeating: 0, count: (65 - subBucketBits) << subBucketBits)
    package private(set) var count: UInt64 = 0

    package init() {}

    package mutating func record(nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        count += 1
    }

    package mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices {
            counts[index] += other.counts[index]
        }
        count += other.count
    }

    /// The latency, in nanoseconds, that a fraction of all stays at or below; 0 where there is none.
    package func percentile(_ fraction: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((Double(count) * fraction).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return Self.middle(of: index) }
        }
        return 0
    }

    /// Values below 32 have a bucket each; above, each power of two is cut in 32.
    private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(subBucketCount) else { return Int(value) }
        let exponent = UInt64.bitWidth - 1 - value.leadingZeroBitCount
        let shift = exponent - subBucketBits
        let position = Int(truncatingIfNeeded: value >> UInt64(shift)) & (subBucketCount - 1)
        return (shift + 1) << subBucketBits | position
    }

    private static func middle(of bucket: Int) -> UInt64 {
        guard bucket >= subBucketCount else { return UInt64(bucket) }
        let shift = bucket >> subBucketBits - 1
        let start = UInt64(subBucketCount + bucket & (subBucketCount - 1)) << UInt64(shift)
        return start + (UInt64(1) << UInt64(shift)) / 2
    }
}
