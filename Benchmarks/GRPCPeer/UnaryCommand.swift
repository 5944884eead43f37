import ArgumentParser
import BenchmarkMeasure
import GRPCCore
import GRPCNIOTransportHTTP2
import Synchronization

/// Keeps unary calls in flight over one connection and prints what they took.
struct UnaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unary", abstract: "Keep unary calls in flight and print what they took.")

    @Option(help: "Port of the server on the loopback address.")
    var port: Int

    @Option(help: "Process id of the server.")
    var serverPid: Int32

    @Option(help: "Calls in flight.")
    var inFlight = 1

    @Option(help: "Bytes of a call's payload.")
    var payload = 200

    @Option(help: "Seconds before the measured ones.")
    var warmUp = 1.0

    @Option(help: "Seconds that are measured.")
    var seconds = 3.0

    func run() async throws {
        let transport = try HTTP2ClientTransport.Posix.http2NIOPosix(
            target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
        let result = try await withGRPCClient(transport: transport) { client in
            try await measure(client)
        }
        print(result.line)
    }

    private func measure(
        _ client: GRPCClient<HTTP2ClientTransport.Posix>
    ) async throws -> UnaryResult {
        let phase = Phase()
        // A protobuf message of one `bytes` field, as the other rows send it.
        let length =
            payload < 0x80 ? [UInt8(payload)] : [UInt8(payload & 0x7F | 0x80), UInt8(payload >> 7)]
        let message = [0x0A] + length + [UInt8](repeating: 0x5A, count: payload)
        return try await withThrowingTaskGroup(of: LatencyHistogram.self) { group in
            for _ in 0..<inFlight {
                group.addTask { try await call(client, message, while: phase) }
            }
            try await Task.sleep(for: .seconds(warmUp))
            let usage = ProcessUsage(pid: serverPid)
            let cpuBefore = try usage.cpuSeconds()
            let start = ContinuousClock.now
            phase.isMeasuring.store(true, ordering: .relaxed)
            try await Task.sleep(for: .seconds(seconds))
            phase.isMeasuring.store(false, ordering: .relaxed)
            let duration = start.duration(to: .now)
            let cpuAfter = try usage.cpuSeconds()
            phase.isOver.store(true, ordering: .relaxed)
            var latencies = LatencyHistogram()
            for try await part in group {
                latencies.merge(part)
            }
            return UnaryResult(
                latencies: latencies, seconds: duration / .seconds(1),
                serverCPUSeconds: cpuAfter - cpuBefore)
        }
    }

    /// One call after the other; returns the latencies of those that ended in the measured time.
    private func call(
        _ client: GRPCClient<HTTP2ClientTransport.Posix>, _ message: [UInt8], while phase: Phase
    ) async throws -> LatencyHistogram {
        var latencies = LatencyHistogram()
        while !phase.isOver.load(ordering: .relaxed) {
            let start = ContinuousClock.now
            let response = try await client.unary(
                request: ClientRequest(message: message), descriptor: .echo,
                serializer: RawBytes(), deserializer: RawBytes(), options: .defaults
            ) { try $0.message }
            let latency = start.duration(to: .now)
            guard response == message else { throw WrongEcho() }
            if phase.isMeasuring.load(ordering: .relaxed) {
                latencies.record(nanoseconds: UInt64(latency / .nanoseconds(1)))
            }
        }
        return latencies
    }
}

/// What the calls are told.
private final class Phase: Sendable {
    let isMeasuring = Atomic(false)
    let isOver = Atomic(false)
}

private struct WrongEcho: Error {}
