import CoreMetrics
import Dispatch
import Testing

@testable import Telemetry

@Suite struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    private func read() throws -> ExpositionReader {
        try ExpositionReader(registry.exposition())
    }

    private func counter(_ name: String, _ labels: [(String, String)] = []) -> Counter {
        Counter(label: name, dimensions: labels, factory: registry)
    }

    @Test func everyKindOfMetricIsShown() throws {
        counter("calls", [("code", "OK")]).increment(by: 3)
        FloatingPointCounter(label: "cost", factory: registry).increment(by: 0.25)
        let meter = Meter(label: "in_flight", factory: registry)
        meter.increment(by: 5)
        meter.decrement()
        Gauge(label: "depth", factory: registry).record(-7)
        Recorder(label: "size", factory: registry).record(100)
        Timer(label: "call", factory: registry).recordMilliseconds(3)
        registry.observe("seen", .gauge) { 1.5 }
        registry.observe("unseen", .gauge) { nil }

        let shown = try read()
        #expect(shown.sample("calls_total", ["code": "OK"]) == "3")
        #expect(shown.sample("cost_total") == "0.25")
        #expect(shown.sample("in_flight") == "4")
        #expect(shown.sample("depth") == "-7")
        #expect(shown.sample("size_bucket", ["le": "64"]) == "0")
        #expect(shown.sample("size_bucket", ["le": "256"]) == "1")
        #expect(shown.sample("size_sum") == "100")
        #expect(shown.sample("call_seconds_bucket", ["le": "0.0025"]) == "0")
        #expect(shown.sample("call_seconds_bucket", ["le": "0.005"]) == "1")
        #expect(shown.sample("call_seconds_sum") == "0.003")
        #expect(shown.sample("call_seconds_count") == "1")
        #expect(shown.sample("seen") == "1.5")
        #expect(shown.families["unseen"]?.samples.isEmpty == true)
        #expect(shown.families["calls_total"]?.type == "counter")
        #expect(shown.families["in_flight"]?.type == "gauge")
    }

    /// "le" means less than or equal.
    @Test func boundBelongsToItsRange() throws {
        let timer = Timer(label: "t", factory: registry)
        timer.recordNanoseconds(100_000)
        timer.recordNanoseconds(100_001)
        timer.recordNanoseconds(10_000_000_001)
        let shown = try read()
        #expect(shown.sample("t_seconds_bucket", ["le": "0.0001"]) == "1")
        #expect(shown.sample("t_seconds_bucket", ["le": "0.00025"]) == "2")
        #expect(shown.sample("t_seconds_bucket", ["le": "10"]) == "2")
        #expect(shown.sample("t_seconds_bucket", ["le": "+Inf"]) == "3")
    }

    @Test func anyTextMayBeALabelOrAHelp() throws {
        let text = "a\\b\"c\"\nd\u{0}é,}= {x=\"y\"} \\n"
        counter("odd", [("k", text)]).increment()
        registry.describe(["odd_total": "first\\line\n\"second\""])
        let shown = try read()
        #expect(shown.sample("odd_total", ["k": text]) == "1")
        #expect(shown.families["odd_total"]?.help == "first\\line\n\"second\"")
    }

    @Test(arguments: [
        ("rpc.calls-total", "rpc_calls_total"), ("9lives", "_9lives_total"), ("", "__total"),
        ("été", "_t__total"), ("a:b", "a:b_total"),
    ])
    func namesBecomeValid(name: String, shown: String) throws {
        counter(name, [("my.label", "1"), ("__x", "2"), ("0", "3")]).increment()
        let sample = try read().sample(shown, ["my_label": "1", "x__x": "2", "_0": "3"])
        #expect(sample == "1")
    }

    @Test func boundLabelIsTheHistogramsOwn() throws {
        Timer(label: "t", dimensions: [("le", "x")], factory: registry).recordNanoseconds(1)
        #expect(try read().sample("t_seconds_count", ["exported_le": "x"]) == "1")
    }

    @Test func sameLabelsInAnyOrderAreOneSeries() throws {
        counter("c", [("a", "1"), ("b", "2")]).increment()
        counter("c", [("b", "2"), ("a", "1")]).increment()
        #expect(try read().sample("c_total", ["a": "1", "b": "2"]) == "2")
    }

    @Test func labelsBeyondTheCapShareOneSeries() throws {
        let registry = PrometheusRegistry(seriesMax: 3)
        for number in 0..<10 {
            Counter(label: "c", dimensions: [("org", "\(number)")], factory: registry).increment()
        }
        let shown = try ExpositionReader(registry.exposition())
        #expect(shown.sample("c_total", ["org": "2"]) == "1")
        #expect(shown.sample("c_total", ["org": "3"]) == nil)
        #expect(shown.sample("c_total", ["org": "other"]) == "7")
        #expect(shown.sample("tally_metrics_overflowed_total") == "7")
    }

    @Test func labelThatSaysOtherItselfIsShownOnce() throws {
        let registry = PrometheusRegistry(seriesMax: 1)
        for value in ["other", "a", "b"] {
            Counter(label: "c", dimensions: [("org", value)], factory: registry).increment()
        }
        let shown = try ExpositionReader(registry.exposition())
        #expect(shown.sample("c_total", ["org": "other"]) == "3")
    }

    @Test func nameOfAnotherKindIsNotShown() throws {
        Recorder(label: "x", factory: registry).record(1)
        Gauge(label: "x", factory: registry).record(2)
        Gauge(label: "x_count", factory: registry).record(3)
        let shown = try read()
        #expect(shown.sample("x_count") == "1")
        #expect(shown.sample("tally_metrics_rejected_total") == "2")
    }

    @Test func namesBeyondTheCapAreNotShown() throws {
        let registry = PrometheusRegistry(familiesMax: 3)
        counterOf(registry, "a")
        counterOf(registry, "b")
        let shown = try ExpositionReader(registry.exposition())
        #expect(shown.sample("a_total") == "1")
        #expect(shown.sample("b_total") == nil)
        #expect(shown.sample("tally_metrics_rejected_total") == "1")
    }

    private func counterOf(_ registry: PrometheusRegistry, _ name: String) {
        Counter(label: name, factory: registry).increment()
    }

    @Test func destroyedMetricIsGone() throws {
        let gone = counter("c", [("k", "1")])
        gone.increment()
        counter("c", [("k", "2")]).increment()
        gone.destroy()
        let shown = try read()
        #expect(shown.sample("c_total", ["k": "1"]) == nil)
        #expect(shown.sample("c_total", ["k": "2"]) == "1")
    }

    @Test func nothingIsLostBetweenThreads() throws {
        let counter = counter("c")
        let meter = Meter(label: "m", factory: registry)
        let timer = Timer(label: "t", factory: registry)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<5000 {
                counter.increment()
                meter.increment()
                timer.recordNanoseconds(1_000_000)
            }
        }
        let shown = try read()
        #expect(shown.sample("c_total") == "20000")
        #expect(shown.sample("m") == "20000")
        #expect(shown.sample("t_seconds_count") == "20000")
        #expect(shown.sample("t_seconds_sum") == "20")
    }

    @Test(
        arguments: [
            (0, "0"), (-0.5, "-0.5"), (1e15, "1000000000000000"), (1e300, "1e+300"),
            (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (2.5e-7, "2.5e-07"),
        ] as [(Double, String)])
    func numbersAreWrittenAsPrometheusReadsThem(number: Double, text: String) {
        #expect(ExpositionText.number(number) == text)
    }

    @Test func processTellsOfItself() throws {
        ProcessMetrics.register(in: registry)
        let shown = try read()
        func value(_ name: String) -> Double { shown.sample(name).flatMap(Double.init) ?? -1 }
        #expect(value("process_cpu_seconds_total") > 0)
        #expect(value("process_resident_memory_bytes") > 1_000_000)
        #expect(
            value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"))
        #expect(value("process_open_fds") >= 3)
        #expect(value("process_max_fds") >= value("process_open_fds"))
        #expect(value("process_threads") >= 1)
        #expect(value("process_start_time_seconds") > 1_600_000_000)
    }
}
