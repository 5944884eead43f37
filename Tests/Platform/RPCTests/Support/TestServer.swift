import Core
import Logging
import RPC
import ServiceLifecycle
import Wire

/// What the handlers of a test server tell the test, and the test tells them.
struct TestSignals: Sendable {
    /// `Wait` has begun.
    let waitStarted = Gate()
    /// `Wait` may answer.
    let waitReleased = Gate()
    /// `Wait` was cancelled.
    let waitCancelled = Gate()
}

/// A server on loopback with the methods of `TextMessage.swift`, for the length of a test.
enum TestServer {
    static func router(_ signals: TestSignals = TestSignals()) -> RPCRouter {
        var router = RPCRouter()
        router.register(Echo.self) { request, _ in request }
        router.register(Wait.self) { request, _ in
            signals.waitStarted.open()
            await withTaskCancellationHandler {
                await signals.waitReleased.wait()
            } onCancel: {
                signals.waitCancelled.open()
                signals.waitReleased.open()
            }
            try Task.checkCancellation()
            return request
        }
        router.register(Fail.self) { request, _ in
            switch request.text {
            case "service":
                throw ServiceError(
                    .failedPrecondition, "TEST_REASON", field: "rules[2].weight", "as asked",
                    retryAfter: .milliseconds(1500))
            case "internal":
                throw ServiceError(.internal, "SQL_BROKEN", "SELECT secret FROM /etc/passwd")
            default:
                struct Unforeseen: Error { let sql = "SELECT secret" }
                throw Unforeseen()
            }
        }
        return router
    }

    /// Runs `body` while the server serves, then drains the server and waits for its end.
    /// - Parameter log: Where the server logs, nil: only what is critical.
    static func run<Result: Sendable>(
        _ configuration: RPCServerConfiguration = RPCServerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0)),
        router: RPCRouter = router(), log: LogRecorder? = nil,
        _ body: @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "test-server")
        if let log {
            logger = Logger(label: "test-server") { _ in log }
        } else {
            logger.logLevel = .critical
        }
        let server = RPCServer(configuration: configuration, router: router, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let address = await server.boundAddress() else {
                try await tasks.waitForAll()
                throw RPCError.plaintextRefused(address: "unknown")
            }
            let running = RunningServer(address: address, group: group)
            do {
                let result = try await body(running)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                throw error
            }
        }
    }
}

/// A server that serves.
struct RunningServer: Sendable {
    /// `host:port` or `unix:/path`.
    let address: String
    let group: ServiceGroup

    /// What SIGTERM does.
    func drain() async {
        await group.triggerGracefulShutdown()
    }
}
