import ArgumentParser
import BenchmarkMeasure

/// Takes one long stream and prints its speed and the server's memory.
struct StreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "Take one long stream and print its speed.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Messages of the stream.")
    var messages = 16 * 1024

    @Option(help: "Bytes of the payload of each.")
    var payload = 64 * 1024

    @Option(help: "Bytes that may be on their way: the window of the stream, at least 262144.")
    var window = 1024 * 1024

    func run() async throws {
        let messages = messages
        let payload = payload
        let window = window
        var hello = server.hello
        hello.streamWindow = window
        let link = try await FrameLink.connect(
            port: server.port, tls: try server.tlsContext(), hello: hello
        ) { StreamLoad(messageCount: messages, payloadByteCount: payload, window: window) }
        let usage = ProcessUsage(pid: server.serverPid)
        let memoryBefore = try usage.residentByteCountMax()
        let cpuBefore = try usage.cpuSeconds()
        let start = ContinuousClock.now
        try await link.run { load, output in load.begin(&output) }
        try await link.waitUntilDone()
        let seconds = start.duration(to: .now) / .seconds(1)
        let cpu = try usage.cpuSeconds() - cpuBefore
        let memoryAfter = try usage.residentByteCountMax()
        try await link.close()
        let byteCount = Double(messages) * Double(payload)
        print(
            "bytes_per_second=\(byteCount / seconds) server_cpu_share=\(cpu / seconds)",
            "memory_before=\(memoryBefore) memory_after=\(memoryAfter)")
    }
}
