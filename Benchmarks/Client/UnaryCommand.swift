import ArgumentParser
import BenchmarkMeasure

/// Keeps unary calls in flight over one connection and prints what they took.
struct UnaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unary", abstract: "Keep unary calls in flight and print what they took.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Calls in flight.")
    var inFlight = 1

    @Option(help: "Bytes of a call's payload.")
    var payload = 200

    @Option(help: "Seconds before the measured ones.")
    var warmUp = 1.0

    @Option(help: "Seconds that are measured.")
    var seconds = 3.0

    func run() async throws {
        let payload = payload
        let inFlight = inFlight
        let link = try await FrameLink.connect(
            port: server.port, tls: try server.tlsContext(), hello: server.hello
        ) { UnaryLoad(payloadByteCount: payload) }
        try await link.run { load, output in load.begin(inFlight: inFlight, &output) }
        try await Task.sleep(for: .seconds(warmUp))
        let usage = ProcessUsage(pid: server.serverPid)
        let cpuBefore = try usage.cpuSeconds()
        let start = ContinuousClock.now
        try await link.run { load, _ in load.startMeasuring() }
        try await Task.sleep(for: .seconds(seconds))
        let latencies = try await link.run { load, _ in load.endMeasuring() }
        let duration = start.duration(to: .now)
        let cpuAfter = try usage.cpuSeconds()
        guard latencies.count > 0 else { throw LoadError.noAnswers }
        try await link.close()
        print(
            UnaryResult(
                latencies: latencies, seconds: duration / .seconds(1),
                serverCPUSeconds: cpuAfter - cpuBefore
            ).line)
    }
}
