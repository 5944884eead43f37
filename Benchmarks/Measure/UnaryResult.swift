/// What one client measured of unary calls.
package struct UnaryResult: Sendable {
    private let latencies: LatencyHistogram
    private let seconds: Double
    private let serverCPUSeconds: Double

    /// - Parameters:
    ///   - latencies: Of all calls that ended in the measured time.
    ///   - seconds: The measured time.
    ///   - serverCPUSeconds: What the server's process used in that time.
    package init(latencies: LatencyHistogram, seconds: Double, serverCPUSeconds: Double) {
        self.latencies = latencies
        self.seconds = seconds
        self.serverCPUSeconds = serverCPUSeconds
    }

    /// The line that `Benchmarks/run` reads.
    package var line: String {
        let calls = Double(latencies.count)
        return [
            "calls=\(latencies.count)",
            "calls_per_second=\(calls / seconds)",
            "p50_us=\(Double(latencies.percentile(0.5)) / 1000)",
            "p99_us=\(Double(latencies.percentile(0.99)) / 1000)",
            "server_cpu_us=\(calls > 0 ? serverCPUSeconds * 1_000_000 / calls : 0)",
            "server_cpu_share=\(serverCPUSeconds / seconds)",
        ].joined(separator: " ")
    }
}
