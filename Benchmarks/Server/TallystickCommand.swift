import ArgumentParser
import BenchmarkMessages
import Core
import Domain
import Encryption
import Logging
import Postgres
import RPC
import ServiceLifecycle
import ServiceRuntime
import TLS
import Telemetry
import UnixSignals
import Wire

/// Serves the echo as `tally-server` serves its methods.
struct TallystickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tallystick", abstract: "Serve the echo with Tallystick's own transport.")

    @Flag(help: "Put the echo behind every interceptor of tally-server; prints `token TOKEN` too.")
    var chain = false

    @Flag(help: "Run the echo's handler on the thread pool instead of the event loop.")
    var threadPool = false

    @Flag(help: "Write the access log to standard error.")
    var accessLog = false

    @Option(help: "Certificate in PEM; plaintext without one.")
    var certificate: String?

    @Option(help: "Private key of the certificate in PEM.")
    var key: String?

    func run() async throws {
        HeapMemory.keepForMessages()
        let log = try LogSink(program: "benchmark-server", byteCountMax: 4 << 20)
        defer { log.flush(within: .seconds(2)) }
        let logger = Logger(label: "benchmark-server") { _ in
            JSONLogHandler(program: "benchmark-server", level: .warning, output: log)
        }
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        if let certificate, let key {
            configuration.tls = try TLSContextSource(
                files: TLSServerFiles(certificateFile: certificate, privateKeyFile: key),
                protocolName: RPCServer.protocolName)
        }
        configuration.limits.connectionCountMax = 20_000
        configuration.limits.connectionCountPerAddressMax = 20_000
        let token = try TokenText()
        let server = RPCServer(
            configuration: configuration,
            router: try router(token: token, log, logger),
            logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)], gracefulShutdownSignals: [.sigterm],
                logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            if let address = await server.boundAddress() {
                if chain {
                    ServerMain.announce(
                        "token \(token.text.reveal())", "listening \(address)")
                } else {
                    ServerMain.announce("listening \(address)")
                }
            }
            try await tasks.waitForAll()
        }
    }
}

extension TallystickCommand {
    private typealias Methods = EchoServiceMethods

    private func router(
        token: TokenText, _ log: LogSink, _ logger: Logger
    ) throws -> RPCRouter {
        guard chain else {
            var router = RPCRouter()
            if threadPool {
                router.register(Methods.Echo.self) { request, _ in request }
            } else {
                // What a handler that takes microseconds asks for.
                router.registerImmediate(Methods.Echo.self) { request, _ in request }
            }
            router.registerServerStreaming(Methods.Repeat.self) { request, writer, _ in
                try await Self.repeatMessage(request, to: writer)
            }
            return router
        }
        // As `tally-server` has them: what watches calls, where somebody reads what it says.
        var observers: [any RPCInterceptor] = [TracingInterceptor()]
        if accessLog {
            observers.append(
                AccessLogInterceptor(
                    log: JSONAccessLog(program: "benchmark-server", output: log)))
        }
        observers.append(
            MetricsInterceptor(
                methodNames: [Methods.Echo.name, Methods.Repeat.name],
                factory: PrometheusRegistry()))
        var registry = try Self.registry(token: token, observers: observers, logger)
        if threadPool {
            registry.register(Methods.Echo.self) { request, _ in request }
        } else {
            registry.registerImmediate(Methods.Echo.self) { request, _ in request }
        }
        registry.registerServerStreaming(Methods.Repeat.self) { request, writer, _ in
            try await Self.repeatMessage(request, to: writer)
        }
        return registry.finish()
    }

    private static func repeatMessage(
        _ request: RepeatRequest, to writer: RPCWriter<EchoMessage>
    ) async throws {
        let message = EchoMessage(
            payload: [UInt8](repeating: 0x5A, count: Int(request.payloadByteCount)))
        for _ in 0..<request.count {
            try await writer.send(message)
        }
    }

    /// What `tally-server` puts before its own methods.
    private static func registry(
        token: TokenText, observers: [any RPCInterceptor], _ logger: Logger
    ) throws -> ServiceRegistry {
        let keyedHash = KeyedHash(key: try SecretKey.random())
        let permissions = MethodPermissions([
            Methods.Echo.name: .whole(.owner), Methods.Repeat.name: .whole(.owner),
        ])
        // No method asks the database, and a pool opens no connection before one does.
        let pool = PostgresPool(configuration: PostgresConfiguration(url: ""), logger: logger)
        let source = OneToken(
            record: TokenRecord(
                id: token.id, organizationID: .make(), keyedHash: try keyedHash.hash(token.hashed),
                roles: .owner))
        return ServiceRegistry(
            environment: CallEnvironment(pool: pool, clock: .system),
            auditKey: keyedHash, permissions: permissions,
            authentication: AuthenticationInterceptor(
                directory: TokenDirectory(source: source),
                guesses: TokenGuessLimiter(limit: RateLimit(perSecond: 20)),
                keyedHash: keyedHash, permissions: permissions, clock: .system),
            rateLimiter: CallRateLimiter(
                source: UniformCallRateLimits(
                    CallRateLimits(
                        perToken: RateLimit(perSecond: 1_000_000),
                        perOrganization: RateLimit(perSecond: 1_000_000))),
                openCallsPerAddress: RateLimit(perSecond: 1_000_000)),
            observers: observers)
    }
}

/// A directory of one token.
private struct OneToken: TokenSource {
    let record: TokenRecord

    func token(id: String) async throws -> TokenRecord? {
        id == record.id ? record : nil
    }

    func isSlug(_ slug: String, of organization: OrganizationID) async throws -> Bool { false }

    func member(email: String, of organization: OrganizationID) async throws -> MemberRecord? {
        nil
    }
}
