import CoreMetrics
import Synchronization

/// One line of numbers of a family, told apart from the others by its labels.
protocol MetricSeries: AnyObject, Sendable {
    /// Appends the samples.
    /// - Parameters:
    ///   - name: the family's.
    ///   - labels: `key="value"` pairs between commas, escaped; may be empty.
    func write(name: String, labels: String, to text: inout ExpositionText)
}

/// A number that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func write(name: String, labels: String, to text: inout ExpositionText) {
        text.sample(name, labels: labels, value.load(ordering: .relaxed))
    }
}

/// A number that only grows, with fractions.
final class FloatingPointCounterSeries: MetricSeries, FloatingPointCounterHandler {
    private let value = AtomicDouble()

    func increment(by amount: Double) {
        value.add(amount)
    }

    func reset() {
        value.store(0)
    }

    func write(name: String, labels: String, to text: inout ExpositionText) {
        text.sample(name, labels: labels, value.load())
    }
}

/// A number that goes up and down, or the last one recorded.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = AtomicDouble()

    func set(_ newValue: Int64) {
        value.store(Double(newValue))
    }

    func set(_ newValue: Double) {
        value.store(newValue)
    }

    func increment(by amount: Double) {
        value.add(amount)
    }

    func decrement(by amount: Double) {
        value.add(-amount)
    }

    func record(_ newValue: Int64) {
        set(newValue)
    }

    func record(_ newValue: Double) {
        set(newValue)
    }

    func write(name: String, labels: String, to text: inout ExpositionText) {
        text.sample(name, labels: labels, value.load())
    }
}

/// A number that is asked for when somebody looks.
final class ObservedSeries: MetricSeries {
    private let read: @Sendable () -> Double?

    /// - Parameter read: Nil leaves the sample out.
    init(_ read: @escaping @Sendable () -> Double?) {
        self.read = read
    }

    func write(name: String, labels: String, to text: inout ExpositionText) {
        guard let value = read() else { return }
        text.sample(name, labels: labels, value)
    }
}

/// A floating-point number that many threads add to.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(Double.zero.bitPattern)

    func load() -> Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    func store(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: old) + amount
            let (isDone, now) = bits.weakCompareExchange(
                expected: old, desired: sum.bitPattern, ordering: .relaxed)
            if isDone { return }
            old = now
        }
    }
}
