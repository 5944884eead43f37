package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TLS

/// Listens for Tally RPC and serves the router's methods until it is told to stop.
///
/// A graceful shutdown drains as rule 9 says; cancelling the task that runs `run()` closes every
/// connection at once. Either way `run()` returns after the last handler has, or leaves those behind that
/// do not heed their cancellation for longer than `handlerGrace`.
package struct RPCServer: Service {
    /// ALPN's name of the protocol.
    package static let protocolName = "tally/1"

    /// How long handlers may take to end once their connections are gone.
    private static let handlerGrace = TimeAmount.seconds(10)

    private let configuration: RPCServerConfiguration
    private let router: RPCRouter
    private let logger: Logger
    private let bound = BoundAddress()

    package init(
        configuration: RPCServerConfiguration, router: RPCRouter, logger: Logger
    ) {
        self.configuration = configuration
        self.router = router
        self.logger = logger
    }

    /// Where the server listens, once it does; tests bind port 0 and ask here. The text is
    /// `host:port` or `unix:/path`. Nil where the server ended before it listened.
    package func boundAddress() async -> String? {
        await bound.value()
    }

    /// Serves until shutdown.
    /// - Throws: What makes the settings or the address unusable, such as `RPCError`.
    package func run() async throws {
        defer { bound.resolve(nil) }
        try configuration.limits.check()
        let tls = configuration.tls
        let table = ConnectionTable(limits: configuration.limits)
        let ended = OneShot<Void, Never>()
        table.whenEmpty { ended.resolve(.success(())) }
        let listener = try await listen(tls: tls, table: table)
        listener.closeFuture.whenComplete { _ in table.listeningEnded() }
        bound.resolve(Self.text(of: listener.localAddress))
        logger.info(
            "Tally RPC is served.",
            metadata: [
                "address": "\(Self.text(of: listener.localAddress) ?? "unknown")",
                "tls": "\(tls != nil)",
            ])
        await serve(until: ended, listener: listener, table: table)
        logger.info("Tally RPC is no longer served.")
    }

    private func serve(
        until ended: OneShot<Void, Never>, listener: any Channel, table: ConnectionTable
    ) async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                _ = await ended.result()
            } onGracefulShutdown: {
                listener.close(promise: nil)
                table.drain()
                end(
                    ended, table,
                    in: TimeAmount(configuration.limits.drainTimeout)
                        + ServerConnectionStateMachine.flushTimeout
                        + TimeAmount(configuration.limits.lingerTimeout) + Self.handlerGrace)
            }
        } onCancel: {
            listener.close(promise: nil)
            table.closeAll()
            end(ended, table, in: Self.handlerGrace)
        }
    }

    /// Ends the server after a time, whatever still runs: one handler that hears nothing must not keep a
    /// process from being replaced.
    private func end(_ ended: OneShot<Void, Never>, _ table: ConnectionTable, in delay: TimeAmount)
    {
        _ = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: delay) { [logger] in
            guard !ended.isResolved else { return }
            logger.error(
                "Handlers that do not end are left behind.",
                metadata: ["count": "\(table.runningCallCount)"])
            ended.resolve(.success(()))
        }
    }

    // MARK: Setting up

    /// How much a connection gathers for its socket: several large messages share a system call.
    static let gathered = ChannelOptions.Types.WriteBufferWaterMark(
        low: 64 * 1024, high: 256 * 1024)

    private func listen(
        tls: TLSContextSource?, table: ConnectionTable
    ) async throws -> any Channel {
        let executor = CallExecutor(router: router, logger: logger)
        let budget = PartialFrameBudget(
            byteCountMax: configuration.limits.partialFrameByteCountMax)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: Self.gathered)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try accept(
                        channel, tls: tls, table: table, budget: budget, executor: executor)
                }
            }
        switch configuration.address {
        case .unix(let path):
            return try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true
            ).get()
        case .tcp(let host, let port):
            let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
            guard tls != nil || address.isLoopback || configuration.isInsecurePlaintextAllowed
            else { throw RPCError.plaintextRefused(address: "\(host):\(port)") }
            return try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(to: address).get()
        }
    }

    private func accept(
        _ channel: any Channel, tls: TLSContextSource?, table: ConnectionTable,
        budget: PartialFrameBudget, executor: CallExecutor
    ) throws {
        guard let address = peerAddress(of: channel) else {
            channel.close(promise: nil)
            return
        }
        let router = self.router
        let handler = ServerConnectionHandler(
            machine: ServerConnectionStateMachine(
                limits: configuration.limits, agent: configuration.agent,
                kindOf: { router.kind(of: $0) },
                unsent: table.room(for: PeerNetwork(address)), now: .now()),
            peer: RPCPeer(address: address), executor: executor, table: table, budget: budget,
            logger: logger)
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        let eventLoop = channel.eventLoop
        let admission = table.admit(channel, address: address) {
            eventLoop.execute { bound.value.drainStarted() }
        }
        switch admission {
        case .dropped:
            if tls == nil {
                try channel.pipeline.syncOperations.addHandler(RefusalHandler())
            } else {
                // Telling it would take a handshake, which is what a flood of connections is after.
                channel.close(promise: nil)
            }
            return
        case .refused: handler.isRefused = true
        case .served: break
        }
        if let tls {
            try channel.pipeline.syncOperations.addHandler(
                TLSHandler(
                    context: tls.context, handshakeTimeout: configuration.limits.helloTimeout))
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// An IP address, or `unix`; nil where the peer of a TCP connection has left already.
    private func peerAddress(of channel: any Channel) -> String? {
        switch configuration.address {
        case .unix: "unix"
        case .tcp: channel.remoteAddress?.ipAddress
        }
    }

    private static func text(of address: SocketAddress?) -> String? {
        guard let address else { return nil }
        if let path = address.pathname, !path.isEmpty { return "unix:\(path)" }
        guard let host = address.ipAddress, let port = address.port else { return nil }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension SocketAddress {
    /// Whether only this machine can reach the address.
    package var isLoopback: Bool {
        switch self {
        case .unixDomainSocket:
            return true
        case .v4, .v6:
            guard let text = ipAddress else { return false }
            return text.hasPrefix("127.") || text == "::1" || text.hasPrefix("::ffff:127.")
        }
    }
}
