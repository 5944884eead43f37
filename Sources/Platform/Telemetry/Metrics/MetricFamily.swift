/// All series of one name.
struct MetricFamily {
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// The labels of a series as they are shown.
    typealias Labels = String

    let name: String
    let kind: Kind
    var help: String?
    private var series: [Labels: any MetricSeries] = [:]
    private var order: [Labels] = []

    init(name: String, kind: Kind, help: String?) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// Names of the samples that a family of this kind writes; no other family may write them.
    static func sampleNames(_ name: String, _ kind: Kind) -> [String] {
        switch kind {
        case .counter, .gauge: [name]
        case .histogram: [name, name + "_bucket", name + "_sum", name + "_count"]
        }
    }

    /// The series of `labels`, made where it is new; beyond `seriesMax` the one for all others, whose
    /// labels all say `other`.
    mutating func series(
        _ labels: [(String, String)], seriesMax: Int, make: () -> any MetricSeries
    ) -> (series: any MetricSeries, isOverflow: Bool) {
        var key = ExpositionText.labels(labels)
        if let found = series[key] { return (found, false) }
        let isOverflow = order.count >= seriesMax
        if isOverflow {
            key = ExpositionText.labels(labels.map { ($0.0, "other") })
            if let found = series[key] { return (found, true) }
        }
        let new = make()
        series[key] = new
        order.append(key)
        return (new, isOverflow)
    }

    /// Forgets a series that nobody records to any more.
    mutating func remove(_ old: some MetricSeries) {
        guard let key = series.first(where: { $0.value === old })?.key else { return }
        series[key] = nil
        order.removeAll { $0 == key }
    }

    func write(to text: inout ExpositionText) {
        guard !order.isEmpty else { return }
        text.family(name, type: kind.rawValue, help: help)
        for key in order { series[key]?.write(name: name, labels: key, to: &text) }
    }
}
