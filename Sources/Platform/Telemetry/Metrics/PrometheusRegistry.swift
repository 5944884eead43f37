package import CoreMetrics
import Synchronization

/// Every metric of the process, for swift-metrics to record and for Prometheus to read.
///
/// Making a metric takes a lock and a lookup; recording is an atomic addition. So whoever records
/// often makes its metrics once and keeps them. The labels of a family take at most `seriesMax`
/// combinations: all others share one series whose labels say `other`, and are counted in
/// `tally_metrics_overflowed_total`. A name that is there already as another kind is not shown, and
/// counted in `tally_metrics_rejected_total`.
package final class PrometheusRegistry: MetricsFactory {
    private struct State {
        var families: [String: MetricFamily] = [:]
        var sampleNames: Set<String> = []
        var help: [String: String] = [:]
        var overflowedCount = 0
        var rejectedCount = 0
    }

    private let state = Mutex(State())
    private let seriesMax: Int
    private let familiesMax: Int

    /// - Parameters:
    ///   - seriesMax: most label combinations of a family.
    ///   - familiesMax: most names.
    package init(seriesMax: Int = 1000, familiesMax: Int = 500) {
        self.seriesMax = seriesMax
        self.familiesMax = familiesMax
        observe("tally_metrics_overflowed_total", .counter) { [unowned self] in
            Double(self.state.withLock { $0.overflowedCount })
        }
        observe("tally_metrics_rejected_total", .counter) { [unowned self] in
            Double(self.state.withLock { $0.rejectedCount })
        }
        describe([
            "tally_metrics_overflowed_total":
                "Metrics made whose labels were too many and became other.",
            "tally_metrics_rejected_total": "Metrics made whose name was taken or too many.",
        ])
    }

    /// Gives families their texts, by the name that is shown.
    package func describe(_ help: [String: String]) {
        state.withLock { state in
            state.help.merge(help) { _, new in new }
            for (name, text) in help { state.families[name]?.help = text }
        }
    }

    /// A number that `read` finds out when somebody looks.
    package enum ObservedKind: Sendable {
        case counter, gauge
    }

    /// Shows what `read` says, each time somebody looks; nil is not shown.
    /// - Parameter name: as it is shown.
    package func observe(
        _ name: String, _ kind: ObservedKind, labels: [(String, String)] = [],
        _ read: @escaping @Sendable () -> Double?
    ) {
        _ = series(name, kind == .counter ? .counter : .gauge, labels) { ObservedSeries(read) }
    }

    /// All metrics in Prometheus' text format 0.0.4, sorted by name.
    package func exposition() -> String {
        // Copied out, because an observed number may need the lock, or take its time.
        let families = state.withLock { Array($0.families.values) }
        var text = ExpositionText()
        for family in families.sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
        return text.text
    }

    // MARK: MetricsFactory

    package func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        let name = MetricName.suffixed(MetricName.metric(label), "_total")
        return series(name, .counter, dimensions) { CounterSeries() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let name = MetricName.suffixed(MetricName.metric(label), "_total")
        return series(name, .counter, dimensions) { FloatingPointCounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(MetricName.metric(label), .gauge, dimensions) { GaugeSeries() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let name = MetricName.metric(label)
        guard aggregate else { return series(name, .gauge, dimensions) { GaugeSeries() } }
        return series(name, .histogram, dimensions) { HistogramSeries(scale: .sizes) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricName.suffixed(MetricName.metric(label), "_seconds")
        return series(name, .histogram, dimensions) { HistogramSeries(scale: .durations) }
    }

    package func destroyCounter(_ handler: any CounterHandler) {
        remove(handler)
    }

    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove(handler)
    }

    package func destroyMeter(_ handler: any MeterHandler) {
        remove(handler)
    }

    package func destroyRecorder(_ handler: any RecorderHandler) {
        remove(handler)
    }

    package func destroyTimer(_ handler: any TimerHandler) {
        remove(handler)
    }

    // MARK: Series

    /// The series of a name and labels, made where it is new; one that nobody sees where it may not
    /// be made.
    private func series<Series: MetricSeries>(
        _ name: String, _ kind: MetricFamily.Kind, _ dimensions: [(String, String)],
        _ make: () -> Series
    ) -> Series {
        let labels = Self.labels(dimensions, kind)
        return state.withLock { state in
            guard makeFamily(name, kind, &state) else {
                state.rejectedCount += 1
                return make()
            }
            let found = state.families[name]?
                .series(labels, seriesMax: seriesMax, make: make)
            if found?.isOverflow == true { state.overflowedCount += 1 }
            guard let series = found?.series as? Series else {
                state.rejectedCount += 1
                return make()
            }
            return series
        }
    }

    /// False where the name, or one of its samples, belongs to another family.
    private func makeFamily(
        _ name: String, _ kind: MetricFamily.Kind, _ state: inout State
    ) -> Bool {
        if let family = state.families[name] { return family.kind == kind }
        let names = MetricFamily.sampleNames(name, kind)
        guard state.families.count < familiesMax, state.sampleNames.isDisjoint(with: names) else {
            return false
        }
        state.sampleNames.formUnion(names)
        state.families[name] = MetricFamily(name: name, kind: kind, help: state.help[name])
        return true
    }

    private func remove(_ handler: AnyObject) {
        guard let series = handler as? any MetricSeries else { return }
        state.withLock { state in
            for name in state.families.keys { state.families[name]?.remove(series) }
        }
    }

    /// Valid label names, each once and in one order, so that the same labels are the same series.
    private static func labels(
        _ dimensions: [(String, String)], _ kind: MetricFamily.Kind
    ) -> [(String, String)] {
        var labels: [String: String] = [:]
        for (key, value) in dimensions {
            let name = MetricName.label(key)
            // `le` is a histogram's own.
            labels[name == "le" && kind == .histogram ? "exported_le" : name] = value
        }
        return labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
