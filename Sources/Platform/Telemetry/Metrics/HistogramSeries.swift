import CoreMetrics
import Synchronization

/// How often values fell into each of a few fixed ranges, and their sum.
///
/// The ranges are the same for all histograms of a kind, so that they can be added up.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    /// Upper bounds of the ranges and what they are counted in.
    struct Scale: Sendable {
        /// In the unit that is recorded, rising.
        let bounds: InlineArray<16, Double>
        /// Recorded units in one that is shown.
        let divisor: Double

        /// Calls and transactions: 100 µs to 10 s, recorded in nanoseconds, shown in seconds.
        static let durations = Scale(
            bounds: [
                1e5, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7, 2.5e7, 5e7, 1e8, 2.5e8, 5e8, 1e9, 2.5e9, 5e9,
                1e10,
            ], divisor: 1e9)
        /// Bytes, rows and the like: the powers of 4 from 1 to about 10⁹.
        static let sizes = Scale(
            bounds: [
                1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304,
                16_777_216, 67_108_864, 268_435_456, 1_073_741_824,
            ], divisor: 1)
    }

    private let scale: Scale
    /// Values of each range alone; what lies above all bounds comes last.
    private let counts: InlineArray<17, Atomic<Int64>>
    private let sum = AtomicDouble()

    init(scale: Scale) {
        self.scale = scale
        counts = InlineArray { _ in Atomic(0) }
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration))
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        var index = 0
        // An upper bound belongs to its range: "le".
        while index < scale.bounds.count && value > scale.bounds[index] { index += 1 }
        counts[index].wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    /// The total is the sum of the ranges as they were read, so that the last range always equals it.
    func write(name: String, labels: String, to text: inout ExpositionText) {
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        for index in scale.bounds.indices {
            total += counts[index].load(ordering: .relaxed)
            let bound = ExpositionText.number(scale.bounds[index] / scale.divisor)
            text.sample(name + "_bucket", labels: prefix + "le=\"\(bound)\"", total)
        }
        total += counts[scale.bounds.count].load(ordering: .relaxed)
        text.sample(name + "_bucket", labels: prefix + "le=\"+Inf\"", total)
        text.sample(name + "_sum", labels: labels, sum.load() / scale.divisor)
        text.sample(name + "_count", labels: labels, total)
    }
}
