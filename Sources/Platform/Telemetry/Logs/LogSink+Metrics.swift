extension LogSink {
    /// Shows how many lines were dropped.
    package func register(in registry: PrometheusRegistry) {
        registry.describe([
            "tally_log_lines_dropped_total":
                "Log lines that came faster than they could be written."
        ])
        registry.observe("tally_log_lines_dropped_total", .counter) { [self] in
            Double(droppedCount)
        }
    }
}
