package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Serves `GET /metrics`, `/health/live` and `/health/ready` over HTTP/1.1 until the program stops.
///
/// One request a connection, at most 10 s and 16 KiB long, 64 connections at once. It asks for no
/// token: metrics hold no organization's figures, and the address is the operator's to choose.
package struct MetricsListener: Service {
    /// More than Prometheus, a balancer and a few people need.
    static let connectionsMax = 64
    /// A scrape has a dozen header lines.
    static let requestByteCountMax = 16 * 1024

    /// What the listener shows.
    package struct Content: Sendable {
        let registry: PrometheusRegistry
        let refresh: @Sendable () async -> Void
        let readiness: @Sendable () async -> Readiness

        /// - Parameters:
        ///   - refresh: brings up to date what only a query tells, before metrics are shown.
        ///   - readiness: asked at each request; has to end by itself.
        package init(
            registry: PrometheusRegistry, refresh: @escaping @Sendable () async -> Void = {},
            readiness: @escaping @Sendable () async -> Readiness
        ) {
            self.registry = registry
            self.refresh = refresh
            self.readiness = readiness
        }
    }

    private let address: MetricsAddress
    private let content: Content
    private let timeout: TimeAmount
    private let logger: Logger
    private let listening: @Sendable (_ port: Int) -> Void

    /// - Parameter listening: told of the port once it is open; tests bind port 0.
    package init(
        address: MetricsAddress, content: Content, logger: Logger,
        timeout: Duration = .seconds(10), listening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.address = address
        self.content = content
        self.timeout = .nanoseconds(Int64(timeout.wholeNanoseconds))
        self.logger = logger
        self.listening = listening
    }

    package func run() async throws {
        let content = content
        let timeout = timeout
        let places = ConnectionPlaces(max: Self.connectionsMax)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // Room for more than may be open, so that those too many are closed and not left waiting.
            .serverChannelOption(.backlog, value: Int32(2 * Self.connectionsMax))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard places.take(for: channel) else { return }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        RequestLimits(
                            byteCountMax: Self.requestByteCountMax, timeout: timeout))
                    try pipeline.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: true)
                    try pipeline.addHandler(MetricsRequestHandler(content: content))
                }
            }
            .bind(host: address.host, port: address.port).get()
        let port = channel.localAddress?.port ?? address.port
        logger.info(
            "Metrics are served.", metadata: ["address": "\(address.host)", "port": "\(port)"])
        listening(port)
        // Throws where the task is cancelled, which ends the listener just the same.
        try? await gracefulShutdown()
        try await channel.close()
    }
}
