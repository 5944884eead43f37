import Core
import CoreMetrics
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Telemetry

@Suite struct MetricsListenerTests {
    private let registry = PrometheusRegistry()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Serves while `body` runs with the port.
    private func serving(
        readiness: @escaping @Sendable () async -> Readiness = {
            Readiness(isReady: true, detail: "Ready.")
        },
        refresh: @escaping @Sendable () async -> Void = {}, timeout: Duration = .seconds(10),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let listener = MetricsListener(
            address: try MetricsAddress("0", setting: "TEST"),
            content: .init(registry: registry, refresh: refresh, readiness: readiness),
            logger: quiet, timeout: timeout
        ) { continuation.yield($0) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: listener)], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                try await body(port)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// What the server sends until it closes.
    private static func exchange(_ port: Int, _ request: String) async throws -> String {
        let socket = try #require(LoopbackSocket(port: port))
        return await exchange(socket, request)
    }

    /// On a thread of its own, since it blocks.
    private static func exchange(_ socket: LoopbackSocket, _ request: String) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                socket.send(Array(request.utf8))
                continuation.resume(
                    returning: String(decoding: socket.receiveToEnd(), as: UTF8.self))
            }
        }
    }

    private static func get(_ port: Int, _ path: String) async throws -> String {
        try await exchange(port, "GET \(path) HTTP/1.1\r\nhost: x\r\n\r\n")
    }

    @Test func metricsAreServedInTheTextFormat() async throws {
        Counter(label: "calls", factory: registry).increment(by: 5)
        let meter = Meter(label: "depth", factory: registry)
        try await serving(refresh: { meter.set(9) }) { port in
            let answer = try await Self.get(port, "/metrics?x=1")
            let parts = answer.components(separatedBy: "\r\n\r\n")
            #expect(parts[0].hasPrefix("HTTP/1.1 200 OK"))
            #expect(parts[0].contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(parts[0].contains("content-length: \(parts[1].utf8.count)"))
            let shown = try ExpositionReader(parts[1])
            #expect(shown.sample("calls_total") == "5")
            #expect(shown.sample("depth") == "9")
        }
    }

    @Test func readinessIsAskedAndLifeIsNot() async throws {
        let isReady = Mutex(true)
        try await serving(readiness: {
            isReady.withLock { Readiness(isReady: $0, detail: $0 ? "Ready." : "No database.") }
        }) { port in
            let ready = try await Self.get(port, "/health/ready")
            #expect(ready.hasPrefix("HTTP/1.1 200"))
            isReady.withLock { $0 = false }
            let answer = try await Self.get(port, "/health/ready")
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(answer.hasSuffix("No database.\n"))
            let live = try await Self.get(port, "/health/live")
            #expect(live.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func everythingElseIsRefused() async throws {
        try await serving { port in
            for path in ["/", "/metrics/x", "/metric"] {
                let answer = try await Self.get(port, path)
                #expect(answer.hasPrefix("HTTP/1.1 404"))
            }
            let post = try await Self.exchange(
                port, "POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi")
            #expect(post.hasPrefix("HTTP/1.1 405"))
            #expect(post.contains("allow: GET, HEAD"))
            let head = try await Self.exchange(
                port, "HEAD /health/live HTTP/1.1\r\nhost: x\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200"))
            #expect(head.hasSuffix("\r\n\r\n"))
            let garbage = try await Self.exchange(port, "garbage\r\n\r\n")
            #expect(garbage.hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func requestThatIsTooLongOrTooSlowIsClosed() async throws {
        // Long enough for a request among all other tests.
        try await serving(timeout: .seconds(3)) { port in
            let long = "GET /metrics HTTP/1.1\r\nx: " + String(repeating: "x", count: 20_000)
            for request in [long, "GET /metr"] {
                let answer = try await Self.exchange(port, request)
                #expect(answer == "")
            }
            let live = try await Self.get(port, "/health/live")
            #expect(live.hasPrefix("HTTP/1.1 200"))
        }
    }

    /// Which one of them is refused is up to the server's threads, not to the order of connecting.
    @Test func connectionsAreCapped() async throws {
        // Those that are held must outlive the test, however slow the machine is.
        try await serving(timeout: .seconds(600)) { port in
            let sockets = (0...MetricsListener.connectionsMax).compactMap { _ in
                LoopbackSocket(port: port)
            }
            #expect(sockets.count == MetricsListener.connectionsMax + 1)
            let end = ContinuousClock.now + .seconds(120)
            while !sockets.contains(where: \.isClosedByPeer), .now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(sockets.count(where: \.isClosedByPeer) == 1)
            let request = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
            let open = try #require(sockets.first { !$0.isClosedByPeer })
            #expect(await Self.exchange(open, request).contains("200 OK"))
        }
    }

    @Test func portAloneMeansThisMachine() throws {
        let cases = [
            ("9464", "127.0.0.1", 9464), ("0.0.0.0:9464", "0.0.0.0", 9464), ("[::1]:80", "::1", 80),
            ("localhost:0", "localhost", 0),
        ]
        for (text, host, port) in cases {
            let address = try MetricsAddress(text, setting: "TALLY_METRICS_LISTEN")
            #expect(address.host == host)
            #expect(address.port == port)
        }
        for text in ["", ":80", "host", "host:", "host:65536", "-1", "[]:80"] {
            #expect(throws: ServiceError(.invalidArgument, "SETTING_OUT_OF_RANGE", "")) {
                try MetricsAddress(text, setting: "TALLY_METRICS_LISTEN")
            }
        }
    }
}

/// A plain TCP connection to this machine; it blocks, so use it on a thread of its own.
final class LoopbackSocket: Sendable {
    private let descriptor: Int32

    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) {
        _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Whether the peer has ended the connection and all it sent is read; it does not block.
    var isClosedByPeer: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }

    /// A connection that is reset ends too.
    func receiveToEnd() -> [UInt8] {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            guard count > 0 else { return all }
            all += part[..<count]
        }
    }
}
