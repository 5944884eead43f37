import ArgumentParser
import BenchmarkMeasure
import NIOCore

/// Opens connections that say `Hello` and nothing more, and prints the server's memory.
struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "Open idle connections and print the server's memory.")

    private static let connectingMax = 64

    @OptionGroup var server: ServerOptions

    @Option(help: "Connections.")
    var connections = 10_000

    @Option(help: "Seconds that they stay open before the memory is read.")
    var seconds = 3.0

    func run() async throws {
        let usage = ProcessUsage(pid: server.serverPid)
        let memoryBefore = try usage.residentByteCount()
        let links = try await connect()
        try await Task.sleep(for: .seconds(seconds))
        // All of them must still be there.
        for link in links {
            try await link.run { _, _ in }
        }
        let memoryAfter = try usage.residentByteCount()
        for link in links {
            try await link.close()
        }
        print(
            "connections=\(links.count) memory_before=\(memoryBefore) memory_after=\(memoryAfter)")
    }

    private func connect() async throws -> [FrameLink<IdleLoad>.Handle] {
        let port = server.port
        let hello = server.hello
        let tls = try server.tlsContext()
        return try await withThrowingTaskGroup(of: FrameLink<IdleLoad>.Handle.self) { group in
            var links: [FrameLink<IdleLoad>.Handle] = []
            for count in 0..<connections {
                if count >= Self.connectingMax, let link = try await group.next() {
                    links.append(link)
                }
                group.addTask {
                    try await FrameLink.connect(port: port, tls: tls, hello: hello) { IdleLoad() }
                }
            }
            for try await link in group {
                links.append(link)
            }
            return links
        }
    }
}

/// Does nothing; a frame that wants something is a mistake.
private struct IdleLoad: FrameLoad {
    func received(_ frame: RawFrame, _ output: inout ByteBuffer) throws(LoadError) -> Bool {
        guard frame.kind == RawFrame.Kind.window else {
            throw .unexpectedFrame(kind: frame.kind)
        }
        return false
    }
}
